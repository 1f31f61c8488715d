import { encode } from "@attache/envoy-api"
import { ListenerSchema } from "@attache/envoy-api/gen/envoy/config/listener/v3/listener_pb"
import type { ProxySnapshot } from "@attache/translate"
import { describe, expect, it } from "vitest"
import { typeUrls } from "../test/type-urls.ts"
import { type Drain, drainsBetween } from "./drains.ts"

type ListenerInit = Parameters<typeof encode<typeof ListenerSchema>>[1]

function snapshotOf(...listeners: readonly ListenerInit[]): ProxySnapshot {
  const table = (typeUrl: string) => ({ typeUrl, groups: [] })
  return {
    key: "p",
    diagnostics: [],
    tables: {
      listeners: {
        typeUrl: typeUrls.listener,
        groups: listeners.map((listener) => {
          const bytes = encode(ListenerSchema, listener)
          return {
            resources: [{ name: listener.name ?? "", bytes, version: Buffer.from(bytes).toString("hex"), origins: [] }],
          }
        }),
      },
      routes: table(typeUrls.route),
      clusters: table(typeUrls.cluster),
      endpoints: table(typeUrls.endpoint),
      secrets: table(typeUrls.secret),
    },
  }
}

const chain = (name: string, filter = "f") => ({ name, filters: [{ name: filter }] })
const listener = (name: string, rest: ListenerInit = {}): ListenerInit => ({
  name,
  filterChains: [chain("a"), chain("b")],
  ...rest,
})

describe("drainsBetween", () => {
  it.each<[string, ListenerInit[], ListenerInit[], Drain[]]>([
    ["nothing, for what stays", [listener("l")], [listener("l")], []],
    ["nothing, for a new listener", [], [listener("l")], []],
    ["a listener that goes", [listener("l"), listener("m")], [listener("m")], [{ listener: "l" }]],
    [
      "a listener of which anything but chains changes",
      [listener("l")],
      [listener("l", { statPrefix: "x" })],
      [{ listener: "l" }],
    ],
    [
      "one filter chain that changes",
      [listener("l")],
      [listener("l", { filterChains: [chain("a"), chain("b", "other")] })],
      [{ listener: "l", chains: { drained: 1, of: 2 } }],
    ],
    [
      "nothing, for a chain more",
      [listener("l")],
      [listener("l", { filterChains: [chain("a"), chain("b"), chain("c")] })],
      [],
    ],
    [
      "all, when every chain changes",
      [listener("l")],
      [listener("l", { filterChains: [chain("c")] })],
      [{ listener: "l" }],
    ],
    [
      "the default chain like any other",
      [listener("l", { defaultFilterChain: chain("d") })],
      [listener("l", { defaultFilterChain: chain("d", "other") })],
      [{ listener: "l", chains: { drained: 1, of: 3 } }],
    ],
    [
      "a UDP listener whole",
      [listener("l", { udpListenerConfig: {} })],
      [listener("l", { udpListenerConfig: {}, filterChains: [chain("a")] })],
      [{ listener: "l" }],
    ],
    [
      "a listener that loses all its chains",
      [listener("l")],
      [listener("l", { filterChains: [] })],
      [{ listener: "l" }],
    ],
  ])("tells %s", (_, before, after, expected) => {
    expect(drainsBetween(snapshotOf(...before), snapshotOf(...after))).toEqual(expected)
  })

  it("tells all listeners of a proxy that goes", () => {
    expect(drainsBetween(snapshotOf(listener("b"), listener("a")), undefined)).toEqual([
      { listener: "a" },
      { listener: "b" },
    ])
  })
})
