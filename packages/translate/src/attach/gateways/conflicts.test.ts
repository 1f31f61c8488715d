import { describe, expect, it } from "vitest"
import type { AnyObject } from "../../world/world.ts"
import { envoyProxy, gatewayClass, gatewayOf, groupOf, listenersOf, setOf } from "./test-gateways.ts"

type Spec = Readonly<Record<string, unknown>>
const listener = (name: string, protocol: string, port: number, hostname?: string): Spec => ({
  name,
  protocol,
  port,
  ...(hostname === undefined ? {} : { hostname }),
  ...(protocol === "TLS" ? { tls: { mode: "Passthrough" } } : {}),
})
const sets = { spec: { allowedListeners: { namespaces: { from: "Same" } } } }

/** Reasons and messages of the listeners that lost, by name; the part of the message that is always there is cut. */
function losers(objects: readonly AnyObject[], proxy = "infra/gw"): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [name, draft] of Object.entries(listenersOf(groupOf(proxy, objects)))) {
    const conflicted = draft.conditions.find((c) => c.type === "Conflicted" && c.status === "True")
    if (conflicted !== undefined)
      found[name] = `${conflicted.reason}: ${conflicted.message.replace(/^All.*listeners: /, "")}`
    expect(draft.isReady).toBe(conflicted === undefined)
  }
  return found
}

describe("listeners of one Gateway", () => {
  it.each<[string, readonly Spec[], Record<string, string>]>([
    ["two ports", [listener("a", "HTTP", 80), listener("b", "HTTP", 81)], {}],
    ["two hostnames", [listener("a", "HTTP", 80, "a.test"), listener("b", "HTTP", 80, "b.test")], {}],
    ["UDP beside anything", [listener("a", "HTTP", 80), listener("b", "UDP", 80)], {}],
    ["TLS beside TLS", [listener("a", "TLS", 443, "a.test"), listener("b", "TLS", 443, "b.test")], {}],
    [
      "two protocols",
      [listener("a", "HTTP", 80), listener("b", "TCP", 80)],
      {
        "infra/gw/a": "ProtocolConflict: infra/gw/a, infra/gw/b",
        "infra/gw/b": "ProtocolConflict: infra/gw/a, infra/gw/b",
      },
    ],
    [
      "a hostname twice",
      [listener("a", "HTTP", 80, "a.test"), listener("b", "HTTP", 80, "b.test"), listener("c", "HTTP", 80, "a.test")],
      {
        "infra/gw/a": "HostnameConflict: infra/gw/a, infra/gw/c",
        "infra/gw/c": "HostnameConflict: infra/gw/a, infra/gw/c",
      },
    ],
    [
      "TCP twice: the first stays",
      [listener("a", "TCP", 80), listener("b", "TCP", 80)],
      { "infra/gw/b": "ProtocolConflict: Only one TCP listener is allowed in a given port" },
    ],
    [
      "UDP twice: the first stays",
      [listener("a", "UDP", 80), listener("b", "UDP", 80)],
      { "infra/gw/b": "ProtocolConflict: Only one UDP listener is allowed in a given port" },
    ],
  ])("with %s", (_, listeners, expected) => {
    expect(losers([gatewayOf("infra/gw", listeners)])).toEqual(expected)
  })

  it("that are wrong by themselves take no port from others", () => {
    const draft = groupOf("infra/gw", [
      gatewayOf("infra/gw", [{ ...listener("a", "TCP", 80), hostname: "x.test" }, listener("b", "HTTP", 80)]),
    ])
    expect(listenersOf(draft)["infra/gw/b"]?.isReady).toBe(true)
  })
})

describe("listeners of ListenerSets", () => {
  const gateway = (...listeners: Spec[]) => gatewayOf("infra/gw", listeners, sets)
  const one = (...listeners: Spec[]) => setOf("infra/one", "infra/gw", listeners)
  const two = (...listeners: Spec[]) => setOf("infra/two", "infra/gw", listeners)

  it.each<[string, readonly AnyObject[], readonly string[]]>([
    ["lose a hostname to the Gateway", [gateway(listener("g", "HTTP", 80)), one(listener("a", "HTTP", 80))], ["one/a"]],
    [
      "lose a protocol to the Gateway",
      [
        gateway(listener("g", "HTTP", 80, "g.test")),
        one(listener("a", "TCP", 80), listener("b", "HTTP", 80, "b.test")),
      ],
      ["one/a"],
    ],
    [
      "lose a hostname to an older set",
      [gateway(), one(listener("a", "HTTP", 80)), two(listener("a", "HTTP", 80))],
      ["two/a"],
    ],
    [
      "lose a protocol to an older set",
      [gateway(), one(listener("a", "HTTP", 80, "a.test")), two(listener("a", "TCP", 80))],
      ["two/a"],
    ],
    [
      "lose a hostname they have twice, and so does the next set",
      [gateway(), one(listener("a", "HTTP", 80), listener("b", "HTTP", 80)), two(listener("a", "HTTP", 80))],
      ["one/a", "one/b", "two/a"],
    ],
    [
      "lose a port where they contradict themselves",
      [gateway(), one(listener("a", "HTTP", 80), listener("b", "TCP", 80))],
      ["one/a", "one/b"],
    ],
    [
      "do not lose a hostname to one that lost its protocol",
      [
        gateway(listener("g", "TLS", 443, "g.test")),
        one(listener("a", "HTTP", 443, "x.test")),
        two(listener("a", "TLS", 443, "x.test")),
      ],
      ["one/a"],
    ],
  ])("%s", (_, objects, expected) => {
    expect(Object.keys(losers(objects)).map((name) => name.replace("infra/gw/infra/", ""))).toEqual(expected)
  })

  it("that lost are neither accepted nor programmed; the first reason stays in those conditions", () => {
    const objects = [gateway(listener("g", "HTTP", 80)), one(listener("a", "TCP", 80)), two(listener("a", "TCP", 80))]
    const draft = listenersOf(groupOf("infra/gw", objects))["infra/gw/infra/two/a"]
    const messages = Object.fromEntries((draft?.conditions ?? []).map((c) => [c.type, c.message]))
    const protocols = "All listeners for a given port must use a compatible protocol"
    expect(messages.Conflicted).toBe("Only one TCP listener is allowed in a given port")
    expect(messages.Accepted).toContain(protocols)
    expect(messages.Programmed).toContain(protocols)
  })
})

describe("listeners of merged Gateways", () => {
  const merging = [gatewayClass("infra/ep"), envoyProxy("infra/ep", { mergeGateways: true })]

  it("lose a tuple of port, protocol and hostname to an older Gateway", () => {
    const objects = ["a", "b"].map((name) => gatewayOf(`infra/${name}`, [listener("l", "HTTP", 80)]))
    expect(losers([...merging, ...objects], "eg")).toEqual({
      "infra/b/l": "HostnameConflict: Port, protocol and hostname tuple must be unique for every listener",
    })
  })

  it("of two protocols on one port all lose", () => {
    const objects = [
      gatewayOf("infra/a", [listener("l", "HTTP", 80)]),
      gatewayOf("infra/b", [listener("l", "TCP", 80)]),
    ]
    expect(Object.keys(losers([...merging, ...objects], "eg"))).toEqual(["infra/a/l", "infra/b/l"])
  })
})
