import { describe, expect, it } from "vitest"
import type { L4Route } from "../../plan/index.ts"
import type { AnyObject } from "../../world/world.ts"
import type { BackendOptions, ListenerView } from "../gateway-view.ts"
import type { RouteAttachment } from "../http-routes/attach.ts"
import { gateway, listener, object, readsOf, service } from "../test-world.ts"
import { attachL4Route } from "./attach.ts"
import { settleL4Routes } from "./listener-routes.ts"
import { type AnyL4Route, isL4Route, type L4RouteKind } from "./rule-backends.ts"

const parent = { namespace: "infra", name: "gw" }
const tls = (name: string, rest: Partial<ListenerView> = {}) =>
  listener(name, { protocol: "TLS", port: 443, kinds: ["TLSRoute", "TCPRoute"], ...rest })
const tcp = (name: string, rest: Partial<ListenerView> = {}) =>
  listener(name, { protocol: "TCP", port: 5432, kinds: ["TCPRoute"], ...rest })
const to = (name: string, rest: object = {}) => ({ name, port: 8080, ...rest })
const udpService = service("default/dns", 53, "dns").map((each) =>
  JSON.parse(JSON.stringify(each).replaceAll('"TCP"', '"UDP"')),
) as AnyObject[]
const resolver = object("Backend", "default/any", { spec: { type: "DynamicResolver" } })
const backendRef = (name: string) => ({ group: "gateway.envoyproxy.io", kind: "Backend", name })

interface Setup {
  readonly kind?: L4RouteKind
  readonly listeners?: readonly ListenerView[]
  readonly rules?: readonly object[]
  readonly spec?: object
  readonly objects?: readonly AnyObject[]
  readonly options?: Partial<BackendOptions>
}

function attach({ kind = "TLSRoute", listeners = [tls("l")], rules, spec, objects = [], options }: Setup) {
  const route = object(kind, "default/r", {
    metadata: { annotations: { "gateway.envoyproxy.io/team": "a" } },
    spec: { parentRefs: [parent], rules: rules ?? [{ backendRefs: [to("one")] }], ...spec },
  })
  const backends = [...service("default/one"), ...service("default/two"), ...udpService, resolver]
  return attachL4Route(readsOf([...backends, ...objects], [gateway(listeners, options)]), route as AnyL4Route)
}

const conditions = ({ parents }: RouteAttachment) =>
  parents.flatMap((p) => p.conditions.map((c) => `${c.type}=${c.status} ${c.reason}: ${c.message}`))
const accepted = "Accepted=True Accepted: Route is accepted"
const resolved = "ResolvedRefs=True ResolvedRefs: Resolved all the Object references for the Route"

describe("isL4Route", () => {
  it.each(["TLSRoute", "TCPRoute", "UDPRoute"])("holds for a %s", (kind) => {
    expect(isL4Route(object(kind, "a/b"))).toBe(true)
  })
  it.each(["HTTPRoute", "GRPCRoute"])("does not for a %s", (kind) => {
    expect(isL4Route(object(kind, "a/b"))).toBe(false)
  })
})

describe("a TLSRoute", () => {
  it("pools the backends of all its rules in one destination, and stands on each listener with a common name", () => {
    const result = attach({
      rules: [
        { name: "a", backendRefs: [to("one", { weight: 3 }), to("two", { weight: 0 })] },
        { backendRefs: [to("two")] },
      ],
      spec: { hostnames: ["b.test", "a.test"] },
      listeners: [
        tls("any"),
        tls("some", { hostname: "a.test", port: 8443 }),
        tls("none", { hostname: "c.test", port: 9443 }),
      ],
    })
    expect(conditions(result)).toEqual([accepted, resolved])
    expect(result.attachedListeners).toEqual(["infra/gw/any", "infra/gw/some"])
    expect(result.l4?.map((r) => [r.listener, r.route.hosts])).toEqual([
      ["infra/gw/any", ["a.test", "b.test"]],
      ["infra/gw/some", ["a.test"]],
    ])
    expect(result.l4?.[0]?.route).toMatchObject({
      name: "tlsroute/default/r",
      destination: {
        name: "tlsroute/default/r/rule/-1",
        metadata: { kind: "TLSRoute", namespace: "default", name: "r", annotations: { team: "a" } },
        settings: [
          { name: "tlsroute/default/r/rule/-1/backend/0", protocol: "tcp", weight: 3 },
          { name: "tlsroute/default/r/rule/-1/backend/0", metadata: { name: "two" } },
        ],
      },
    })
    expect(result.l4?.[0]?.route.destination.metadata).not.toHaveProperty("sectionName")
  })

  it("has the listener's name without names of its own, and leaves names to listeners that have them", () => {
    expect(attach({ listeners: [tls("l", { hostname: "*.test" })] }).l4?.[0]?.route.hosts).toEqual(["*.test"])
    expect(attach({}).l4?.[0]?.route.hosts).toEqual(["*"])
    const isolated = attach({
      listeners: [tls("any"), tls("own", { hostname: "a.test" })],
      spec: { hostnames: ["a.test", "b.test"] },
    })
    expect(isolated.l4?.map((r) => r.route.hosts)).toEqual([["b.test"], ["a.test"]])
  })

  it("is refused without a common name, though its references are resolved", () => {
    const result = attach({ listeners: [tls("l", { hostname: "x.test" })], spec: { hostnames: ["y.test"] } })
    expect(conditions(result)).toEqual([
      "Accepted=False NoMatchingListenerHostname: There were no hostname intersections between the TLSRoute and this parent ref's Listener(s).",
      resolved,
    ])
    expect([result.l4, result.attachedListeners]).toEqual([[], []])
  })

  it("counts on listeners that are not ready, without traffic", () => {
    const result = attach({ listeners: [tls("l", { isReady: false })] })
    expect([result.l4, result.attachedListeners]).toEqual([[], ["infra/gw/l"]])
  })

  it("resolves server names where TLS passes through, not where it ends, nor beside others", () => {
    const rules = [{ backendRefs: [backendRef("any")] }]
    const passing = attach({ rules })
    expect(passing.l4?.[0]?.route.destination.settings).toMatchObject([{ addressType: "dynamic-resolver" }])
    const ending = attach({ rules, listeners: [tls("l", { isTlsTerminated: true })] })
    expect(conditions(ending)).toEqual([
      accepted,
      "ResolvedRefs=False UnsupportedValue: Dynamic resolver backend is only supported with TLS passthrough listeners",
    ])
    expect([ending.l4, ending.attachedListeners]).toEqual([[], ["infra/gw/l"]])
    const mixed = attach({ rules: [{ backendRefs: [backendRef("any"), to("one")] }] })
    expect(conditions(mixed)).toEqual([
      accepted,
      "ResolvedRefs=False InvalidBackendRef: dynamic resolver is not supported for multiple backendRefs",
    ])
    expect(mixed.l4?.[0]?.route.destination.settings).toEqual([])
  })
})

describe("TCP and UDP routes", () => {
  const udp = [listener("l", { protocol: "UDP", port: 53, kinds: ["UDPRoute"] })]

  it.each<[string, readonly object[]]>([
    ["no rule", []],
    ["two rules", [{ backendRefs: [to("one")] }, { backendRefs: [to("two")] }]],
  ])("are refused with %s", (_, rules) => {
    const result = attach({ kind: "TCPRoute", listeners: [tcp("l")], rules })
    expect(conditions(result)).toEqual(["Accepted=False InvalidRule: One and only one rule is supported"])
    expect([result.l4, result.attachedListeners, result.tlsUses]).toEqual([[], [], []])
  })

  it("speak their own protocol", () => {
    const rules = [{ name: "only", backendRefs: [{ name: "dns", port: 53 }] }]
    const [made] = attach({ kind: "UDPRoute", listeners: udp, rules }).l4 ?? []
    expect(made?.route).toMatchObject({
      name: "udproute/default/r",
      hosts: [],
      destination: { metadata: { sectionName: "only" }, settings: [{ protocol: "udp" }] },
    })
    expect(conditions(attach({ kind: "UDPRoute", listeners: udp }))).toContain(
      "ResolvedRefs=False PortNotFound: UDP Port 8080 not found on Service default/one",
    )
  })

  it("ask for a server name only where TLS ends on a listener that has one", () => {
    const hosts = (view: ListenerView) => attach({ kind: "TCPRoute", listeners: [view] }).l4?.[0]?.route.hosts
    expect(hosts(tls("l", { hostname: "a.test", isTlsTerminated: true }))).toEqual(["a.test"])
    expect(hosts(tls("l", { isTlsTerminated: true }))).toEqual([])
    expect(hosts(tls("l", { hostname: "a.test" }))).toEqual([])
    expect(hosts(tcp("l"))).toEqual([])
  })

  it("drop backends that are wrong or empty, tell of them, and keep the cluster", () => {
    const hollow = object("Service", "default/hollow", {
      spec: { ports: [{ port: 8080, protocol: "TCP", name: "p" }] },
    })
    const one = attach({ kind: "TCPRoute", listeners: [tcp("l")], rules: [{ backendRefs: [to("none")] }] })
    expect(conditions(one)).toEqual([accepted, "ResolvedRefs=False BackendNotFound: service default/none not found"])
    expect(one.l4?.[0]?.route.destination.settings).toEqual([])
    const both = attach({
      kind: "TCPRoute",
      listeners: [tcp("l")],
      objects: [hollow],
      rules: [{ backendRefs: [to("hollow"), to("none"), to("one")] }],
    })
    expect(conditions(both)).toEqual([
      accepted,
      "ResolvedRefs=False BackendNotFound,EndpointsNotFound: No ready endpoints for the related Service default/hollow.\nService default/none not found.",
    ])
    expect(both.l4?.[0]?.route.destination.settings.map(({ name }) => name)).toEqual([
      "tcproute/default/r/rule/-1/backend/2",
    ])
  })

  it("say which BackendTLSPolicies they looked at, for each parent", () => {
    const policy = object("BackendTLSPolicy", "default/p", {
      spec: {
        targetRefs: [{ group: "", kind: "Service", name: "one" }],
        validation: { hostname: "a.test", wellKnownCACertificates: "System" },
      },
    })
    const parentRefs = [parent, { ...parent, sectionName: "l" }]
    const { tlsUses } = attach({ kind: "TCPRoute", listeners: [tcp("l")], objects: [policy], spec: { parentRefs } })
    expect(tlsUses).toEqual(parentRefs.map((ancestor) => ({ ancestor, use: { policy: "BackendTLSPolicy/default/p" } })))
  })
})

describe("backends of an L4 route that Gateways merge", () => {
  const merge = (setup: Setup) =>
    attach({ options: { mergeBackends: {} }, ...setup }).l4?.[0]?.route.destination.settings.map((s) => s.mergedCluster)

  it.each<[string, Setup, readonly (string | undefined)[]]>([
    ["one backend", {}, ["service/default/one/8080/tcp"]],
    [
      "one backend of two rules",
      { rules: [{ backendRefs: [to("one")] }, { backendRefs: [to("one")] }] },
      ["service/default/one/8080/tcp"],
    ],
    ["two backends", { rules: [{ backendRefs: [to("one"), to("two")] }] }, [undefined, undefined]],
    [
      "two backends of two rules",
      { rules: [{ backendRefs: [to("one")] }, { backendRefs: [to("two")] }] },
      [undefined, undefined],
    ],
    [
      "one backend twice in a TCPRoute",
      { kind: "TCPRoute", listeners: [tcp("l")], rules: [{ backendRefs: [to("one"), to("one")] }] },
      [undefined, undefined],
    ],
    ["a resolver", { rules: [{ backendRefs: [backendRef("any")] }] }, [undefined]],
  ])("%s", (_, setup, clusters) => {
    expect(merge(setup)).toEqual(clusters)
  })
})

describe("settleL4Routes", () => {
  const route = (name: string, ...hosts: string[]): L4Route => ({ name, hosts, destination: { name, settings: [] } })
  const settled = (...candidates: (readonly [string, L4Route])[]) =>
    settleL4Routes(candidates.map(([kind, each]) => ({ kind, route: each }))).map(({ name, hosts }) => [name, ...hosts])

  it("lets TLSRoutes share a listener, the older keeping a name that both have", () => {
    expect(
      settled(
        ["TLSRoute", route("old", "a.test", "b.test")],
        ["TLSRoute", route("young", "b.test", "c.test")],
        ["TLSRoute", route("late", "a.test")],
      ),
    ).toEqual([
      ["old", "a.test", "b.test"],
      ["young", "c.test"],
    ])
  })

  it.each(["TCPRoute", "UDPRoute"])("gives a listener to the first %s", (kind) => {
    expect(settled([kind, route("a")], [kind, route("b")])).toEqual([["a"]])
  })

  it("leaves a listener to TLSRoutes before a TCPRoute", () => {
    expect(settled(["TLSRoute", route("a", "a.test")], ["TCPRoute", route("b")])).toEqual([["a", "a.test"]])
  })
})
