// Access logs, tracing and metrics of a Gateway, from its EnvoyProxy. Source: Envoy Gateway 1.9.
import type { EnvoyProxySpec } from "@attache/kube-api"
import type { AccessLogPlan, MetricsPlan, TracingPlan } from "../../plan/index.ts"
import type { BackendReads } from "../backends/backend-setting.ts"
import type { GatewayState } from "../gateways/gateway-group.ts"
import { defaultAccessLog, readAccessLogs } from "./access-log.ts"
import { createCollectors } from "./collector.ts"
import { readMetrics } from "./metrics.ts"
import { readTracing } from "./tracing.ts"

/** What a Gateway's proxy tells about its traffic. */
export interface Telemetry {
  readonly accessLogs: readonly AccessLogPlan[]
  readonly tracing?: TracingPlan
  readonly metrics?: MetricsPlan
  readonly requestIdTracing?: "Pack" | "Sample" | "Disable" | "PackAndSample"
  /** Why part of it cannot be, as the Gateway's Accepted condition says it. */
  readonly error?: string
}

/** Reads the telemetry of a Gateway; the first part that fails takes those after it away. */
export function readTelemetry(reads: BackendReads, state: GatewayState, isMerged: boolean): Telemetry {
  const { spec } = state.envoyProxy
  const id = requestIdOf(spec)
  if (!state.isAccepted) return { accessLogs: [], ...id }
  const collectors = createCollectors(reads, state)
  const failed = (what: string, error: string) => ({
    error: `Invalid ${what} backendRefs in the referenced EnvoyProxy: ${error}`,
  })
  const logs = readAccessLogs(spec, collectors, logNameOf(state))
  if ("error" in logs) return { accessLogs: [], ...id, ...failed("access log", logs.error) }
  const tracing = readTracing(spec, collectors, serviceNameOf(state, isMerged))
  if (tracing !== undefined && "error" in tracing)
    return { accessLogs: logs.accessLogs, ...id, ...failed("tracing", tracing.error) }
  const metrics = readMetrics(spec, collectors)
  const base: Telemetry = { accessLogs: logs.accessLogs, ...(tracing === undefined ? {} : { tracing }), ...id }
  if ("error" in metrics) return { ...base, ...failed("metrics", metrics.error) }
  return { ...base, metrics }
}

/** Telemetry of a proxy nobody configured. */
export const plainTelemetry: Telemetry = { accessLogs: [defaultAccessLog] }

function serviceNameOf({ gateway }: GatewayState, isMerged: boolean): string {
  return isMerged ? gateway.spec.gatewayClassName : `${gateway.metadata.name}.${gateway.metadata.namespace}`
}

function logNameOf({ envoyProxy, gateway }: GatewayState): string {
  const { namespace, name } = (envoyProxy.object ?? gateway).metadata
  return `${namespace}/${name}`
}

function requestIdOf(spec: EnvoyProxySpec): Pick<Telemetry, "requestIdTracing"> {
  const mode = spec.telemetry?.requestID?.tracing
  return mode === undefined ? {} : { requestIdTracing: mode }
}
