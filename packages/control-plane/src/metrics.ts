import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client"

/** Metrics of a control plane, in one registry of its own. */
export interface Metrics {
  readonly registry: Registry
  readonly objects: Gauge
  readonly streams: Gauge
  readonly answers: Counter<"type">
  readonly translation: Histogram
  readonly translationFailures: Counter<"query">
}

/** New metrics, all at zero. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  return {
    registry,
    objects: new Gauge({ name: "attache_objects", help: "Objects in force.", registers }),
    streams: new Gauge({ name: "attache_xds_streams", help: "Connected xDS streams.", registers }),
    answers: new Counter({
      name: "attache_xds_answers_total",
      help: "Answers of Envoys by kind.",
      labelNames: ["type"],
      registers,
    }),
    translation: new Histogram({
      name: "attache_translation_seconds",
      help: "Time from a change to the snapshots that follow from it.",
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
      registers,
    }),
    translationFailures: new Counter({
      name: "attache_translation_failures_total",
      help: "Parts whose translation failed by a fault of the control plane.",
      labelNames: ["query"],
      registers,
    }),
  }
}
