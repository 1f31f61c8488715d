import type { EnvoyProxySpec } from "@attache/kube-api"
import type { TracingPlan } from "../../plan/index.ts"
import type { Collectors } from "./collector.ts"

/** Tracing of an EnvoyProxy, or undefined when it has none. */
export function readTracing(
  spec: EnvoyProxySpec,
  collectors: Collectors,
  defaultServiceName: string,
): TracingPlan | { readonly error: string } | undefined {
  const tracing = spec.telemetry?.tracing
  if (tracing === undefined) return undefined
  const { provider } = tracing
  const kind = provider.type ?? "OpenTelemetry"
  const collector = collectors("tracing", provider, kind === "OpenTelemetry")
  if ("error" in collector) return collector
  return {
    serviceName: provider.serviceName ?? defaultServiceName,
    provider: kind,
    ...collector,
    sampling: samplingOf(tracing),
    spec: tracing as unknown as TracingPlan["spec"],
  }
}

interface Fraction {
  readonly numerator: number
  readonly denominator?: number
}

function samplingOf(tracing: {
  readonly samplingRate?: number
  readonly samplingFraction?: Fraction
}): TracingPlan["sampling"] {
  const { samplingFraction } = tracing
  if (samplingFraction !== undefined)
    return { numerator: samplingFraction.numerator, denominator: samplingFraction.denominator ?? 100 }
  return { numerator: tracing.samplingRate ?? 100, denominator: 100 }
}
