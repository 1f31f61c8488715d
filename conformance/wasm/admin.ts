// The part of Envoy's admin answers that the corpus recorded: statistics in two forms.
import type { Host } from "@attache/wasm-host"

const buckets = [
  "0.5",
  "1",
  "5",
  "10",
  "25",
  "50",
  "100",
  "250",
  "500",
  "1000",
  "2500",
  "5000",
  "10000",
  "30000",
  "60000",
  "300000",
  "600000",
  "1800000",
  "3600000",
  "+Inf",
]

/** Answer to an admin path; histograms are empty until Envoy's first flush, five seconds after the start. */
export function answerAdmin(stats: Host["stats"], path: string): string {
  const [page = "", query = ""] = path.split("?")
  const filter = new RegExp(new URLSearchParams(query).get("filter") ?? ".")
  if (page !== "/stats/prometheus") {
    const lines = [...stats.counters, ...stats.gauges]
      .filter(([name]) => filter.test(name))
      .map(([name, value]) => `${name}: ${value}`)
    const histograms = [...stats.histograms.keys()].filter((name) => filter.test(name)).sort()
    return [...lines.sort(), ...histograms.map((name) => `${name}: No recorded values`)]
      .map((line) => `${line}\n`)
      .join("")
  }
  const label = (name: string): string =>
    (name.startsWith("wasmcustom.") ? name.slice(11) : `envoy_${name}`).replace(/\W/g, "_")
  const plain = (kind: string, table: ReadonlyMap<string, bigint>): readonly string[] =>
    [...table]
      .filter(([name]) => filter.test(name))
      .flatMap(([name, value]) => [`# TYPE ${label(name)} ${kind}`, `${label(name)}{} ${value}`])
  const histograms = [...stats.histograms.keys()]
    .filter((name) => filter.test(name))
    .flatMap((name) => {
      const id = label(name)
      return [
        `# TYPE ${id} histogram`,
        ...buckets.map((le) => `${id}_bucket{le="${le}"} 0`),
        `${id}_sum{} 0`,
        `${id}_count{} 0`,
      ]
    })
  return [...plain("counter", stats.counters), ...plain("gauge", stats.gauges), ...histograms]
    .map((line) => `${line}\n`)
    .join("")
}
