// What routes and policies may know of a Gateway: narrow on purpose, so that an edit of anything else of a Gateway
// computes no route again.
import type { ClusterStats, IpFamily, TlsCertificate, TlsParameters } from "../plan/index.ts"

/** A Gateway of ours as its routes see it. */
export interface GatewayView {
  readonly namespace: string
  readonly name: string
  /** Key of the proxy that carries it: `namespace/name`, or the GatewayClass name when Gateways are merged. */
  readonly proxyKey: string
  /** False: no route gets traffic through it and no route gets a status from it. */
  readonly isAccepted: boolean
  readonly listeners: readonly ListenerView[]
  readonly backends: BackendOptions
}

/** A listener as routes see it. Listeners of ListenerSets carry `set`. */
export interface ListenerView {
  /** Name inside its Gateway or ListenerSet. */
  readonly name: string
  /** `{gateway namespace}/{gateway name}/{listener name}`, with the set's namespace and name between for ListenerSets. */
  readonly irName: string
  readonly set?: { readonly namespace: string; readonly name: string }
  readonly port: number
  readonly protocol: string
  /** Absent: any. */
  readonly hostname?: string
  /** Programmed: its routes get traffic. */
  readonly isReady: boolean
  /** Kinds from the listener's `supportedKinds` status. */
  readonly kinds: readonly string[]
  /** `Same`, `All`, or a label selector on the route's Namespace; `None` when the selector is missing or cannot be read. */
  readonly namespaces:
    | { readonly from: "Same" | "All" | "None" }
    | { readonly from: "Selector"; readonly selector: Readonly<Record<string, unknown>> }
  /** TLS of the listener as TCP and TLS routes see it: terminated here, or passed on. */
  readonly isTlsTerminated: boolean
}

/** What the effective EnvoyProxy (and the Gateway's `spec.tls.backend`) says about backends. */
export interface BackendOptions {
  /** Default `Endpoint`. */
  readonly routingType: "Endpoint" | "Service"
  /** Loopback addresses and single label names are allowed. */
  readonly isOnHost: boolean
  readonly ipFamily?: IpFamily
  /** Routes of one proxy share clusters; `selector` narrows to labelled Services and Backends. */
  readonly mergeBackends?: { readonly selector?: Readonly<Record<string, unknown>> }
  readonly tls?: {
    readonly clientCertificates: readonly TlsCertificate[]
    readonly parameters: TlsParameters
    readonly alpnProtocols?: readonly string[]
    /** Reason why every TLS backend fails, such as a client certificate of another namespace. */
    readonly error?: string
  }
  /** EnvoyProxy `telemetry.metrics.clusterStatName`, a pattern with `%ROUTE_NAME%` and the like. */
  readonly clusterStatName?: string
  /** Statistics of clusters that the EnvoyProxy's `telemetry.metrics` asks for; absent: none. */
  readonly clusterStats?: ClusterStats
  readonly luaValidation: "Strict" | "InsecureSyntax" | "Disabled"
  /** `spec.dynamicModules` of the effective EnvoyProxy. */
  readonly dynamicModules: readonly Readonly<Record<string, unknown>>[]
}
