import type { Secret } from "@attache/base"
import type { ResourceMetadata } from "./origin.ts"

/** How an upstream cluster speaks. `ws` forces HTTP/1.1 for WebSocket backends. */
export type BackendProtocol = "http" | "http2" | "grpc" | "ws" | "tcp" | "udp"

/** Kind of addresses of a setting. `static` is IP and Unix mixed; absent addresses count as `ip`. */
export type AddressType = "ip" | "fqdn" | "unix" | "static" | "mixed" | "dynamic-resolver"

/** One upstream address. */
export interface PlanEndpoint {
  readonly address:
    | { readonly type: "socket"; readonly host: string; readonly port: number }
    | { readonly type: "pipe"; readonly path: string }
  readonly hostname?: string
  readonly zone?: string
  /** True: gets no new requests (not ready, or terminating). */
  readonly isDraining?: boolean
}

/**
 * Where the endpoints of a setting come from.
 *
 * `slices` is read again on each change of the EndpointSlices of that port without touching routes; see `BackendEndpoints` in `attach/endpoints.ts`.
 */
export type EndpointSource =
  | { readonly type: "fixed"; readonly endpoints: readonly PlanEndpoint[] }
  | { readonly type: "slices"; readonly id: string }

/** CA certificates of an upstream. */
export type UpstreamCa =
  /** Shared or own name of a secret that points at the proxy's system bundle. */
  | { readonly type: "system"; readonly secretName: string }
  | {
      readonly type: "inline"
      readonly secretName: string
      readonly certificate: Uint8Array
      readonly crl?: Uint8Array
    }
  /** A secret that another SDS server delivers. */
  | { readonly type: "sds"; readonly secretName: string; readonly sds: SdsSource }

/** A secret delivered by somebody else's SDS server, `gateway.envoyproxy.io/sds` secrets of Envoy Gateway. */
export interface SdsSource {
  /** Name asked for. */
  readonly secretName: string
  /** Unix path of the SDS server. */
  readonly url: string
}

/** A certificate and its key, or where Envoy gets them. */
export interface TlsCertificate {
  /** Name of the xDS secret: `namespace/name`. */
  readonly name: string
  readonly content:
    | { readonly type: "inline"; readonly chain: Uint8Array; readonly key: Secret; readonly ocspStaple?: Uint8Array }
    | { readonly type: "sds"; readonly sds: SdsSource }
}

/** TLS versions, ciphers and the like; empty lists are absent. Versions: `Auto`, `1.0` to `1.3`. */
export interface TlsParameters {
  readonly minVersion?: string
  readonly maxVersion?: string
  readonly ciphers?: readonly string[]
  readonly ecdhCurves?: readonly string[]
  readonly signatureAlgorithms?: readonly string[]
}

/** TLS towards one backend (`UpstreamTlsContext`). */
export interface UpstreamTls {
  readonly ca?: UpstreamCa
  readonly sni?: string
  /** `auto_host_sni`: SNI from the endpoint's host name. */
  readonly isSniFromEndpoint?: boolean
  /** No validation of the server's certificate at all. */
  readonly isUnverified?: boolean
  readonly subjectAltNames: readonly { readonly type: "dns" | "uri"; readonly value: string }[]
  readonly parameters: TlsParameters
  readonly alpnProtocols?: readonly string[]
  readonly clientCertificates: readonly TlsCertificate[]
}

/** IP family of Services, for DNS lookups. */
export type IpFamily = "IPv4" | "IPv6" | "DualStack"

/** Zone aware routing of one setting: topology aware or traffic distribution. */
export interface ZoneAware {
  readonly minClusterSize?: number
  readonly forceLocalMinSize?: number
}

/** One backend of a destination: a locality of a cluster, or a cluster of its own when requests are split by weight. */
export interface DestinationSetting {
  /** `{destination}/backend/{index}`. */
  readonly name: string
  /** Absent: 1. Never 0. */
  readonly weight?: number
  /** 1 for fallback, else 0 or absent. */
  readonly priority?: number
  readonly protocol: BackendProtocol
  readonly addressType: AddressType
  readonly endpoints: EndpointSource
  readonly ipFamily?: IpFamily
  readonly tls?: UpstreamTls
  readonly zoneAware?: ZoneAware
  readonly metadata?: ResourceMetadata
  /** Header changes and host rewrite of the backendRef's own filters. */
  readonly filters?: BackendFilters
  /** Backend of a kind that an extension server turns into a cluster. */
  readonly isCustom?: boolean
  /** Name of the cluster this setting shares with other routes (EnvoyProxy `mergeBackends`); absent: not merged. */
  readonly mergedCluster?: string
}

/** Filters of one backendRef. */
export interface BackendFilters {
  readonly requestHeaders?: HeaderChanges
  readonly responseHeaders?: HeaderChanges
  readonly hostRewrite?: string
  readonly credentialInjection?: string
  /** Credential put into requests to this backend by a filter of its cluster. */
  readonly credential?: CredentialInjectionPlan
}

/** A credential that Envoy puts into requests (HTTPRouteFilter `credentialInjection`). */
export interface CredentialInjectionPlan {
  /** `httproutefilter/{namespace}/{name}`; filter name behind `envoy.filters.http.credential_injector/`. */
  readonly name: string
  /** Absent: `Authorization`. */
  readonly header?: string
  /** True: a header the client sent is replaced; else the request passes as it is. */
  readonly isOverwriting?: boolean
  readonly value: Secret
}

/** Changes to a header map, in the order in which Envoy gets them: add, then set. */
export interface HeaderChanges {
  readonly add: readonly HeaderValue[]
  readonly set: readonly HeaderValue[]
  /** Lower case duplicates are gone; spelling is the user's. */
  readonly remove: readonly string[]
}

/** A header and its value, never empty for Gateway API filters. */
export interface HeaderValue {
  readonly name: string
  readonly value: string
}

/** An upstream: the content of one or several clusters, with everything that shapes them. */
export interface Destination {
  /** Cluster name: `{kind}/{namespace}/{name}/rule/{index}` for HTTP, see `emit/names.ts`. */
  readonly name: string
  readonly settings: readonly DestinationSetting[]
  readonly metadata?: ResourceMetadata
  readonly statName?: string
  /** Statistics beyond Envoy's usual ones; absent: none. */
  readonly stats?: ClusterStats
  readonly traffic?: ClusterTraffic
}

/** Costly statistics that a user asks for (EnvoyProxy `telemetry.metrics`). */
export interface ClusterStats {
  readonly isPerEndpoint?: boolean
  readonly hasRequestResponseSizes?: boolean
}

/** Cluster options from `backendSettings` (and, later, BackendTrafficPolicy). Durations are protobuf JSON texts such as `10s`. */
export interface ClusterTraffic {
  readonly connectTimeout?: string
  readonly http?: {
    readonly idleTimeout?: string
    readonly maxConnectionDuration?: string
    readonly maxStreamDuration?: string
  }
  readonly bufferLimitBytes?: number
  readonly dns?: { readonly lookupFamily?: string; readonly refreshRate?: string; readonly respectTtl?: boolean }
  readonly circuitBreaker?: {
    readonly maxConnections?: number
    readonly maxPendingRequests?: number
    readonly maxParallelRequests?: number
    readonly maxParallelRetries?: number
    readonly maxRequestsPerConnection?: number
    readonly perEndpointMaxConnections?: number
    /** Retries that may run at once as a share of the running requests, never fewer than `minConcurrency` (default 3). */
    readonly retryBudget?: { readonly percent: number; readonly minConcurrency?: number }
  }
  readonly http2?: {
    readonly initialStreamWindowSize?: number
    readonly initialConnectionWindowSize?: number
    readonly maxConcurrentStreams?: number
    readonly isStreamErrorTerminating?: boolean
    readonly keepalive?: {
      readonly interval?: string
      readonly timeout?: string
      /** How long a connection may be idle before it is asked. */
      readonly idleInterval?: string
      readonly jitterPercent?: number
    }
  }
  readonly retry?: RetryPlan
  readonly tcpKeepalive?: {
    readonly probes?: number
    readonly idleTimeSeconds?: number
    readonly intervalSeconds?: number
  }
  readonly preconnect?: { readonly perEndpointPercent?: number; readonly predictivePercent?: number }
  readonly proxyProtocol?: "V1" | "V2"
  /** The Envoy Gateway API objects as written, resolved by the feature that emits them. */
  readonly loadBalancer?: Readonly<Record<string, unknown>>
  readonly healthCheck?: Readonly<Record<string, unknown>>
  /** EnvoyProxy `telemetry.healthCheckLog`, for health checks that have none of their own; not given to extension services. */
  readonly healthCheckLog?: Readonly<Record<string, unknown>>
}

/** Retries of a route or of a gRPC service. Durations are protobuf JSON texts. */
export interface RetryPlan {
  readonly numRetries?: number
  /** Sorted by who asks; the default set of Envoy Gateway when absent. */
  readonly retryOn?: readonly string[]
  readonly statusCodes?: readonly number[]
  readonly perTryTimeout?: string
  readonly baseInterval?: string
  readonly maxInterval?: string
  readonly numAttemptsPerPriority?: number
}
