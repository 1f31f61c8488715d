// The wiring of attachment: which function of `attach` is memoised under which key. Rules live in the functions.
import type { Graph } from "@attache/base"
import type { GRPCRoute, HTTPRoute } from "@attache/kube-api"
import type {
  HttpListener,
  L4Route,
  PlanEndpoint,
  PlanRoute,
  PlanSource,
  ProxyPlan,
  RouteHandle,
} from "../plan/index.ts"
import { byAge } from "../world/order.ts"
import { keyOf, type ObjectKey, objectKey, type World } from "../world/world.ts"
import { type EndpointFacts, readEndpointFacts, readEndpoints } from "./backends/endpoints.ts"
import type { GatewayView } from "./gateway-view.ts"
import { gatewaysWithEnvoyProxy } from "./gateways/envoy-proxy-users.ts"
import { type GatewayGroup, proxyKeyOf, proxyKeys, readGatewayGroup } from "./gateways/gateway-group.ts"
import { planProxy } from "./gateways/proxy-plan.ts"
import { planServiceCluster } from "./gateways/service-cluster.ts"
import { viewGateway } from "./gateways/view.ts"
import { attachGrpcRoute, attachHttpRoute, type RouteAttachment, type RouteReads } from "./http-routes/attach.ts"
import { attachL4Route } from "./l4-routes/attach.ts"
import { settleL4Routes } from "./l4-routes/listener-routes.ts"
import type { AnyL4Route } from "./l4-routes/rule-backends.ts"
import type { WasmModules } from "./policies/envoy-extension-policy/wasm.ts"
import { patchesOf } from "./policies/patch-policies.ts"
import { applyPolicies, createPolicyQueries, type PolicyQueries } from "./policies/queries.ts"
import { findOverlaps, sortRoutes } from "./route-order.ts"
import { readTelemetry, type Telemetry } from "./telemetry/read-telemetry.ts"
import { createTlsPolicyQueries, type TlsPolicyQueries } from "./tls-policy-uses.ts"

/** Attachment as queries over a world: the plan that `emit` reads, and what statuses are made of. */
export interface AttachQueries extends PlanSource {
  gateway(namespace: string, name: string): GatewayView | undefined
  group(proxyKey: string): GatewayGroup | undefined
  attachment(route: ObjectKey): RouteAttachment | undefined
  telemetry(gateway: string): Telemetry
  /** Routes attached to a listener, whether they get traffic or not. */
  attachedRoutes(gateway: { readonly namespace: string; readonly name: string }, listenerIrName: string): number
  /** Other routes that match the same requests on a listener. */
  overlaps(
    route: ObjectKey,
    gateway: { readonly namespace: string; readonly name: string },
    listenerIrName: string,
  ): readonly ObjectKey[]
  readonly policies: PolicyQueries
  readonly tlsPolicies: TlsPolicyQueries
}

/** Sets up the queries. `modules` is where Wasm modules come from; without it every Wasm policy fails. */
export function createAttachQueries(graph: Graph, world: World, modules: WasmModules | undefined): AttachQueries {
  const keys = graph.query("proxy-keys", () => [...proxyKeys(world)].sort())
  const groups = graph.query("gateway-group", (key) => readGatewayGroup(world, key))
  const views = graph.query("gateway-view", (key) => {
    const [namespace = "", name = ""] = key.split("/")
    const proxyKey = proxyKeyOf(world, namespace, name)
    const group = proxyKey === undefined ? undefined : groups.get(proxyKey)
    return group === undefined ? undefined : viewGateway(world, group, namespace, name)
  })
  const facts = graph.query<EndpointFacts>("endpoint-facts", (id) => readEndpointFacts(world, id))
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
    return object !== undefined && l4Kinds.includes(object.kind)
      ? attachL4Route(reads, object as AnyL4Route)
      : undefined
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

  // Routes of one object on one listener: the narrow part that ordering needs.
  const routesOn = graph.query<readonly PlanRoute[]>("routes-on-listener", (id) => {
    const { listener, route } = parseHandle(id)
    return (attachments.get(route)?.routes ?? []).flatMap((r) => (r.listener === listener ? r.routes : []))
  })
  const childrenOf = (parent: { readonly namespace: string; readonly name: string }): readonly ObjectKey[] => {
    const own = world.members("children", objectKey("Gateway", parent.namespace, parent.name))
    const sets = world
      .members("listener-sets", `${parent.namespace}/${parent.name}`)
      .flatMap((key) => world.members("children", key))
    return [...new Set([...own, ...sets])].filter((key) => !key.startsWith("ListenerSet/"))
  }
  const ordered = graph.query<readonly RouteHandle[]>("listener-routes", (key) => {
    const { listener, namespace, name, isOrderPreserved } = parseOrderKey(key)
    const found = childrenOf({ namespace, name }).flatMap((route) =>
      routesOn
        .get(handleId(listener, route, -1))
        .map((plan, index) => ({ plan, id: handleId(listener, route, index), object: world.lookup(route) })),
    )
    return sortRoutes(found, isOrderPreserved).map(({ plan, id }) => ({ id, host: plan.host }))
  })
  const routes = graph.query<PlanRoute>("route", (id) => {
    const { listener, route, index } = parseHandle(id)
    const plan = routesOn.get(handleId(listener, route, -1))[index]
    if (plan === undefined) throw new Error(`route ${id} is gone`)
    return applyPolicies(policies, plan, route, gatewayOfListener(listener), listener)
  })
  const overlaps = graph.query<ReadonlyMap<ObjectKey, readonly ObjectKey[]>>("route-overlaps", (key) => {
    const { listener, namespace, name } = parseOrderKey(key)
    const keysByAge = childrenOf({ namespace, name })
    return findOverlaps(keysByAge.flatMap((route) => routesOn.get(handleId(listener, route, -1))))
  })
  const l4Routes = graph.query<readonly L4Route[]>("l4-routes", (listener) => {
    const children = childrenOf(gatewayOfListener(listener))
    const candidates = l4Kinds.flatMap((kind) => {
      const objects = children.filter((key) => key.startsWith(`${kind}/`)).flatMap((key) => world.lookup(key) ?? [])
      return objects.sort(byAge).flatMap((object) => {
        const routes = attachments.get(keyOf(object))?.l4 ?? []
        return routes.flatMap((r) => (r.listener === listener ? [{ kind, route: r.route }] : []))
      })
    })
    return settleL4Routes(candidates)
  })
  const grpc = graph.query<boolean>("has-grpc-route", (key) => {
    const { listener, namespace, name } = parseOrderKey(key)
    return childrenOf({ namespace, name }).some(
      (route) =>
        route.startsWith("GRPCRoute/") && attachments.get(route)?.attachedListeners.includes(listener) === true,
    )
  })
  const counts = graph.query<number>("attached-routes", (key) => {
    const { listener, namespace, name } = parseOrderKey(key)
    // A route counts once for each parentRef that selects the listener.
    return childrenOf({ namespace, name }).reduce(
      (sum, route) => sum + (attachments.get(route)?.attachedListeners.filter((l) => l === listener).length ?? 0),
      0,
    )
  })

  return {
    proxyKeys: () => keys.get(""),
    proxy: (key) => proxies.get(key),
    routes: (listener: HttpListener) =>
      ordered.get(orderKey(listener.name, listener.gateway, listener.isRouteOrderPreserved === true)),
    route: (id) => routes.get(id),
    l4Routes: (listener) => l4Routes.get(listener),
    hasGrpcRoute: (listener) => grpc.get(orderKey(listener, gatewayOfListener(listener), false)),
    overlaps: (route, gateway, listener) => overlaps.get(orderKey(listener, gateway, false)).get(route) ?? [],
    endpoints: (id) => endpoints.get(id),
    patches: (key) => patches.get(key),
    gateway: (namespace, name) => views.get(`${namespace}/${name}`),
    group: (key) => groups.get(key),
    attachment: (key) => attachments.get(key),
    telemetry: (key) => telemetry.get(key),
    attachedRoutes: (gateway, listener) => counts.get(orderKey(listener, gateway, false)),
    policies,
    tlsPolicies,
  }
}

/** Kinds of routes below HTTP, in the order in which a listener takes them. */
const l4Kinds: readonly string[] = ["TLSRoute", "TCPRoute", "UDPRoute"]

function namesOf(key: ObjectKey): readonly [namespace: string, name: string] {
  const [, namespace = "", name = ""] = key.split("/")
  return [namespace, name]
}

/** The Gateway in a listener's IR name. */
function gatewayOfListener(irName: string): { readonly namespace: string; readonly name: string } {
  const [namespace = "", name = ""] = irName.split("/")
  return { namespace, name }
}

// Keys are texts; a space cannot occur in any of the names they are made of.
function handleId(listener: string, route: ObjectKey, index: number): string {
  return `${listener} ${route} ${index}`
}

function parseHandle(id: string): { readonly listener: string; readonly route: ObjectKey; readonly index: number } {
  const [listener = "", route = "", index = ""] = id.split(" ")
  return { listener, route, index: Number(index) }
}

function orderKey(
  listener: string,
  gateway: { readonly namespace: string; readonly name: string },
  isOrderPreserved: boolean,
): string {
  return `${listener} ${gateway.namespace} ${gateway.name} ${isOrderPreserved ? "kept" : "sorted"}`
}

function parseOrderKey(key: string): {
  readonly listener: string
  readonly namespace: string
  readonly name: string
  readonly isOrderPreserved: boolean
} {
  const [listener = "", namespace = "", name = "", order] = key.split(" ")
  return { listener, namespace, name, isOrderPreserved: order === "kept" }
}
