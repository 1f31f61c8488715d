import { inspectModule } from "@attache/wasm-host"
import { buildGuest, type GuestSpec } from "@attache/wasm-host/guest"
import { describe, expect, it } from "vitest"
import { textOfModuleFile } from "./module-text.ts"

const textOf = (guest: GuestSpec): string =>
  textOfModuleFile({ file: "a.wasm", sha256: "abc", facts: inspectModule(buildGuest(guest)) })

describe("a module in words", () => {
  it("of a good one", () => {
    const text = textOf({ callbacks: { _initialize: [], proxy_on_log: [["proxy_log", 2, 0, 0]] }, hasNames: true })
    expect(text.split("\n").map((line) => line.replace(/ +/g, " "))).toEqual([
      "a.wasm",
      " sha256 abc",
      " Envoy 1.40 loads it",
      " ABI 0.2.1",
      " made with unknown",
      " SDK none that is known",
      " starts with _initialize",
      " allocator malloc",
      " memory 2 pages of 64 KiB, no maximum of its own",
      " functions 5, 4 with names",
      expect.stringMatching(/^ size \d+ bytes: export \d+, /),
      " callbacks malloc, _initialize, proxy_on_log",
      " imports env.proxy_log",
      "",
    ])
  })
  it.each<readonly [what: string, guest: GuestSpec, line: RegExp]>([
    [
      "an import nobody offers",
      { imports: [["env", "abort", "i32 -> void"]] },
      /^ {2}env.abort is nothing Envoy 1.40 knows/m,
    ],
    [
      "an import of another type",
      { imports: [["env", "proxy_log", "i64 -> i32"]] },
      /proxy_log is i64 -> i32, and Envoy 1.40 has i32 i32 i32 -> i32/,
    ],
    [
      "a callback of another type",
      { exports: { proxy_on_tick: "i64 -> void" } },
      /^ {2}Envoy 1.40 +refuses it: Bad function signature/m,
    ],
    ["no marker", { marker: null }, /^ {2}ABI +no marker/m],
    ["no allocator", { allocator: null }, /^ {2}allocator +none/m],
    ["a start section", { startSection: [] }, /^ {2}starts with +nothing of its own after a Wasm start section/m],
    ["no names", {}, /ATT_WASM_NO_NAMES/],
  ])("of one with %s", (_, guest, line) => expect(textOf(guest)).toMatch(line))
  it("takes the cursor from nobody", () => {
    expect(textOf({ imports: [["env", "\u001b[2J", "i32 -> void"]] })).not.toContain("\u001b")
  })
})
