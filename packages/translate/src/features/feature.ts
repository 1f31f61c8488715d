// A feature is a vertical slice: all that one Envoy or Gateway API feature adds to a proxy, in pure functions over the
// plan. `claim*` says what must exist elsewhere, `contribute*` fills slots of a message, `fold` makes the one HTTP
// filter that many routes share. Features never call each other and never see the order in which they are called.

import type { ClusterSchema } from "@attache/envoy-api/gen/envoy/config/cluster/v3/cluster_pb"
import type { TransportSocketSchema } from "@attache/envoy-api/gen/envoy/config/core/v3/base_pb"
import type { FilterChainSchema } from "@attache/envoy-api/gen/envoy/config/listener/v3/listener_components_pb"
import type { ListenerSchema } from "@attache/envoy-api/gen/envoy/config/listener/v3/listener_pb"
import type { RouteActionSchema, RouteSchema } from "@attache/envoy-api/gen/envoy/config/route/v3/route_components_pb"
import type { RouterSchema } from "@attache/envoy-api/gen/envoy/extensions/filters/http/router/v3/router_pb"
import type { HttpConnectionManagerSchema } from "@attache/envoy-api/gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb"
import type { TcpProxySchema } from "@attache/envoy-api/gen/envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy_pb"
import type { UdpProxyConfigSchema } from "@attache/envoy-api/gen/envoy/extensions/filters/udp/udp_proxy/v3/udp_proxy_pb"
import type { HttpProtocolOptionsSchema } from "@attache/envoy-api/gen/envoy/extensions/upstreams/http/v3/http_protocol_options_pb"
import type { MessageInitShape } from "@bufbuild/protobuf"
import type { Any } from "@bufbuild/protobuf/wkt"
import type { BackendCluster, Claims, ClusterSpec } from "../emit/cluster-spec.ts"
import type { Init } from "../emit/wire.ts"
import type { HttpListener, L4Listener, Origin, PlanRoute, ProxyOptions } from "../plan/index.ts"

/** What a route may know of its proxy; narrow, because every route reads it. */
export type RouteContext = Pick<
  ProxyOptions,
  "key" | "moduleServer" | "controlPlaneCertificate" | "controlPlaneTls" | "routeStatName"
>

/** A listener as its features see it. */
export type ListenerContext =
  | {
      readonly protocol: "http"
      readonly options: ProxyOptions
      readonly listener: HttpListener
      readonly hasGrpcRoute: boolean
    }
  | { readonly protocol: "tcp" | "udp"; readonly options: ProxyOptions; readonly listener: L4Listener }

/** Slots of one route. */
export interface RouteContribution {
  readonly route?: Init<typeof RouteSchema>
  /** Fields of the route's forward action; only for routes that forward. */
  readonly forward?: Init<typeof RouteActionSchema>
  /** `typed_per_filter_config` by filter name. */
  readonly perFilter?: Readonly<Record<string, Any>>
  /** Objects besides the route that this came from. */
  readonly origins?: readonly Origin[]
}

/** Slots of one listener. */
export interface ListenerContribution {
  readonly listener?: Init<typeof ListenerSchema>
  readonly hcm?: Init<typeof HttpConnectionManagerSchema>
  readonly router?: Init<typeof RouterSchema>
  readonly tcpProxy?: Init<typeof TcpProxySchema>
  readonly udpProxy?: Init<typeof UdpProxyConfigSchema>
  readonly filterChain?: Init<typeof FilterChainSchema>
  readonly httpFilters?: readonly HttpFilterPart[]
}

/** Slots of one cluster. */
export interface ClusterContribution {
  readonly cluster?: Init<typeof ClusterSchema>
  readonly httpOptions?: Init<typeof HttpProtocolOptionsSchema>
  /** Put around every socket of the cluster; undefined stands for the plain one. */
  readonly wrapSocket?: (
    socket: MessageInitShape<typeof TransportSocketSchema> | undefined,
  ) => MessageInitShape<typeof TransportSocketSchema>
}

/** An HTTP filter of a connection manager. */
export interface HttpFilterPart {
  readonly name: string
  readonly config: Any
  /** True: in the chain, but only for routes that carry a configuration of the same name. */
  readonly isDisabled?: boolean
}

/** One feature; see `index.ts` for all of them. */
export interface Feature {
  /** As in the folder's name. */
  readonly name: string
  readonly claimRoute?: (route: PlanRoute, context: RouteContext) => Claims | undefined
  readonly claimListener?: (listener: HttpListener | L4Listener) => Claims | undefined
  readonly claimProxy?: (options: ProxyOptions) => Claims | undefined
  /** Secrets and clusters that a cluster needs beside itself. */
  readonly claimCluster?: (cluster: BackendCluster) => Claims | undefined
  readonly contributeRoute?: (route: PlanRoute, context: RouteContext) => RouteContribution | undefined
  readonly contributeListener?: (context: ListenerContext) => ListenerContribution | undefined
  readonly contributeCluster?: (cluster: BackendCluster) => ClusterContribution | undefined
  /** The HTTP filter of a name that `claimRoute` gave, made from the first route that claimed it. */
  readonly fold?: (name: string, first: PlanRoute, context: RouteContext) => Omit<HttpFilterPart, "name"> | undefined
}

export type { Claims, ClusterSpec }
