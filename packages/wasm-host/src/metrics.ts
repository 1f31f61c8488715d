import { Status } from "./abi/status.ts"
import { pushKept } from "./kept.ts"
import { tooMuchData } from "./mistakes.ts"

/** Kinds of metrics by their number in the ABI. */
export const metricKinds = ["counter", "gauge", "histogram"] as const

/** Statistics of a proxy: Envoy's own and those of plugins, shared by name across VMs. */
export interface Stats {
  readonly counters: Map<string, bigint>
  readonly gauges: Map<string, bigint>
  readonly histograms: Map<string, bigint[]>
  /** Names that were only defined so far, or only taken from. */
  readonly unused: Set<string>
}

/** No statistics yet. */
export function createStats(): Stats {
  return { counters: new Map(), gauges: new Map(), histograms: new Map(), unused: new Set() }
}

/** Adds to a counter. */
export function count(stats: Stats, name: string, delta = 1n): void {
  stats.counters.set(name, (stats.counters.get(name) ?? 0n) + delta)
}

/** Lines as Envoy's `/stats?usedonly` prints counters and gauges, in order of name. Histograms are left out. */
export function printStats(stats: Stats, filter: RegExp = /./): readonly string[] {
  // Of a counter and a gauge of one name Envoy prints the gauge.
  return [...new Map([...stats.counters, ...stats.gauges])]
    .flatMap(([name, value]) => (stats.unused.has(name) ? [] : [`${name}: ${value}`]))
    .filter((line) => filter.test(line))
    .sort()
}

/** Metrics as one VM sees them: numbers for names. */
export interface Metrics {
  /** A new number for the name; undefined for an unknown kind. */
  define(kind: number, name: string): number | undefined
  increment(id: number, delta: bigint): Status
  record(id: number, value: bigint): Status
  /** The value, or the status why there is none. */
  get(id: number): bigint | { readonly status: Status }
}

/** Values of a histogram that are kept, the latest. */
const histogramLimit = 100_000

/** Definitions of one VM at most; each is a new one, also of a name that exists. */
const metricLimit = 100_000

const u64 = (value: bigint): bigint => BigInt.asUintN(64, value)

/**
 * The metric calls of one VM over the proxy's statistics.
 *
 * Numbers begin at 4 and carry the kind in their low two bits; every definition gives a new one. Names get the prefix
 * `wasmcustom.`. Source: Envoy `Context::defineMetric` and the calls beside it.
 */
export function createMetrics(stats: Stats): Metrics {
  const names = new Map<number, string>()
  const nextId = [4, 5, 6]
  const kindOf = (id: number): number => id & 3
  return {
    define: (kind, name) => {
      const id = nextId[kind]
      if (id === undefined) return undefined
      if (names.size >= metricLimit) throw tooMuchData("proxy_define_metric")
      nextId[kind] = id + 4
      const full = `wasmcustom.${name}`
      names.set(id, full)
      const table: Map<string, bigint | bigint[]> = [stats.counters, stats.gauges, stats.histograms][kind] as Map<
        string,
        bigint | bigint[]
      >
      if (!table.has(full)) {
        table.set(full, kind === 2 ? [] : 0n)
        stats.unused.add(full)
      }
      return id
    },
    increment: (id, delta) => {
      const name = names.get(id)
      if (kindOf(id) > 1) return Status.BadArgument
      if (name === undefined) return Status.NotFound
      if (kindOf(id) === 0) {
        if (delta <= 0n) return Status.BadArgument
        count(stats, name, delta)
      } else stats.gauges.set(name, u64((stats.gauges.get(name) ?? 0n) + delta))
      // A gauge that is only taken from counts as unused in Envoy.
      if (delta > 0n) stats.unused.delete(name)
      return Status.Ok
    },
    record: (id, value) => {
      const name = names.get(id)
      if (name === undefined) return Status.NotFound
      if (kindOf(id) === 0) stats.counters.set(name, u64((stats.counters.get(name) ?? 0n) + value))
      else if (kindOf(id) === 1) stats.gauges.set(name, u64(value))
      else pushKept(stats.histograms.get(name) ?? [], u64(value), histogramLimit)
      stats.unused.delete(name)
      return Status.Ok
    },
    get: (id) => {
      if (kindOf(id) > 1) return { status: Status.BadArgument }
      const name = names.get(id)
      if (name === undefined) return { status: Status.NotFound }
      return (kindOf(id) === 0 ? stats.counters : stats.gauges).get(name) ?? 0n
    },
  }
}
