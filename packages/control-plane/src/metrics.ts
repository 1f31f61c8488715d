import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client"

/** Metrics of a control plane. */
export interface Metrics {
  readonly objects: Gauge
  readonly proxies: Gauge
  readonly streams: Gauge
  readonly pendingModules: Gauge
  readonly refusals: Gauge
  readonly staleFiles: Gauge
  readonly findings: Gauge<"severity">
  readonly answers: Counter<"type">
  readonly publications: Counter<"reason">
  readonly translation: Histogram
  readonly translationFailures: Counter<"query">
  /** Content type of {@link Metrics.text}. */
  readonly contentType: string
  /** All of them and those of the process, in Prometheus' text format. */
  text(): Promise<string>
}

/** Metrics of the process are observed once, however many control planes there are. */
let processRegistry: Registry | undefined

/** New metrics, all at zero. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const gauge = (name: string, help: string): Gauge => new Gauge({ name: `attache_${name}`, help, registers })
  return {
    objects: gauge("objects", "Objects in force."),
    proxies: gauge("proxies", "Proxies that snapshots are published for."),
    streams: gauge("xds_streams", "Connected xDS streams."),
    pendingModules: gauge("modules_pending", "Modules on their way."),
    refusals: gauge("xds_refusals", "Resources that an Envoy refused and has not accepted since."),
    staleFiles: gauge("stale_files", "Resource files whose last good objects are in force."),
    findings: new Gauge({
      name: "attache_findings",
      help: "Findings about resource files by severity.",
      labelNames: ["severity"],
      registers,
    }),
    answers: new Counter({
      name: "attache_xds_answers_total",
      help: "Answers of Envoys by kind.",
      labelNames: ["type"],
      registers,
    }),
    publications: new Counter({
      name: "attache_publications_total",
      help: "Rounds of translation and publishing by what they followed from.",
      labelNames: ["reason"],
      registers,
    }),
    translation: new Histogram({
      name: "attache_translation_seconds",
      help: "Time from the begin of a round to the snapshots that follow from it.",
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
      registers,
    }),
    translationFailures: new Counter({
      name: "attache_translation_failures_total",
      help: "Parts whose translation failed by a fault of the control plane.",
      labelNames: ["query"],
      registers,
    }),
    contentType: registry.contentType,
    text: async () => {
      if (processRegistry === undefined) {
        processRegistry = new Registry()
        collectDefaultMetrics({ register: processRegistry })
      }
      const text = await Registry.merge([processRegistry, registry]).metrics()
      // The library writes what is no number in a spelling that not every reader knows.
      return text.replace(/ Nan$/gm, " NaN")
    },
  }
}
