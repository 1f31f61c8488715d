import { expect, it } from "vitest"
import { portClashes, type WantedListener } from "./port-clashes.ts"

const on = (name: string, address: string, port: number, protocol: "tcp" | "udp" = "tcp"): WantedListener => ({
  name,
  address,
  port,
  protocol,
})

it.each<[string, readonly (readonly WantedListener[])[], readonly string[]]>([
  ["one port of two proxies", [[on("n/a/x", "127.0.0.1", 80)], [on("n/b/x", "127.0.0.1", 80)]], ["n/b/x"]],
  ["hosts of one proxy", [[on("n/a/x", "127.0.0.1", 80), on("n/a/y", "127.0.0.1", 80)]], []],
  ["other ports", [[on("n/a/x", "127.0.0.1", 80)], [on("n/b/x", "127.0.0.1", 81)]], []],
  ["other protocols", [[on("n/a/x", "127.0.0.1", 80)], [on("n/b/x", "127.0.0.1", 80, "udp")]], []],
  ["other addresses", [[on("n/a/x", "127.0.0.1", 80)], [on("n/b/x", "127.0.0.2", 80)]], []],
  [
    "all addresses",
    [[on("n/a/x", "127.0.0.1", 80)], [on("n/b/x", "0.0.0.0", 80)], [on("n/c/x", "::1", 80)]],
    ["n/b/x", "n/c/x"],
  ],
])("of %s", (_name, lists, want) => {
  const clashes = portClashes(new Map(lists.map((list, i) => [`key${i}`, list])))
  expect(clashes.map(({ name }) => name)).toEqual(want)
})
