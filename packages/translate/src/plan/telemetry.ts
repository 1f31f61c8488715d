import type { Destination } from "./destination.ts"

/** Where entries are logged: each request's route, the listener (connections without a route), the upstream, or route and listener both. */
export type AccessLogScope = "Route" | "Listener" | "Upstream" | "RouteAndListener"

/** One access logger. */
export interface AccessLogPlan {
  readonly scope: AccessLogScope
  /** CEL expressions, all must hold. */
  readonly matches: readonly string[]
  readonly sink:
    | { readonly type: "file-text"; readonly path: string; readonly format: string }
    | { readonly type: "file-json"; readonly path: string; readonly format: Readonly<Record<string, string>> }
    | {
        readonly type: "als"
        readonly destination: Destination
        readonly logName: string
        readonly isTcp: boolean
        readonly text?: string
        readonly attributes?: Readonly<Record<string, string>>
        readonly http?: {
          readonly requestHeaders: readonly string[]
          readonly responseHeaders: readonly string[]
          readonly responseTrailers: readonly string[]
        }
      }
    | {
        readonly type: "open-telemetry"
        readonly destination: Destination
        readonly authority: string
        readonly text?: string
        readonly attributes?: Readonly<Record<string, string>>
        readonly resources?: Readonly<Record<string, string>>
        readonly headers?: readonly { readonly name: string; readonly value: string }[]
      }
}

/** Distributed tracing of a proxy. */
export interface TracingPlan {
  readonly serviceName: string
  readonly authority: string
  readonly provider: "OpenTelemetry" | "Zipkin" | "Datadog"
  readonly destination: Destination
  /** Percent 0 to 100, as fraction over 1 000 000 where it is not whole. */
  readonly sampling: { readonly numerator: number; readonly denominator: number }
  /** Custom tags, span names, sampler and provider settings as Envoy Gateway's API has them. */
  readonly spec: Readonly<Record<string, unknown>>
}

/** OpenTelemetry metric sinks; the Prometheus endpoint is part of the bootstrap. */
export interface MetricsPlan {
  readonly hasPrometheus: boolean
  /** Compression of the Prometheus endpoint, if any. */
  readonly prometheusCompression?: "Gzip" | "Brotli" | "Zstd"
  /** Statistics that are kept; absent: all. */
  readonly matches?: readonly {
    readonly type: "Exact" | "Prefix" | "Suffix" | "RegularExpression"
    readonly value: string
  }[]
  readonly sinks: readonly {
    readonly name: string
    readonly destination: Destination
    readonly authority: string
    readonly spec: Readonly<Record<string, unknown>>
  }[]
}
