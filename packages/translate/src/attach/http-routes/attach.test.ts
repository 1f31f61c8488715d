import type { GRPCRoute, HTTPRoute } from "@attache/kube-api"
import { describe, expect, it } from "vitest"
import type { AnyObject } from "../../world/world.ts"
import type { BackendOptions, ListenerView } from "../gateway-view.ts"
import { gateway, listener, object, readsOf, service } from "../test-world.ts"
import { attachGrpcRoute, attachHttpRoute, type RouteAttachment } from "./attach.ts"

const parent = { group: "gateway.networking.k8s.io", kind: "Gateway", namespace: "infra", name: "gw" }
const backends = [...service("default/one"), ...service("default/two"), ...service("other/far")]
const to = (name: string, rest: object = {}) => ({ name, port: 8080, ...rest })
const path = (value: string) => [{ path: { type: "PathPrefix", value } }]

interface Setup {
  readonly spec?: object
  readonly rules?: readonly object[]
  readonly objects?: readonly AnyObject[]
  readonly listeners?: readonly ListenerView[]
  readonly options?: Partial<BackendOptions>
}

function attach(
  { spec, rules = [], objects = [], listeners = [listener("http")], options }: Setup,
  kind = "HTTPRoute",
): RouteAttachment {
  const route = object(kind, "default/r", { spec: { parentRefs: [parent], rules, ...spec } })
  const reads = readsOf([...backends, ...objects], [gateway(listeners, options)])
  return kind === "HTTPRoute" ? attachHttpRoute(reads, route as HTTPRoute) : attachGrpcRoute(reads, route as GRPCRoute)
}

const plans = (attachment: RouteAttachment) => attachment.routes.flatMap((r) => r.routes)
const conditions = (attachment: RouteAttachment) =>
  attachment.parents.flatMap((p) => p.conditions.map((c) => `${c.type}=${c.status}/${c.reason}: ${c.message}`))
const accepted = "Accepted=True/Accepted: Route is accepted"
const resolved = "ResolvedRefs=True/ResolvedRefs: Resolved all the Object references for the Route"

describe("attachment to listeners", () => {
  const rules = [{ matches: path("/"), backendRefs: [to("one")] }]

  it("goes to each listener that takes the route", () => {
    const result = attach({ rules, listeners: [listener("a"), listener("b", { port: 81, isReady: false })] })
    expect(conditions(result)).toEqual([accepted, resolved])
    expect(result.attachedListeners).toEqual(["infra/gw/a", "infra/gw/b"])
    expect(result.routes.map((r) => r.listener)).toEqual(["infra/gw/a"])
  })

  it.each([
    ["no such section", { parentRefs: [{ ...parent, sectionName: "x" }] }, {}, "NoMatchingParent"],
    ["no such port", { parentRefs: [{ ...parent, port: 1 }] }, {}, "NoMatchingParent"],
    ["another kind", {}, { kinds: ["TLSRoute"] }, "NotAllowedByListeners"],
    ["another namespace", {}, { namespaces: { from: "Same" } }, "NotAllowedByListeners"],
    ["no common host", { hostnames: ["a.org"] }, { hostname: "*.com" }, "NoMatchingListenerHostname"],
  ] as const)("fails for %s", (_, spec, view, reason) => {
    const result = attach({ rules, spec, listeners: [listener("http", view as Partial<ListenerView>)] })
    expect(result.parents[0]?.conditions[0]).toMatchObject({ type: "Accepted", status: "False", reason })
    expect(conditions(result)).toContain(resolved)
    expect(result.routes).toEqual([])
    expect(result.attachedListeners).toEqual([])
  })

  it("says nothing about Gateways that are not ours", () => {
    const result = attach({
      rules,
      spec: {
        parentRefs: [
          { ...parent, name: "theirs" },
          { ...parent, group: "x" },
        ],
      },
    })
    expect(result).toEqual({ parents: [], routes: [], attachedListeners: [], tlsUses: [] })
  })

  it("reaches listeners of a ListenerSet only through it", () => {
    const set = { namespace: "default", name: "set" }
    const listeners = [
      listener("own"),
      listener("extra", { set, irName: "infra/gw/default/set/extra", namespaces: { from: "Same" } }),
    ]
    const objects = [object("ListenerSet", "default/set", { spec: { parentRef: { name: "gw", namespace: "infra" } } })]
    const ref = { group: parent.group, kind: "ListenerSet", name: "set" }
    expect(attach({ rules, listeners }).attachedListeners).toEqual(["infra/gw/own"])
    expect(attach({ rules, listeners, objects, spec: { parentRefs: [ref] } }).attachedListeners).toEqual([
      "infra/gw/default/set/extra",
    ])
  })

  it("makes a route for each host and match, hosts outside", () => {
    const spec = { hostnames: ["b.com", "a.com"] }
    const result = attach({ spec, rules: [{ matches: [...path("/x"), ...path("/y")], backendRefs: [to("one")] }] })
    expect(plans(result).map((p) => p.name)).toEqual([
      "httproute/default/r/rule/0/match/0/a_com",
      "httproute/default/r/rule/0/match/1/a_com",
      "httproute/default/r/rule/0/match/0/b_com",
      "httproute/default/r/rule/0/match/1/b_com",
    ])
  })
})

describe("backends", () => {
  const forwarded = (refs: readonly object[], rest: Partial<Setup> = {}) => {
    const result = attach({ ...rest, rules: [{ matches: path("/"), backendRefs: refs }] })
    const [plan] = plans(result)
    return { result, action: plan?.action, forward: plan?.action.type === "forward" ? plan.action.forward : undefined }
  }

  it("shares one cluster when all is plain", () => {
    const { forward } = forwarded([to("one", { weight: 9 }), to("two")])
    expect(forward?.split).toBeUndefined()
    expect(forward?.destination.settings.map((s) => [s.name, s.weight])).toEqual([
      ["httproute/default/r/rule/0/backend/0", 9],
      ["httproute/default/r/rule/0/backend/1", undefined],
    ])
  })

  it("leaves backends without weight out and keeps the numbers of the others", () => {
    const { forward } = forwarded([to("one", { weight: 0 }), to("two")])
    expect(forward?.destination.settings.map((s) => s.name)).toEqual(["httproute/default/r/rule/0/backend/1"])
  })

  it("splits when one is missing, and answers 500 for its share", () => {
    const { result, forward } = forwarded([to("one"), to("gone", { weight: 3 })])
    expect(forward?.split).toEqual({ invalidWeight: 3, hasEmptyBackend: false, clusters: [{ setting: 0, weight: 1 }] })
    expect(conditions(result)).toEqual([
      accepted,
      "ResolvedRefs=False/BackendNotFound: Failed to process route rule 0 backendRef 1: service default/gone not found.",
    ])
  })

  it("splits when one is empty, and answers 503 for its share", () => {
    const empty = object("Service", "default/empty", { spec: { ports: [{ name: "http", port: 8080 }] } })
    const { result, forward } = forwarded([to("one"), to("empty")], { objects: [empty] })
    expect(forward?.split).toEqual({ invalidWeight: 1, hasEmptyBackend: true, clusters: [{ setting: 0, weight: 1 }] })
    expect(conditions(result)).toContain(
      "BackendsAvailable=False/EndpointsNotFound: Failed to find endpoints: no ready endpoints for the related Service default/empty.",
    )
    expect(conditions(result)).toContain(resolved)
    expect(forwarded([to("empty")], { objects: [empty] }).action).toEqual({
      type: "respond",
      response: { status: 503 },
    })
  })

  it.each([
    ["none", [], 500],
    ["only weightless ones", [to("one", { weight: 0 })], 500],
    ["only missing ones", [to("gone")], 500],
  ])("answers for %s", (_, refs, status) => {
    expect(forwarded(refs).action).toEqual({ type: "respond", response: { status } })
  })

  it.each([
    ["another namespace", to("far", { namespace: "other" }), "RefNotPermitted"],
    ["another group", to("one", { group: "x.io" }), "InvalidKind"],
    ["another kind", to("one", { kind: "Pod" }), "InvalidKind"],
    ["no port", { name: "one" }, "PortNotSpecified"],
    ["another port", { name: "one", port: 1 }, "PortNotFound"],
    ["a missing Backend", { group: "gateway.envoyproxy.io", kind: "Backend", name: "b" }, "BackendNotFound"],
  ])("refuses %s", (_, ref, reason) => {
    expect(forwarded([ref]).result.parents[0]?.conditions).toContainEqual(
      expect.objectContaining({ type: "ResolvedRefs", reason }),
    )
  })

  it("splits over names and addresses, which no cluster can hold together", () => {
    const named = object("Backend", "default/b", {
      spec: { endpoints: [{ fqdn: { hostname: "a.example.com", port: 80 } }] },
    })
    const { forward } = forwarded([to("one"), { group: "gateway.envoyproxy.io", kind: "Backend", name: "b" }], {
      objects: [named],
    })
    expect(forward?.split?.clusters).toEqual([
      { setting: 0, weight: 1 },
      { setting: 1, weight: 1 },
    ])
  })

  it("shares merged clusters, and names them after those that are not", () => {
    const filters = [{ type: "RequestHeaderModifier", requestHeaderModifier: { add: [{ name: "x", value: "y" }] } }]
    const options = { mergeBackends: {} }
    const { forward } = forwarded([to("one"), to("two", { filters })], { options })
    expect(forward?.destination.settings.map((s) => s.mergedCluster)).toEqual([
      "service/default/one/8080/http",
      undefined,
    ])
    expect(forward?.split?.clusters.map((c) => c.setting)).toEqual([1, 0])
  })

  it("keeps everything together for sessions", () => {
    const rules = [{ matches: path("/"), sessionPersistence: {}, backendRefs: [to("one"), to("two")] }]
    const [plan] = plans(attach({ rules, options: { mergeBackends: {} } }))
    expect(plan?.sessionPersistence).toEqual({ name: "httproute-default-r-rule-0", type: "cookie", cookiePath: "/" })
    expect(plan?.action.type === "forward" && plan.action.forward.split).toBeUndefined()
  })
})

describe("rules", () => {
  const redirect = { type: "RequestRedirect", requestRedirect: { statusCode: 302 } }
  const mirror = { type: "RequestMirror", requestMirror: { backendRef: to("two"), percent: 20 } }

  it("keeps good rules beside a bad one", () => {
    const bad = { matches: [{ path: { type: "RegularExpression", value: "*bad" } }], backendRefs: [to("one")] }
    const result = attach({ rules: [{ matches: path("/"), backendRefs: [to("one")] }, bad] })
    expect(plans(result)).toHaveLength(1)
    expect(conditions(result)).toEqual([
      accepted,
      'PartiallyInvalid=True/UnsupportedValue: Dropped Rule(s) [1]: Failed to process route rule 1: regex "*bad" is invalid: ' +
        "error parsing regexp: missing argument to repetition operator: `*`.",
      resolved,
    ])
  })

  it("attaches an HTTPRoute whose rules are all refused, but not a GRPCRoute", () => {
    const filters = [{ type: "ExtensionRef", extensionRef: { group: "x.io", kind: "Unknown", name: "n" } }]
    const rules = [{ filters, backendRefs: [to("one")] }]
    const http = attach({ rules })
    const grpc = attach({ rules }, "GRPCRoute")
    expect(conditions(http)[0]).toBe(
      "Accepted=False/UnsupportedValue: Invalid filter ExtensionRef: unknown kind x.io/Unknown.",
    )
    expect(conditions(grpc)).toEqual(conditions(http))
    expect(http.attachedListeners).toEqual(["infra/gw/http"])
    expect(plans(http).map((p) => p.action)).toEqual([{ type: "respond", response: { status: 500 } }])
    expect(grpc.attachedListeners).toEqual([])
  })

  it.each([
    ["ExternalAuth", { externalAuth: { protocol: "GRPC", backendRef: to("two"), grpc: {} } }],
    ["Tomorrow", {}],
  ])("refuses filters that Gateway API has and nobody implements: %s", (type, rest) => {
    const filters = [{ type, ...rest }]
    const message = `Invalid filter ${type}: unsupported filter type: ${type}.`
    const refused = attach({ rules: [{ matches: path("/"), filters, backendRefs: [to("one")] }] })
    expect(conditions(refused)).toEqual([`Accepted=False/UnsupportedValue: ${message}`, resolved])
    expect(plans(refused).map(({ action }) => action)).toEqual([{ type: "respond", response: { status: 500 } }])
    const ofBackend = attach({ rules: [{ matches: path("/"), backendRefs: [to("one", { filters }), to("two")] }] })
    expect(conditions(ofBackend)[1]).toMatch(/^ResolvedRefs=False\/UnsupportedRefValue: .* rule 0 backendRef 0: /)
  })

  it("attaches nothing to the Gateways that are the default", () => {
    const spec = { parentRefs: [], useDefaultGateways: "All" }
    expect(attach({ spec, rules: [{ backendRefs: [to("one")] }] })).toMatchObject({ parents: [], routes: [] })
  })

  it("refuses mirrors beside redirects", () => {
    const result = attach({ rules: [{ filters: [redirect, mirror] }, { backendRefs: [to("one")] }] })
    expect(conditions(result)).toContain(
      "PartiallyInvalid=True/IncompatibleFilters: Dropped Rule(s) [0]: RequestMirror filter cannot be used when the rule also configures a RequestRedirect filter.",
    )
  })

  it("redirects to the listener's port, and never spells out 80 and 443", () => {
    const listeners = [listener("a"), listener("b", { port: 8443 })]
    const result = attach({ listeners, rules: [{ filters: [redirect] }] })
    expect(plans(result).map((p) => p.action)).toEqual([
      { type: "redirect", redirect: { statusCode: 302 } },
      { type: "redirect", redirect: { statusCode: 302, port: 8443 } },
    ])
  })

  it("mirrors a share", () => {
    const [plan] = plans(attach({ rules: [{ filters: [mirror], backendRefs: [to("one")] }] }))
    expect(plan?.mirrors).toMatchObject([
      { numerator: 200_000, denominator: "MILLION", destination: { name: "httproute/default/r/rule/0-mirror-0" } },
    ])
  })

  it("adds a route for CORS preflights", () => {
    const filters = [{ type: "CORS", cors: { allowOrigins: ["https://*.example.com"] } }]
    const routes = plans(
      attach({ rules: [{ matches: [{ ...path("/")[0], method: "GET" }], filters, backendRefs: [to("one")] }] }),
    )
    expect(routes.map((p) => p.name)).toEqual([
      "httproute/default/r/rule/0/match/0/*",
      "httproute/default/r/rule/0/match/0/cors-preflight/*",
    ])
    expect(routes[1]?.match.headers.map((h) => h.name)).toEqual([":method", "origin", "access-control-request-method"])
    expect(routes[0]?.cors?.allowOrigins).toEqual([{ type: "regex", value: "https://.*\\.example\\.com" }])
  })

  it("crosses a rule's matches with a filter's cookies", () => {
    const cookie = (name: string) => ({ cookies: [{ name, value: "v" }] })
    const objects = [object("HTTPRouteFilter", "default/f", { spec: { matches: [cookie("a"), cookie("b")] } })]
    const filters = [
      { type: "ExtensionRef", extensionRef: { group: "gateway.envoyproxy.io", kind: "HTTPRouteFilter", name: "f" } },
    ]
    const routes = plans(
      attach({ objects, rules: [{ matches: [...path("/x"), ...path("/y")], filters, backendRefs: [to("one")] }] }),
    )
    expect(routes.map((p) => `${p.match.path?.value} ${p.match.cookies[0]?.name}`)).toEqual([
      "/x a",
      "/x b",
      "/y a",
      "/y b",
    ])
  })

  it("matches gRPC methods by path", () => {
    const methods = [
      { service: "s", method: "m" },
      { service: "s" },
      { method: "m" },
      { type: "RegularExpression", service: "s.*" },
    ]
    const rules = [{ matches: methods.map((method) => ({ method })), backendRefs: [to("one")] }]
    const routes = plans(attach({ rules }, "GRPCRoute"))
    expect(routes.map((p) => p.match.path ?? p.match.headers[0])).toEqual([
      { type: "exact", value: "/s/m" },
      { type: "prefix", value: "/s" },
      { name: ":path", match: { type: "suffix", value: "/m" } },
      { type: "regex", value: "/s.*/[A-Za-z_][A-Za-z_0-9]*" },
    ])
    expect(routes[0]?.action.type === "forward" && routes[0].action.forward.destination.settings[0]?.protocol).toBe(
      "grpc",
    )
  })
})

describe("backends that merge", () => {
  const fallback = object("Backend", "default/spare", {
    spec: { fallback: true, endpoints: [{ ip: { address: "1.2.3.4", port: 80 } }] },
  })
  const spare = { group: "gateway.envoyproxy.io", kind: "Backend", name: "spare" }
  const merged = (refs: readonly object[]) =>
    plans(attach({ rules: [{ backendRefs: refs }], objects: [fallback], options: { mergeBackends: {} } })).flatMap(
      ({ action }) =>
        action.type === "forward" ? action.forward.destination.settings.map((s) => s.mergedCluster ?? "own") : [],
    )

  it.each<[string, readonly object[], readonly string[]]>([
    ["share clusters", [to("one"), to("two")], ["service/default/one/8080/http", "service/default/two/8080/http"]],
    ["share none beside a fallback", [to("one"), spare], ["own", "own"]],
    ["share none beside a fallback without weight", [to("one"), { ...spare, weight: 0 }], ["own"]],
    [
      "share none beside a fallback that cannot be used",
      [to("one"), { ...spare, namespace: "default", port: 1, filters: [{ type: "X" }] }],
      ["own", "own"],
    ],
    ["share one that is a fallback itself", [spare], ["backend/default/spare/0/http"]],
  ])("%s", (_, refs, want) => {
    expect(merged(refs)).toEqual(want)
  })
})
