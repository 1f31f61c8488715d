import type { Gateway, GatewayClass } from "@attache/kube-api"
import { describe, expect, it } from "vitest"
import type { Settings } from "../../world/settings.ts"
import type { AnyObject } from "../../world/world.ts"
import { effectiveEnvoyProxy, isMergingGateways } from "./envoy-proxy.ts"
import { gatewaysWithEnvoyProxy } from "./envoy-proxy-users.ts"
import { envoyProxyErrors } from "./envoy-proxy-validation.ts"
import { gatewayClassConditions } from "./gateway-class.ts"
import { envoyProxy, gatewayClass, gatewayOf, shown, worldOf } from "./test-gateways.ts"

const naming = (name: string) => ({
  spec: { infrastructure: { parametersRef: { group: "gateway.envoyproxy.io", kind: "EnvoyProxy", name } } },
})
const text = (a: string, b?: string) => ({
  extraArgs: [a],
  ...(b === undefined ? {} : { logging: { level: { default: b } } }),
})

function effective(objects: readonly AnyObject[], settings: Partial<Settings> = {}) {
  const world = worldOf(objects, settings)
  const owner = world.get("GatewayClass", "", "eg") as GatewayClass
  return effectiveEnvoyProxy(world, owner, world.get("Gateway", "infra", "gw") as Gateway)
}

describe("the EnvoyProxy of a Gateway", () => {
  const plain = gatewayOf("infra/gw", [])
  const own = gatewayOf("infra/gw", [], naming("own"))
  const ofClass = gatewayClass("infra/class")
  const level = (spec: object) => ({ envoyProxy: spec as Readonly<Record<string, unknown>> })

  it.each<[string, readonly AnyObject[], object | undefined, object, string | undefined]>([
    ["nobody's", [plain], undefined, {}, undefined],
    ["the default one", [plain], text("default"), text("default"), undefined],
    [
      "its class's, whole",
      [plain, ofClass, envoyProxy("infra/class", text("class"))],
      text("default", "warn"),
      text("class"),
      "class",
    ],
    [
      "its own, whole",
      [own, ofClass, envoyProxy("infra/class", text("class", "info")), envoyProxy("infra/own", text("own"))],
      text("default"),
      text("own"),
      "own",
    ],
    [
      "its own over its class's",
      [
        own,
        ofClass,
        envoyProxy("infra/class", text("class", "info")),
        envoyProxy("infra/own", { ...text("own"), mergeType: "JSONMerge" }),
      ],
      undefined,
      { ...text("own", "info"), mergeType: "JSONMerge" },
      "own",
    ],
    [
      "its class's over the default one",
      [plain, ofClass, envoyProxy("infra/class", { ...text("class"), mergeType: "StrategicMerge" })],
      text("default", "warn"),
      { ...text("class", "warn"), mergeType: "StrategicMerge" },
      "class",
    ],
    [
      "its own over the default one, as it says itself when the class has none",
      [own, envoyProxy("infra/own", { ...text("own"), mergeType: "JSONMerge" })],
      text("default", "warn"),
      { ...text("own", "warn"), mergeType: "JSONMerge" },
      "own",
    ],
    [
      "its class's when its own is missing",
      [own, ofClass, envoyProxy("infra/class", text("class"))],
      undefined,
      text("class"),
      "class",
    ],
    [
      "its class's while Gateways are merged",
      [own, ofClass, envoyProxy("infra/class", { mergeGateways: true }), envoyProxy("infra/own", text("own"))],
      undefined,
      { mergeGateways: true },
      "class",
    ],
  ])("is %s", (_, objects, fallback, spec, object) => {
    const found = effective(objects, fallback === undefined ? {} : level(fallback))
    expect([found.spec, found.object?.metadata.name, found.error]).toEqual([spec, object, undefined])
  })

  it("merges backends as the first level says that speaks of it, though another level is replaced", () => {
    const objects = [
      own,
      ofClass,
      envoyProxy("infra/class", { mergeBackends: {} }),
      envoyProxy("infra/own", text("own")),
    ]
    expect(effective(objects).spec).toEqual({ ...text("own"), mergeBackends: {} })
  })

  it("cannot be used when its class's is missing", () => {
    expect(effective([plain, ofClass]).error).toBe("failed to find envoyproxy infra/class")
  })
})

describe("a GatewayClass", () => {
  const conditions = (objects: readonly AnyObject[]) => {
    const world = worldOf(objects)
    return gatewayClassConditions(world, world.get("GatewayClass", "", "eg") as GatewayClass).map((c) => shown(c))
  }
  const odd = {
    ...gatewayClass(),
    spec: { ...(gatewayClass().spec as object), parametersRef: { group: "v1", kind: "ConfigMap", name: "x" } },
  }

  it.each<[string, readonly AnyObject[], readonly string[]]>([
    ["without parameters", [gatewayClass()], []],
    [
      "with parameters",
      [gatewayClass("infra/a"), envoyProxy("infra/a", {})],
      ["Accepted=True Accepted: Valid GatewayClass"],
    ],
    [
      "whose parameters are missing",
      [gatewayClass("infra/a")],
      ["Accepted=False InvalidParameters: Invalid parametersRef: failed to find envoyproxy infra/a"],
    ],
    [
      "whose parameters are of another kind",
      [odd],
      ["Accepted=False InvalidParameters: Invalid parametersRef: unsupported parametersRef for gatewayclass eg"],
    ],
  ])("%s", (_, objects, expected) => {
    expect(conditions(objects)).toEqual(expected)
  })

  it("merges Gateways as its EnvoyProxy says, else as the default one", () => {
    const merging = (objects: readonly AnyObject[], settings: Partial<Settings> = {}) => {
      const world = worldOf(objects, settings)
      return isMergingGateways(world, world.get("GatewayClass", "", "eg") as GatewayClass)
    }
    expect(merging([gatewayClass("infra/a"), envoyProxy("infra/a", { mergeGateways: true })])).toBe(true)
    expect(merging([gatewayClass()], { envoyProxy: { mergeGateways: true } })).toBe(true)
    expect(merging([gatewayClass("infra/a"), envoyProxy("infra/a", {})], { envoyProxy: { mergeGateways: true } })).toBe(
      false,
    )
  })
})

describe("gatewaysWithEnvoyProxy", () => {
  it("finds Gateways that name it and those of classes that do, each once", () => {
    const world = worldOf([
      gatewayClass("infra/shared"),
      gatewayOf("infra/a", [], naming("shared")),
      gatewayOf("infra/b", []),
      gatewayOf("other/c", [], naming("shared")),
    ])
    expect([...gatewaysWithEnvoyProxy(world, "EnvoyProxy/infra/shared")].sort()).toEqual([
      "Gateway/infra/a",
      "Gateway/infra/b",
      "Gateway/other/c",
    ])
    expect(gatewaysWithEnvoyProxy(world, "EnvoyProxy/infra/none")).toEqual([])
  })
})

describe("envoyProxyErrors", () => {
  const service = (envoyService: object) => ({ provider: { type: "Kubernetes", kubernetes: { envoyService } } })
  const logs = (setting: object) => ({ telemetry: { accessLog: { settings: [setting] } } })
  const order = (...rules: readonly (readonly [string, "before" | "after", string])[]) => ({
    filterOrder: rules.map(([name, position, of]) => ({ name, [position]: of })),
  })

  it.each<[string, object]>([
    ["an empty one", {}],
    ["a load balancer with an address", service({ type: "LoadBalancer", loadBalancerIP: "10.1.2.3" })],
    ["known operators in statistics", { telemetry: { metrics: { clusterStatName: "%ROUTE_KIND%/%BACKEND_REFS%" } } }],
    [
      "access logs that are off, whatever else they say",
      { telemetry: { accessLog: { disable: true, settings: [{ sinks: [{ type: "File" }] }] } } },
    ],
    ["filters in an order", order(["a", "before", "b"], ["b", "before", "c"])],
  ])("has nothing against %s", (_, spec) => {
    expect(envoyProxyErrors(spec as never)).toBeUndefined()
  })

  it.each<[string, object, string]>([
    [
      "node ports of a service that is no load balancer",
      service({ type: "ClusterIP", allocateLoadBalancerNodePorts: true }),
      "allocateLoadBalancerNodePorts can only be set for LoadBalancer type",
    ],
    [
      "an address that is none",
      service({ loadBalancerIP: "10.1.2" }),
      "loadBalancerIP:10.1.2 is an invalid IPv4 address",
    ],
    [
      "two faults",
      service({ type: "NodePort", allocateLoadBalancerNodePorts: true, loadBalancerIP: "x" }),
      "[allocateLoadBalancerNodePorts can only be set for LoadBalancer type, loadBalancerIP can only be set for LoadBalancer type, loadBalancerIP:x is an invalid IPv4 address]",
    ],
    [
      "a text format without text",
      logs({ format: { type: "Text" }, sinks: [] }),
      'unable to configure access log when using Text format but "text" field being empty',
    ],
    [
      "a file sink without a file",
      logs({ sinks: [{ type: "File" }] }),
      'unable to configure access log when using File sink type but "file" field being empty',
    ],
    [
      "an OpenTelemetry sink without one",
      logs({ sinks: [{ type: "OpenTelemetry" }] }),
      'unable to configure access log when using OpenTelemetry sink type but "openTelemetry" field being empty',
    ],
    [
      "an unknown operator in statistics",
      { telemetry: { metrics: { clusterStatName: "%ROUTE_NAME%/%ROUTE_COLOUR%" } } },
      "unable to configure Cluster Stat Name with unsupported operator: %ROUTE_COLOUR%",
    ],
  ])("refuses %s", (_, spec, error) => {
    expect(envoyProxyErrors(spec as never)).toBe(error)
  })

  it.each<[string, object]>([
    ["a circle of two", order(["a", "before", "b"], ["b", "before", "a"])],
    ["a circle over before and after", order(["a", "before", "b"], ["c", "after", "b"], ["c", "before", "a"])],
  ])("refuses filters in %s", (_, spec) => {
    expect(envoyProxyErrors(spec as never)).toBeDefined()
  })
})
