import type { Destination, PlanEndpoint } from "./destination.ts"
import type { HttpListener } from "./listener.ts"
import type { ResourcePatch } from "./patch.ts"
import type { ProxyListeners, ProxyOptions } from "./proxy.ts"
import type { PlanRoute } from "./route.ts"

/** One proxy: what shapes it as a whole, and its listeners. */
export interface ProxyPlan {
  readonly options: ProxyOptions
  readonly listeners: ProxyListeners
  /** The Envoy Service of the Gateway itself, for zone aware routing; a cluster named as the proxy's key. */
  readonly serviceCluster?: Destination
  /** True: the plan was refused as a whole, nothing is published for this key. */
  readonly isWithheld?: boolean
}

/** A route in its final place; `host` stands here so that virtual hosts can be formed without reading the route. */
export interface RouteHandle {
  readonly id: string
  readonly host: string
}

/** Routes of one host, in final order (precedence, then age). The same object as before while nothing in it differs. */
export interface HostRoutes {
  readonly host: string
  readonly routes: readonly RouteHandle[]
}

/** A TLS, TCP or UDP route of one listener. */
export interface L4Route {
  /** `tlsroute/namespace/name` and the like. */
  readonly name: string
  /** SNI names, sorted; empty for plain TCP and UDP. */
  readonly hosts: readonly string[]
  readonly destination: Destination
}

/**
 * The plan as queries: what `emit` reads. Each function records its read, so a resource is encoded again only when
 * the part of the plan it stands on changed.
 */
export interface PlanSource {
  /** Keys of all proxies, sorted. */
  proxyKeys(): readonly string[]
  /** A proxy, or undefined when the key is unknown. Accepted and failed Gateways both have one; a failed one has no listeners. */
  proxy(key: string): ProxyPlan | undefined
  /** Routes of a listener by host. Hosts stand in the order of their first routes. */
  hosts(listener: HttpListener): readonly HostRoutes[]
  /** A route of a handle, extensions included. */
  route(id: string): PlanRoute
  /** TLS, TCP or UDP routes of a listener, in order of attachment. */
  l4Routes(listenerName: string): readonly L4Route[]
  /** Whether any GRPCRoute is attached to the listener (grpc_web and grpc_stats filters). */
  hasGrpcRoute(listenerName: string): boolean
  /** Endpoints of an {@link EndpointSource} of type `slices`. */
  endpoints(id: string): readonly PlanEndpoint[]
  /** Patches of accepted policies on the resources of a proxy, in the order in which they apply. */
  patches(proxyKey: string): readonly ResourcePatch[]
}
