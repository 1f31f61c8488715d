import { describe, expect, it } from "vitest"
import type { AnyObject } from "../../world/world.ts"
import { proxyKeyOf, proxyKeys, readGatewayGroup } from "./gateway-group.ts"
import { envoyProxy, gatewayClass, gatewayOf, groupOf, shown, worldOf } from "./test-gateways.ts"

const http = { name: "l", port: 80, protocol: "HTTP" }
const merging = [gatewayClass("infra/ep"), envoyProxy("infra/ep", { mergeGateways: true })]
const refused = (reason: string) => ({
  status: { conditions: [{ type: "Accepted", status: "False", reason, message: "before", lastTransitionTime: "t" }] },
})

function states(objects: readonly AnyObject[], proxy = "infra/gw") {
  return groupOf(proxy, objects).gateways.map(({ gateway, isAccepted, conditions, listeners }) => ({
    name: gateway.metadata.name,
    isAccepted,
    conditions: conditions.map((c) => shown(c)),
    listeners: listeners.length,
  }))
}

describe("proxies", () => {
  const gateways = [gatewayOf("infra/a", [http]), gatewayOf("infra/b", [http])]

  it("are one for each Gateway, or one for all of a class that merges them", () => {
    expect(proxyKeys(worldOf(gateways))).toEqual(["infra/a", "infra/b"])
    expect(proxyKeys(worldOf([...merging, ...gateways]))).toEqual(["eg"])
    expect(proxyKeys(worldOf(merging))).toEqual([])
  })

  it("are told by Gateway", () => {
    const others = [gatewayOf("infra/other", [http], { spec: { gatewayClassName: "nginx" } })]
    const world = worldOf([...gateways, ...others])
    expect(["a", "other", "none"].map((name) => proxyKeyOf(world, "infra", name))).toEqual([
      "infra/a",
      undefined,
      undefined,
    ])
    expect(proxyKeyOf(worldOf([...merging, ...gateways]), "infra", "b")).toBe("eg")
    expect(readGatewayGroup(world, "infra/other")).toBeUndefined()
    expect(readGatewayGroup(world, "nginx")).toBeUndefined()
  })

  it("have their Gateways in order of age", () => {
    const old = gatewayOf("infra/z", [http], { metadata: { creationTimestamp: "2020-01-01T00:00:00Z" } })
    const young = gatewayOf("infra/a", [http], { metadata: { creationTimestamp: "2021-01-01T00:00:00Z" } })
    expect(states([...merging, young, old], "eg").map(({ name }) => name)).toEqual(["z", "a"])
  })
})

describe("a Gateway", () => {
  it("is accepted with its listeners, and keeps the conditions of others", () => {
    const condition = { type: "Custom", status: "True", reason: "R", message: "m", lastTransitionTime: "t" }
    const gateway = gatewayOf("infra/gw", [http], { status: { conditions: [condition] } })
    expect(states([gateway])).toEqual([
      { name: "gw", isAccepted: true, conditions: ["Custom=True R: m"], listeners: 1 },
    ])
  })

  it.each<[string, readonly AnyObject[], string]>([
    [
      "its EnvoyProxy cannot be used",
      [gatewayClass("infra/none"), gatewayOf("infra/gw", [http])],
      "Accepted=False InvalidParameters: Invalid parametersRef:: failed to find envoyproxy infra/none",
    ],
    [
      "it asks for an unknown kind of address",
      [gatewayOf("infra/gw", [http], { spec: { addresses: [{ type: "example.com/Rack", value: "7" }] } })],
      "Accepted=False UnsupportedAddress: Gateway has an address with an unsupported type: example.com/Rack",
    ],
    [
      "it was refused before",
      [gatewayOf("infra/gw", [http], refused("Elsewhere"))],
      "Accepted=False Elsewhere: before",
    ],
  ])("is refused when %s", (_, objects, condition) => {
    expect(states(objects)).toEqual([{ name: "gw", isAccepted: false, conditions: [condition], listeners: 0 }])
  })

  it("is refused when Gateways and backends are to be merged at once", () => {
    const objects = [
      gatewayClass("infra/ep"),
      envoyProxy("infra/ep", { mergeGateways: true, mergeBackends: {} }),
      gatewayOf("infra/gw", [http]),
    ]
    expect(states(objects, "eg")[0]?.conditions).toEqual([
      "Accepted=False InvalidParameters: mergeGateways and mergeBackends cannot both be enabled",
    ])
  })
})
