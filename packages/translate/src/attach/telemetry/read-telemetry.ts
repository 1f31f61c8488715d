// Access logs, tracing and metrics of a Gateway, from its EnvoyProxy. Source: Envoy Gateway 1.9.
import type { EnvoyProxySpec } from "@attache/kube-api"
import type { AccessLogPlan, MetricsPlan, TracingPlan } from "../../plan/index.ts"
import type { TlsPolicyUse } from "../backend-tls.ts"
import type { BackendReads } from "../backends/backend-setting.ts"
import type { GatewayState } from "../gateways/gateway-group.ts"
import { readAccessLogs } from "./access-log.ts"
import { type Collectors, createCollectors } from "./collector.ts"
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
  /** BackendTLSPolicies that were looked at for collectors; absent when there are none. */
  readonly tlsUses?: readonly TlsPolicyUse[]
}

/** Reads the telemetry of a Gateway; the first part that fails takes those after it away. */
export function readTelemetry(reads: BackendReads, state: GatewayState, isMerged: boolean): Telemetry {
  const { spec } = state.envoyProxy
  const id = requestIdOf(spec)
  if (!state.isAccepted) return { accessLogs: [], ...id }
  const uses: TlsPolicyUse[] = []
  const read = readParts(
    state,
    createCollectors(reads, state, (use) => uses.push(use)),
    isMerged,
  )
  return { ...read, ...id, ...(uses.length === 0 ? {} : { tlsUses: uses }) }
}

function readParts(state: GatewayState, collectors: Collectors, isMerged: boolean): Telemetry {
  const { spec } = state.envoyProxy
  const failed = (what: string, error: string) => ({
    error: `Invalid ${what} backendRefs in the referenced EnvoyProxy: ${error}`,
  })
  const logs = readAccessLogs(spec, collectors, logNameOf(state))
  if ("error" in logs) return { accessLogs: [], ...failed("access log", logs.error) }
  const tracing = readTracing(spec, collectors, serviceNameOf(state, isMerged))
  if (tracing !== undefined && "error" in tracing)
    return { accessLogs: logs.accessLogs, ...failed("tracing", tracing.error) }
  const metrics = readMetrics(spec, collectors)
  const base: Telemetry = { accessLogs: logs.accessLogs, ...(tracing === undefined ? {} : { tracing }) }
  if ("error" in metrics) return { ...base, ...failed("metrics", metrics.error) }
  return { ...base, metrics }
}

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
