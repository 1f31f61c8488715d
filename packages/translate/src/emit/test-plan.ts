// A plan over graph inputs for tests: each part can be changed alone, as attachment would.
import { createGraph, type Graph } from "@attache/base"
import { decode, encode, toJson } from "@attache/envoy-api"
import { ClusterSchema } from "@attache/envoy-api/gen/envoy/config/cluster/v3/cluster_pb"
import { ClusterLoadAssignmentSchema } from "@attache/envoy-api/gen/envoy/config/endpoint/v3/endpoint_pb"
import { RouteSchema } from "@attache/envoy-api/gen/envoy/config/route/v3/route_components_pb"
import type { JsonValue } from "@bufbuild/protobuf"
import type {
  DestinationSetting,
  HostRoutes,
  HttpListener,
  L4Route,
  PlanEndpoint,
  PlanRoute,
  PlanSource,
  ProxyOptions,
  ProxyPlan,
  ResourcePatch,
  RouteHandle,
} from "../plan/index.ts"
import { clusterMessage } from "./cluster.ts"
import type { BackendCluster } from "./cluster-spec.ts"
import { loadAssignment } from "./endpoints.ts"
import { encodeRoute } from "./route.ts"

/** A plan that tests change. */
export interface TestPlan {
  readonly graph: Graph
  readonly source: PlanSource
  setProxy(plan: ProxyPlan): void
  setRoutes(listener: string, routes: readonly PlanRoute[]): void
  setRoute(route: PlanRoute): void
  setL4Routes(listener: string, routes: readonly L4Route[]): void
  setEndpoints(id: string, endpoints: readonly PlanEndpoint[]): void
  setGrpc(listener: string): void
  setPatches(proxyKey: string, patches: readonly ResourcePatch[]): void
}

/** An empty plan. @param onFailure called when a query throws */
export function createTestPlan(onFailure?: (query: string, key: string, error: unknown) => void): TestPlan {
  const graph = createGraph(onFailure === undefined ? {} : { onFailure })
  const proxies = graph.input<ProxyPlan>("test.proxy")
  const handles = graph.input<readonly RouteHandle[]>("test.handles")
  const routes = graph.input<PlanRoute>("test.route")
  const l4 = graph.input<readonly L4Route[]>("test.l4")
  const endpoints = graph.input<readonly PlanEndpoint[]>("test.endpoints")
  const grpc = graph.input<boolean>("test.grpc")
  const patches = graph.input<readonly ResourcePatch[]>("test.patches")
  const setRoute = (route: PlanRoute): void => void routes.set(route.name, route)
  return {
    graph,
    source: {
      proxyKeys: () => proxies.keys().toSorted(),
      proxy: (key) => proxies.get(key),
      hosts: ({ name }) => routesByHost(handles.get(name) ?? []),
      route: (id) => {
        const route = routes.get(id)
        if (route === undefined) throw new Error(`no route ${id}`)
        return route
      },
      l4Routes: (name) => l4.get(name) ?? [],
      hasGrpcRoute: (name) => grpc.get(name) ?? false,
      endpoints: (id) => endpoints.get(id) ?? [],
      patches: (key) => patches.get(key) ?? [],
    },
    setProxy: (plan) => void proxies.set(plan.options.key, plan),
    setRoutes: (listener, list) => {
      for (const route of list) setRoute(route)
      handles.set(
        listener,
        list.map(({ name, host }) => ({ id: name, host })),
      )
    },
    setRoute,
    setL4Routes: (listener, list) => void l4.set(listener, list),
    setEndpoints: (id, list) => void endpoints.set(id, list),
    setGrpc: (listener) => void grpc.set(listener, true),
    setPatches: (key, list) => void patches.set(key, list),
  }
}

/** Routes in final order by host, in the order in which hosts first occur. */
export function routesByHost(routes: readonly RouteHandle[]): readonly HostRoutes[] {
  return [...Map.groupBy(routes, ({ host }) => host)].map(([host, own]) => ({ host, routes: own }))
}

/** Options of the proxy `infra/edge`. */
export function proxyOptions(more: Partial<ProxyOptions> = {}): ProxyOptions {
  return {
    key: "infra/edge",
    isNameSchemeV2: false,
    filterOrder: [],
    accessLogs: [],
    moduleServer: { host: "modules.infra.svc.cluster.local", port: 18002 },
    ...more,
  }
}

/** A plain HTTP listener of `infra/edge` on port 80, bound to 10080. */
export function httpListener(name = "http", more: Partial<HttpListener> = {}): HttpListener {
  return {
    name: `infra/edge/${name}`,
    gateway: { namespace: "infra", name: "edge", listener: name },
    address: "0.0.0.0",
    externalPort: 80,
    port: 10080,
    hostname: "*",
    origin: { object: "Gateway/infra/edge", field: "spec.listeners[0]" },
    metadata: { kind: "Gateway", namespace: "infra", name: "edge", sectionName: name },
    ...more,
  }
}

/** A backend with the endpoints of a Service port. */
export function backendSetting(
  name: string,
  slices: string,
  more: Partial<DestinationSetting> = {},
): DestinationSetting {
  return {
    name,
    weight: 1,
    protocol: "http",
    addressType: "ip",
    endpoints: { type: "slices", id: slices },
    metadata: { kind: "Service", namespace: "shop", name: slices, sectionName: "8080" },
    ...more,
  }
}

/** A route `httproute/shop/{name}/rule/0/match/0/{host}` that forwards `/{name}` to the Service of its name. */
export function planRoute(name: string, host = "shop.test", more: Partial<PlanRoute> = {}): PlanRoute {
  const rule = `httproute/shop/${name}/rule/0`
  return {
    name: `${rule}/match/0/${host.replaceAll(".", "_")}`,
    host,
    kind: "httproute",
    match: { path: { type: "prefix", value: `/${name}` }, headers: [], queryParams: [], cookies: [] },
    origin: { object: `HTTPRoute/shop/${name}`, field: "spec.rules[0].matches[0]" },
    metadata: { kind: "HTTPRoute", namespace: "shop", name },
    action: {
      type: "forward",
      forward: {
        destination: {
          name: rule,
          settings: [backendSetting(`${rule}/backend/0`, name)],
          metadata: { kind: "HTTPRoute", namespace: "shop", name },
        },
      },
    },
    mirrors: [],
    ...more,
  }
}

/** An endpoint at an address and port. */
export function endpoint(host: string, port = 8080): PlanEndpoint {
  return { address: { type: "socket", host, port } }
}

/** JSON of an encoded route, with the given fields in place of {@link planRoute}'s. */
export function routeJson(more: Partial<PlanRoute> = {}): Record<string, JsonValue> {
  const { bytes } = encodeRoute(planRoute("cart", "shop.test", more), {
    key: "infra/edge",
    moduleServer: { host: "modules.infra.svc.cluster.local", port: 18002 },
  })
  return toJson(RouteSchema, decode(RouteSchema, bytes)) as Record<string, JsonValue>
}

/** JSON of an encoded cluster of the given settings. */
export function clusterJson(
  settings: readonly DestinationSetting[],
  more: Partial<BackendCluster> = {},
  endpoints: readonly PlanEndpoint[] = [endpoint("10.0.0.1")],
): Record<string, JsonValue> {
  const bytes = encode(
    ClusterSchema,
    clusterMessage(clusterSpec(settings, more), () => endpoints),
  )
  return toJson(ClusterSchema, decode(ClusterSchema, bytes)) as Record<string, JsonValue>
}

/** JSON of the load assignment of a cluster of the given settings. */
export function assignmentJson(
  settings: readonly DestinationSetting[],
  endpoints: readonly PlanEndpoint[],
  more: Partial<BackendCluster> = {},
): Record<string, JsonValue> {
  const bytes = encode(
    ClusterLoadAssignmentSchema,
    loadAssignment(clusterSpec(settings, more), () => endpoints),
  )
  return toJson(ClusterLoadAssignmentSchema, decode(ClusterLoadAssignmentSchema, bytes)) as Record<string, JsonValue>
}

function clusterSpec(settings: readonly DestinationSetting[], more: Partial<BackendCluster>): BackendCluster {
  const origin = { object: "HTTPRoute/shop/cart", field: "spec.rules[0]" }
  return { type: "backends", name: "c", settings, isRouteCluster: true, origin, ...more }
}
