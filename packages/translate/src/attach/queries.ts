// The wiring of attachment: which function of `attach` is memoised under which key. Rules live in the functions.
import type { Graph } from "@attache/base"
import type { GRPCRoute, HTTPRoute } from "@attache/kube-api"
import type { HttpListener, PlanEndpoint, PlanRoute, PlanSource, ProxyPlan, RouteHandle } from "../plan/index.ts"
import { keyOf, type ObjectKey, type World } from "../world/world.ts"
import { type EndpointFacts, readEndpointFacts, readEndpoints } from "./backends/endpoints.ts"
import type { GatewayView } from "./gateway-view.ts"
import { gatewaysWithEnvoyProxy } from "./gateways/envoy-proxy-users.ts"
import { type GatewayGroup, proxyKeyOf, proxyKeys, readGatewayGroup } from "./gateways/gateway-group.ts"
import { planProxy } from "./gateways/proxy-plan.ts"
import { planServiceCluster } from "./gateways/service-cluster.ts"
import { viewGateway } from "./gateways/view.ts"
import { attachGrpcRoute, attachHttpRoute, type RouteAttachment, type RouteReads } from "./http-routes/attach.ts"
import { attachL4Route } from "./l4-routes/attach.ts"
import { isL4Route } from "./l4-routes/rule-backends.ts"
import { createListenerQueries, gatewayOfListener, type ListenerQueries, parseHandle } from "./listener-queries.ts"
import type { WasmModules } from "./policies/envoy-extension-policy/wasm.ts"
import { patchesOf } from "./policies/patch-policies.ts"
import { applyPolicies, createPolicyQueries, type PolicyQueries } from "./policies/queries.ts"
import { compareEntries } from "./route-order.ts"
import { readTelemetry, type Telemetry } from "./telemetry/read-telemetry.ts"
import { createTlsPolicyQueries, type TlsPolicyQueries } from "./tls-policy-uses.ts"

/** Attachment as queries over a world: the plan that `emit` reads, and what statuses are made of. */
export interface AttachQueries
  extends PlanSource,
    Pick<ListenerQueries, "attachedRoutes" | "overlaps" | "settleOverlaps"> {
  gateway(namespace: string, name: string): GatewayView | undefined
  group(proxyKey: string): GatewayGroup | undefined
  attachment(route: ObjectKey): RouteAttachment | undefined
  telemetry(gateway: string): Telemetry
  /** Routes of a listener in final order, whatever their hosts. Sorts them all. */
  routes(listener: HttpListener): readonly RouteHandle[]
  readonly policies: PolicyQueries
  readonly tlsPolicies: TlsPolicyQueries
}

/** Sets up the queries. `modules` is where Wasm modules come from; without it every Wasm policy fails. */
export function createAttachQueries(graph: Graph, world: World, modules: WasmModules | undefined): AttachQueries {
  const keys = graph.query("proxy-keys", () => [...proxyKeys(world)].sort())
  const groups = graph.query("gateway-group", (key) => readGatewayGroup(world, key))
  // Barriers: every route stands on its Gateway, and on its endpoints, but sees little of either.
  const isBarrier = true
  const views = graph.query<GatewayView | undefined>(
    "gateway-view",
    (key) => {
      const [namespace = "", name = ""] = key.split("/")
      const proxyKey = proxyKeyOf(world, namespace, name)
      const group = proxyKey === undefined ? undefined : groups.get(proxyKey)
      return group === undefined ? undefined : viewGateway(world, group, namespace, name)
    },
    { isBarrier },
  )
  const facts = graph.query<EndpointFacts>("endpoint-facts", (id) => readEndpointFacts(world, id), { isBarrier })
  const endpoints = graph.query<readonly PlanEndpoint[]>("endpoints", (id) => readEndpoints(world, id))
  const reads: RouteReads = {
    ...world,
    gateway: (namespace, name) => views.get(`${namespace}/${name}`),
    endpointFacts: (id) => facts.get(id),
  }
  const attachments = graph.query<RouteAttachment | undefined>("route-attachment", (key) => {
    const object = world.lookup(key)
    if (object?.kind === "HTTPRoute") return attachHttpRoute(reads, object as HTTPRoute)
    if (object?.kind === "GRPCRoute") return attachGrpcRoute(reads, object as GRPCRoute)
    return object !== undefined && isL4Route(object) ? attachL4Route(reads, object) : undefined
  })
  const telemetry = graph.query<Telemetry>("telemetry", (key) => {
    const [namespace = "", name = ""] = key.split("/")
    const proxyKey = proxyKeyOf(world, namespace, name)
    const group = proxyKey === undefined ? undefined : groups.get(proxyKey)
    const state = group?.gateways.find(
      ({ gateway: g }) => g.metadata.namespace === namespace && g.metadata.name === name,
    )
    return state === undefined || group === undefined ? { accessLogs: [] } : readTelemetry(reads, state, group.isMerged)
  })
  const proxies = graph.query<ProxyPlan | undefined>("proxy", (key) => {
    const group = groups.get(key)
    if (group === undefined) return undefined
    const own = group.gateways.map(({ gateway: g }) => telemetry.get(`${g.metadata.namespace}/${g.metadata.name}`))
    const plan = planProxy(world, group, own)
    const serviceCluster = planServiceCluster(world, group)
    return serviceCluster === undefined ? plan : { ...plan, serviceCluster }
  })
  const patches = graph.query("patches", (key) => patchesOf(world, key))
  const policies = createPolicyQueries(graph, { ...reads, attachment: (key) => attachments.get(key), modules })

  const tlsPolicies = createTlsPolicyQueries(graph, {
    ...world,
    routeUses: (route) => attachments.get(route)?.tlsUses ?? [],
    extensionUses: (policy) => policies.tlsUses(policy),
    telemetryUses: (envoyProxy) =>
      gatewaysWithEnvoyProxy(world, envoyProxy).flatMap((key) => {
        const proxyKey = proxyKeyOf(world, ...namesOf(key))
        const group = proxyKey === undefined ? undefined : groups.get(proxyKey)
        const state = group?.gateways.find(({ gateway }) => keyOf(gateway) === key)
        const { object } = state?.envoyProxy ?? {}
        if (object === undefined || keyOf(object) !== envoyProxy) return []
        return telemetry.get(key.slice("Gateway/".length)).tlsUses ?? []
      }),
  })

  const listeners = createListenerQueries(graph, {
    ...world,
    attachment: (key) => attachments.get(key),
    httpListeners: () =>
      keys.get("").flatMap((key) => (proxies.get(key)?.listeners.http ?? []).map(({ name }) => name)),
  })
  const routes = graph.query<PlanRoute>("route", (id) => {
    const { listener, route } = parseHandle(id)
    return applyPolicies(policies, listeners.route(id), route, gatewayOfListener(listener), listener)
  })

  const hosts = ({ name, isRouteOrderPreserved }: HttpListener) => listeners.hosts(name, isRouteOrderPreserved === true)

  return {
    proxyKeys: () => keys.get(""),
    proxy: (key) => proxies.get(key),
    hosts,
    routes: (listener) =>
      hosts(listener)
        .flatMap(({ routes: own }) => own)
        .sort(compareEntries),
    route: (id) => routes.get(id),
    l4Routes: listeners.l4Routes,
    hasGrpcRoute: listeners.hasGrpcRoute,
    attachedRoutes: listeners.attachedRoutes,
    overlaps: listeners.overlaps,
    settleOverlaps: listeners.settleOverlaps,
    endpoints: (id) => endpoints.get(id),
    patches: (key) => patches.get(key),
    gateway: (namespace, name) => views.get(`${namespace}/${name}`),
    group: (key) => groups.get(key),
    attachment: (key) => attachments.get(key),
    telemetry: (key) => telemetry.get(key),
    policies,
    tlsPolicies,
  }
}

function namesOf(key: ObjectKey): readonly [namespace: string, name: string] {
  const [, namespace = "", name = ""] = key.split("/")
  return [namespace, name]
}
