import type { EnvoyProxySpec } from "@attache/kube-api"
import type { MetricsPlan } from "../../plan/index.ts"
import type { Collectors } from "./collector.ts"

/** Metric sinks and kept statistics of an EnvoyProxy; Prometheus is on unless it is switched off. */
export function readMetrics(spec: EnvoyProxySpec, collectors: Collectors): MetricsPlan | { readonly error: string } {
  const metrics = spec.telemetry?.metrics
  const sinks: MetricsPlan["sinks"][number][] = []
  for (const [index, { openTelemetry }] of (metrics?.sinks ?? []).entries()) {
    if (openTelemetry === undefined) continue
    const name = `otel_metric_sink_${index}`
    const collector = collectors(name, openTelemetry, true)
    if ("error" in collector) return collector
    sinks.push({ name, ...collector, spec: openTelemetry as unknown as MetricsPlan["sinks"][number]["spec"] })
  }
  const compression = metrics?.prometheus?.compression?.type
  const matches = (metrics?.matches ?? []).map(({ type = "Exact", value }) => ({ type, value }))
  return {
    hasPrometheus: metrics?.prometheus?.disable !== true,
    ...(compression === undefined ? {} : { prometheusCompression: compression }),
    ...(matches.length === 0 ? {} : { matches }),
    sinks,
  }
}
