import type { JsonObject } from "./json.ts"

/** Where the xDS server listens. A socket path needs no TLS: the directory's mode guards it. */
export type XdsAddress = { readonly socketPath: string } | { readonly host: string; readonly port: number }

/** What the bootstrap of an Envoy under a control plane depends on. */
export interface BootstrapOptions {
  readonly nodeId: string
  /** Proxy key: tells the control plane which resources this Envoy gets. */
  readonly nodeCluster: string
  readonly xds: XdsAddress
  /** Protocol variant: `delta` as Envoy Gateway does, or `sotw`. Default `delta`. */
  readonly variant?: "delta" | "sotw"
  /** `node.metadata`. Default none. */
  readonly nodeMetadata?: JsonObject
  /** `node.locality.zone`. Default none. */
  readonly zone?: string
  /** Largest number of downstream connections over all listeners. Default 50000, as Envoy Gateway. */
  readonly maxDownstreamConnections?: number
  /** Address of the admin interface. Default: absent, and `runEnvoy` chooses one. */
  readonly admin?: { readonly host: string; readonly port: number } | { readonly socketPath: string }
  /** Added to `static_resources.clusters`. */
  readonly staticClusters?: readonly JsonObject[]
  /** Added to `static_resources.listeners`. */
  readonly staticListeners?: readonly JsonObject[]
}

/** Name of the static cluster that leads to the xDS server, as Envoy Gateway names it. */
export const xdsClusterName = "xds_cluster"

/**
 * Bootstrap of an Envoy that takes everything from an xDS server over ADS.
 *
 * Follows Envoy Gateway 1.9's rendering for the host infrastructure: no topology injector, no statistics listener, same
 * runtime layer, overload limit and fetch timeouts. Differs in the transport, which is a Unix socket or plain TCP
 * instead of mutual TLS, and leaves out its additional statistics tags. Fields in snake case, as Envoy's own JSON.
 */
export function createBootstrap(options: BootstrapOptions): JsonObject {
  const listeners = options.staticListeners ?? []
  return {
    node: {
      id: options.nodeId,
      cluster: options.nodeCluster,
      ...(options.nodeMetadata === undefined ? {} : { metadata: options.nodeMetadata }),
      ...(options.zone === undefined ? {} : { locality: { zone: options.zone } }),
    },
    ...(options.admin === undefined ? {} : { admin: adminConfig(options.admin) }),
    deferred_stat_options: { enable_deferred_creation_stats: true },
    stats_config: { use_all_default_tags: true },
    layered_runtime: { layers: [{ name: "global_config", static_layer: runtimeLayer }] },
    dynamic_resources: dynamicResources(options.variant ?? "delta"),
    static_resources: {
      ...(listeners.length === 0 ? {} : { listeners }),
      clusters: [xdsCluster(options.xds), ...(options.staticClusters ?? [])],
    },
    overload_manager: overloadManager(options.maxDownstreamConnections ?? 50_000),
  }
}

/** Bootstrap of an Envoy with an admin interface and nothing else. */
export function createIdleBootstrap(): JsonObject {
  return { node: { id: "idle", cluster: "idle" }, overload_manager: overloadManager(1_000) }
}

/** The bootstrap's `admin` for an address, with its access log off and a socket of mode 0600. */
export function adminConfig(
  address: { readonly host: string; readonly port: number } | { readonly socketPath: string },
): JsonObject {
  if ("socketPath" in address) return { address: { pipe: { path: address.socketPath, mode: 0o600 } } }
  return { address: { socket_address: { address: address.host, port_value: address.port } } }
}

const runtimeLayer: JsonObject = {
  "re2.max_program_size.error_level": 4_294_967_295,
  "re2.max_program_size.warn_level": 1000,
}

function dynamicResources(variant: "delta" | "sotw"): JsonObject {
  const overAds = { ads: {}, initial_fetch_timeout: "0s", resource_api_version: "V3" }
  return {
    ads_config: {
      api_type: variant === "delta" ? "DELTA_GRPC" : "GRPC",
      transport_api_version: "V3",
      grpc_services: [{ envoy_grpc: { cluster_name: xdsClusterName } }],
      set_node_on_first_message_only: true,
    },
    lds_config: overAds,
    cds_config: overAds,
  }
}

function xdsCluster(xds: XdsAddress): JsonObject {
  const address: JsonObject =
    "socketPath" in xds
      ? { pipe: { path: xds.socketPath } }
      : { socket_address: { address: xds.host, port_value: xds.port } }
  return {
    name: xdsClusterName,
    type: "socketPath" in xds ? "STATIC" : "STRICT_DNS",
    connect_timeout: "10s",
    typed_extension_protocol_options: {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
        "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
        explicit_http_config: {
          http2_protocol_options: { connection_keepalive: { interval: "30s", timeout: "5s" } },
        },
      },
    },
    load_assignment: {
      cluster_name: xdsClusterName,
      endpoints: [{ load_balancing_weight: 1, lb_endpoints: [{ load_balancing_weight: 1, endpoint: { address } }] }],
    },
  }
}

function overloadManager(limit: number): JsonObject {
  const name = "envoy.resource_monitors.global_downstream_max_connections"
  return {
    refresh_interval: "0.250s",
    resource_monitors: [
      {
        name,
        typed_config: {
          "@type":
            "type.googleapis.com/envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig",
          max_active_downstream_connections: limit,
        },
      },
    ],
  }
}
