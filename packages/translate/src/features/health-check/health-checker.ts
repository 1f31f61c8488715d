import { RequestMethod } from "@attache/envoy-api/gen/envoy/config/core/v3/base_pb"
import type {
  HealthCheck_HttpHealthCheckSchema,
  HealthCheck_PayloadSchema,
  HealthCheckSchema,
} from "@attache/envoy-api/gen/envoy/config/core/v3/health_check_pb"
import { defined, type Init } from "../../emit/wire.ts"

/** Envoy Gateway's `HealthCheck`, as far as it is emitted. Durations are the Gateway API's. */
export interface HealthCheckSpec {
  readonly active?: ActiveSpec
  readonly passive?: {
    readonly splitExternalLocalOriginErrors?: boolean
    readonly consecutive5XxErrors?: number
    readonly consecutiveGatewayErrors?: number
    readonly consecutiveLocalOriginFailures?: number
    readonly interval?: string
    readonly baseEjectionTime?: string
    readonly maxEjectionPercent?: number
    readonly alwaysEjectOneEndpoint?: boolean
    readonly failurePercentageThreshold?: number
  }
  readonly panicThreshold?: number
}

/** `healthCheck.active`. */
export interface ActiveSpec {
  readonly type?: string
  readonly timeout?: string
  readonly interval?: string
  readonly unhealthyThreshold?: number
  readonly healthyThreshold?: number
  readonly initialJitter?: string
  readonly healthCheckLog?: HealthCheckLogSpec
  /** In the load assignment, see `emit/endpoints.ts`. */
  readonly overrides?: { readonly port?: number }
  readonly http?: {
    readonly path?: string
    readonly hostname?: string
    readonly method?: string
    readonly expectedStatuses?: readonly number[]
    readonly retriableStatuses?: readonly number[]
    readonly expectedResponse?: PayloadSpec
    readonly requestBody?: PayloadSpec
  }
  readonly tcp?: { readonly send?: PayloadSpec; readonly receive?: PayloadSpec }
  readonly grpc?: { readonly service?: string }
}

/** `healthCheckLog`. */
export interface HealthCheckLogSpec {
  readonly matches?: readonly string[]
  readonly sinks?: readonly { readonly file?: { readonly path: string } }[]
}

interface PayloadSpec {
  readonly type?: string
  readonly text?: string
  /** Base64. */
  readonly binary?: string
}

/** How the backend is asked. */
export function healthChecker(spec: ActiveSpec): Init<typeof HealthCheckSchema>["healthChecker"] {
  switch (spec.type) {
    case "TCP":
      return {
        case: "tcpHealthCheck",
        value: defined({
          send: payload(spec.tcp?.send),
          receive: spec.tcp?.receive === undefined ? undefined : [payload(spec.tcp.receive) ?? {}],
        }),
      }
    case "GRPC":
      return { case: "grpcHealthCheck", value: { serviceName: spec.grpc?.service ?? "" } }
    default:
      return { case: "httpHealthCheck", value: http(spec.http ?? {}) }
  }
}

function http(spec: NonNullable<ActiveSpec["http"]>): Init<typeof HealthCheck_HttpHealthCheckSchema> {
  const received = payload(spec.expectedResponse)
  return defined({
    path: spec.path ?? "/",
    host: spec.hostname,
    method:
      spec.method === undefined ? undefined : RequestMethod[spec.method.toUpperCase() as keyof typeof RequestMethod],
    expectedStatuses: ranges(spec.expectedStatuses ?? [200]),
    retriableStatuses: ranges(spec.retriableStatuses ?? []),
    receive: received === undefined ? undefined : [received],
    send: payload(spec.requestBody),
  })
}

/** Half-open ranges over status codes, neighbours joined, ascending. */
function ranges(statuses: readonly number[]): { start: bigint; end: bigint }[] {
  const out: { start: bigint; end: bigint }[] = []
  for (const status of [...new Set(statuses)].sort((a, b) => a - b)) {
    const last = out.at(-1)
    if (last !== undefined && last.end === BigInt(status)) last.end += 1n
    else out.push({ start: BigInt(status), end: BigInt(status) + 1n })
  }
  return out
}

/** Envoy takes text as hexadecimal digits. */
function payload(spec: PayloadSpec | undefined): Init<typeof HealthCheck_PayloadSchema> | undefined {
  if (spec?.text !== undefined && spec.type !== "Binary")
    return { payload: { case: "text", value: Buffer.from(spec.text, "utf8").toString("hex") } }
  if (spec?.binary !== undefined && spec.type !== "Text")
    return { payload: { case: "binary", value: new Uint8Array(Buffer.from(spec.binary, "base64")) } }
  return undefined
}
