import type { BootstrapOverride } from "./bootstrap.ts"
import type { IpFamily, TlsCertificate } from "./destination.ts"
import type { HttpListener, L4Listener } from "./listener.ts"
import type { AccessLogPlan, MetricsPlan, TracingPlan } from "./telemetry.ts"

/** Options of a whole proxy (one IR key) that shape more than one resource. */
export interface ProxyOptions {
  /** IR key and Envoy's `node.cluster`: `{namespace}/{gateway}`, or the GatewayClass name when Gateways are merged. */
  readonly key: string
  readonly isNameSchemeV2: boolean
  readonly ipFamily?: IpFamily
  /** EnvoyProxy `filterOrder`, already checked for cycles. */
  readonly filterOrder: readonly FilterOrderRule[]
  /** Where the ready listener answers. Absent: no ready listener (host profile). */
  readonly ready?: { readonly address: string; readonly port: number; readonly isIpv4Compatible: boolean }
  readonly accessLogs: readonly AccessLogPlan[]
  readonly tracing?: TracingPlan
  readonly metrics?: MetricsPlan
  /** EnvoyProxy `requestID.tracing` mode. */
  readonly requestIdTracing?: "Pack" | "Sample" | "Disable" | "PackAndSample"
  /** `{controller namespace}/envoy`, present when that Secret is known. */
  readonly controlPlaneCertificate?: string
  /** Content of that Secret, delivered when something presents it (`wasm_cluster`). */
  readonly controlPlaneTls?: TlsCertificate
  /** Where remote Wasm modules are served from (`wasm_cluster`); over TLS unless it says otherwise. */
  readonly moduleServer: { readonly host: string; readonly port: number; readonly isPlainHttp?: boolean }
  readonly hasVirtualHostStats?: boolean
  /** EnvoyProxy `telemetry.metrics.enableGRPCStats`. Absent: statistics where a GRPCRoute is attached. */
  readonly hasGrpcStats?: boolean
  readonly routeStatName?: string
  /** Absent: the bootstrap is ours as it is. */
  readonly bootstrap?: BootstrapOverride
}

/** `name` goes directly before or after the other filter type. */
export interface FilterOrderRule {
  readonly name: string
  readonly position: "before" | "after"
  readonly of: string
}

/** The listeners of one proxy, in output order. */
export interface ProxyListeners {
  readonly http: readonly HttpListener[]
  readonly l4: readonly L4Listener[]
}
