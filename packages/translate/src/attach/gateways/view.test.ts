import { describe, expect, it } from "vitest"
import type { AnyObject } from "../../world/world.ts"
import { readGatewayGroup } from "./gateway-group.ts"
import { envoyProxy, gatewayClass, gatewayOf, setOf, worldOf } from "./test-gateways.ts"
import { viewGateway } from "./view.ts"

const http = (rest: object = {}) => ({ name: "l", port: 80, protocol: "HTTP", ...rest })

function view(objects: readonly AnyObject[]) {
  const world = worldOf(objects)
  const group = readGatewayGroup(world, "infra/gw")
  return group === undefined ? undefined : viewGateway(world, group, "infra", "gw")
}

describe("what routes see of a Gateway", () => {
  it.each<[string, object | undefined, object]>([
    ["its own when nothing is said", undefined, { from: "Same" }],
    ["all", { namespaces: { from: "All" } }, { from: "All" }],
    [
      "labelled ones",
      { namespaces: { from: "Selector", selector: { matchLabels: { a: "b" } } } },
      { from: "Selector", selector: { matchLabels: { a: "b" } } },
    ],
    ["none without a selector", { namespaces: { from: "Selector" } }, { from: "None" }],
    [
      "none with a selector that cannot be read",
      { namespaces: { from: "Selector", selector: { matchExpressions: [{ key: "a", operator: "?" }] } } },
      { from: "None" },
    ],
  ])("namespaces: %s", (_, allowedRoutes, namespaces) => {
    const gateway = gatewayOf("infra/gw", [http(allowedRoutes === undefined ? {} : { allowedRoutes })])
    expect(view([gateway])?.listeners[0]?.namespaces).toEqual(namespaces)
  })

  it("listeners, with their ListenerSet", () => {
    const gateway = gatewayOf("infra/gw", [http()], { spec: { allowedListeners: { namespaces: { from: "Same" } } } })
    expect(view([gateway, setOf("infra/set", "infra/gw", [http({ port: 81 })])])?.listeners).toMatchObject([
      { name: "l", irName: "infra/gw/l", isReady: true, kinds: ["HTTPRoute", "GRPCRoute"] },
      { name: "l", irName: "infra/gw/infra/set/l", set: { namespace: "infra", name: "set" } },
    ])
  })

  it.each<[object, object]>([
    [{}, { routingType: "Endpoint", isOnHost: false, luaValidation: "Strict", dynamicModules: [] }],
    [
      { routingType: "Service", ipFamily: "IPv6" },
      { routingType: "Service", ipFamily: "IPv6" },
    ],
    [
      { mergeBackends: { selector: { matchLabels: { a: "b" } } } },
      { mergeBackends: { selector: { matchLabels: { a: "b" } } } },
    ],
    [{ mergeBackends: {} }, { mergeBackends: {} }],
    [{ telemetry: { metrics: { clusterStatName: "%ROUTE_NAME%" } } }, { clusterStatName: "%ROUTE_NAME%" }],
    [
      { telemetry: { metrics: { enablePerEndpointStats: true, enableRequestResponseSizesStats: false } } },
      { clusterStats: { isPerEndpoint: true } },
    ],
    [
      { telemetry: { metrics: { enableRequestResponseSizesStats: true } } },
      { clusterStats: { hasRequestResponseSizes: true } },
    ],
    [{ luaValidation: "Disabled" }, { luaValidation: "Disabled" }],
    [{ luaValidation: "Disabled", lua: { validationType: "InsecureSyntax" } }, { luaValidation: "InsecureSyntax" }],
    [{ dynamicModules: [{ name: "m" }] }, { dynamicModules: [{ name: "m" }] }],
  ])("options of the EnvoyProxy %j", (spec, expected) => {
    const objects = [gatewayClass("infra/ep"), envoyProxy("infra/ep", spec), gatewayOf("infra/gw", [])]
    expect(view(objects)?.backends).toMatchObject(expected)
  })

  it("that it is not accepted", () => {
    expect(view([gatewayClass("infra/none"), gatewayOf("infra/gw", [http()])])).toMatchObject({
      isAccepted: false,
      listeners: [],
    })
  })
})
