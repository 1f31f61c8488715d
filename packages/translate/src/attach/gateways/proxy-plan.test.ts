import { describe, expect, it } from "vitest"
import { defaultSettings, type Settings } from "../../world/settings.ts"
import type { AnyObject } from "../../world/world.ts"
import { object } from "../test-world.ts"
import { readGatewayGroup } from "./gateway-group.ts"
import { planProxy } from "./proxy-plan.ts"
import { planServiceCluster } from "./service-cluster.ts"
import { tlsData, wildPair } from "./test-certificates.ts"
import { envoyProxy, gatewayClass, gatewayOf, setOf, worldOf } from "./test-gateways.ts"

const listener = (name: string, protocol: string, port: number, rest: object = {}) => ({
  name,
  protocol,
  port,
  ...rest,
})

function plan(objects: readonly AnyObject[], settings: Partial<Settings> = {}, proxy = "infra/gw") {
  const world = worldOf(objects, settings)
  const group = readGatewayGroup(world, proxy)
  if (group === undefined) throw new Error("no proxy")
  return planProxy(world, group, [])
}

const withSpec = (spec: object) => [gatewayClass("infra/ep"), envoyProxy("infra/ep", spec)]
const http = gatewayOf("infra/gw", [listener("http", "HTTP", 80)])

describe("listeners of a proxy", () => {
  it("stand in order: HTTP, then TCP and TLS, then UDP", () => {
    const { listeners } = plan([
      gatewayOf("infra/gw", [
        listener("udp", "UDP", 53),
        listener("tls", "TLS", 443, { tls: { mode: "Passthrough" }, hostname: "a.test" }),
        listener("http", "HTTP", 80),
        listener("tcp", "TCP", 8888),
      ]),
    ])
    expect(listeners.http.map(({ name }) => name)).toEqual(["infra/gw/http"])
    expect(listeners.l4.map(({ name, hostname }) => [name, hostname])).toEqual([
      ["infra/gw/tls", "a.test"],
      ["infra/gw/tcp", "*"],
      ["infra/gw/udp", "*"],
    ])
  })

  it.each<[string, object, Partial<Settings>, object]>([
    ["as usual", {}, {}, { address: "0.0.0.0", port: 10080, externalPort: 80 }],
    ["on IPv6", { ipFamily: "IPv6" }, {}, { address: "::", port: 10080 }],
    ["on both families", { ipFamily: "DualStack" }, {}, { address: "::", isIpv4Compatible: true }],
    [
      "on the listener's own port",
      { provider: { type: "Kubernetes", kubernetes: { useListenerPortAsContainerPort: true } } },
      {},
      { port: 80 },
    ],
    ["beside the control plane", {}, { isHostInfrastructure: true }, { port: 80 }],
    ["on this machine", {}, { profile: "host", shiftPortsBelow: 1024 }, { address: "127.0.0.1", port: 10080 }],
    ["on this machine, as root", {}, { profile: "host", shiftPortsBelow: 0 }, { address: "127.0.0.1", port: 80 }],
  ])("are bound %s", (_, spec, settings, expected) => {
    expect(plan([...withSpec(spec), http], settings).listeners.http[0]).toMatchObject(expected)
  })

  it("bear the Gateway's name and own annotations, also those of ListenerSets, and where they come from", () => {
    const gateway = gatewayOf("infra/gw", [], {
      metadata: { annotations: { "gateway.envoyproxy.io/team": "a", other: "b" } },
      spec: { allowedListeners: { namespaces: { from: "All" } } },
    })
    const [only] = plan([gateway, setOf("apps/set", "infra/gw", [listener("more", "HTTP", 81)])]).listeners.http
    expect(only).toMatchObject({
      name: "infra/gw/apps/set/more",
      gateway: { namespace: "infra", name: "gw", listener: "more" },
      metadata: { kind: "Gateway", namespace: "infra", name: "gw", sectionName: "more", annotations: { team: "a" } },
      origin: { object: "ListenerSet/apps/set", field: "spec.listeners[0]" },
    })
  })

  it("have the TLS of their certificates and of the Gateway", () => {
    const objects = [
      gatewayOf("infra/gw", [listener("https", "HTTPS", 443, { tls: { certificateRefs: [{ name: "c" }] } })], {
        spec: {
          tls: {
            frontend: {
              default: { validation: { caCertificateRefs: [{ group: "", kind: "ConfigMap", name: "ca" }] } },
            },
          },
        },
      }),
      object("Secret", "infra/c", { type: "kubernetes.io/tls", data: tlsData(wildPair) }),
      object("ConfigMap", "infra/ca", { data: { "ca.crt": "CA" } }),
    ]
    expect(plan(objects).listeners.http[0]?.tls).toMatchObject({
      certificates: [{ name: "infra/c" }],
      clientValidation: { isOptional: false },
    })
  })

  it("are only those that are ready", () => {
    expect(plan([gatewayOf("infra/gw", [listener("a", "HTTPS", 443)])]).listeners).toEqual({ http: [], l4: [] })
  })
})

describe("options of a proxy", () => {
  it("say where it tells that it is ready, unless it runs on this machine or carries no accepted Gateway", () => {
    expect(plan([http]).options.ready).toEqual({ address: "0.0.0.0", port: 19003, isIpv4Compatible: false })
    expect(plan([...withSpec({ ipFamily: "IPv6" }), http]).options.ready).toMatchObject({ isIpv4Compatible: true })
    expect(plan([http], { profile: "host" }).options.ready).toBeUndefined()
    expect(plan([gatewayClass("infra/none"), http]).options.ready).toBeUndefined()
  })

  it("come from the EnvoyProxy", () => {
    const spec = {
      filterOrder: [
        { name: "envoy.filters.http.lua", before: "envoy.filters.http.cors" },
        { name: "envoy.filters.http.wasm", after: "envoy.filters.http.lua" },
      ],
      telemetry: { metrics: { enableVirtualHostStats: true, enableGRPCStats: false } },
    }
    expect(plan([...withSpec(spec), http]).options).toMatchObject({
      key: "infra/gw",
      filterOrder: [
        { name: "envoy.filters.http.lua", position: "before", of: "envoy.filters.http.cors" },
        { name: "envoy.filters.http.wasm", position: "after", of: "envoy.filters.http.lua" },
      ],
      hasVirtualHostStats: true,
      hasGrpcStats: false,
    })
  })

  it("come from settings", () => {
    const secret = object("Secret", "envoy-gateway-system/envoy", { data: tlsData(wildPair) })
    expect(plan([http, secret], { runtimeFlags: ["XDSNameSchemeV2"] }).options).toMatchObject({
      isNameSchemeV2: true,
      controlPlaneCertificate: "envoy-gateway-system/envoy",
      moduleServer: defaultSettings.moduleServer,
    })
  })
})

describe("planServiceCluster", () => {
  const owned = (namespace: string) =>
    object("Service", `${namespace}/proxy`, {
      metadata: {
        labels: {
          "gateway.envoyproxy.io/owning-gateway-name": "gw",
          "gateway.envoyproxy.io/owning-gateway-namespace": "infra",
        },
      },
      spec: { ports: [{ name: "http", port: 80 }] },
    })
  const cluster = (objects: readonly AnyObject[], settings: Partial<Settings> = {}) => {
    const world = worldOf(objects, settings)
    const group = readGatewayGroup(world, "infra/gw")
    return group === undefined ? undefined : planServiceCluster(world, group)
  }

  it("is the Service of the proxy, in the controller's namespace or in the Gateway's own", () => {
    const found = cluster([http, owned("envoy-gateway-system")])
    expect(found).toMatchObject({ name: "infra/gw", settings: [{ zoneAware: { minClusterSize: 1 } }] })
    expect(cluster([http, owned("infra")])).toBeUndefined()
    expect(cluster([http, owned("infra")], { isGatewayNamespaceMode: true })).toMatchObject({ name: "infra/gw" })
    expect(cluster([http])).toBeUndefined()
  })
})
