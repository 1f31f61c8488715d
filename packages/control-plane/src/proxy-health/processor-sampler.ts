import type { Clock } from "@attache/base"
import {
  type AdminClient,
  type AttachedProcessor,
  type BoundAddress,
  type ClusterHost,
  clusterHosts,
} from "@attache/envoy"
import { addressKey, type Knock, type ProcessorSample, windowMs } from "./dead-processors.ts"

/** What a sampler works with. */
export interface SamplerOptions {
  readonly admin: Pick<AdminClient, "clusters" | "stats">
  readonly clock: Clock
  readonly knock: (address: BoundAddress) => Promise<Knock>
}

/** Most addresses that are knocked at in one look. */
const maxKnocks = 64

/** How long the outcome of a knock holds, in milliseconds. */
const knockMs = 200

/**
 * Takes a sample of processors' endpoints, and gives it with those before it: all of the last {@link windowMs} and one older.
 *
 * Knocks only at endpoints that Envoy would send to, five times a second at most. Asks for statistics only when there was traffic: their
 * number grows with all clusters.
 */
export function createProcessorSampler(
  options: SamplerOptions,
): (processors: readonly AttachedProcessor[]) => Promise<readonly ProcessorSample[]> {
  const { admin, clock } = options
  const knock = createKnocker(options)
  let samples: readonly ProcessorSample[] = []
  return async (processors) => {
    const clusters = new Set(processors.flatMap(({ cluster }) => cluster ?? []))
    if (clusters.size === 0) {
      samples = []
      return samples
    }
    const all = clusterHosts(await admin.clusters(namesFilter([...clusters])))
    const hosts = new Map([...all].filter(([name]) => clusters.has(name)))
    const before = samples.at(-1)
    const hasTraffic = before === undefined || isBusier(before.hosts, hosts)
    const timeouts = hasTraffic ? timeoutsIn(await admin.stats({ filter: timeoutStats })) : before.timeouts
    const knocks = await knock([...hosts.values()].flat())
    const timeMs = clock.now()
    const recent = samples.findIndex((sample) => timeMs - sample.timeMs <= windowMs)
    samples = [
      ...(recent === -1 ? samples.slice(-1) : samples.slice(Math.max(0, recent - 1))),
      { timeMs, hosts, knocks, timeouts },
    ]
    return samples
  }
}

function createKnocker({
  clock,
  knock,
}: SamplerOptions): (hosts: readonly ClusterHost[]) => Promise<ReadonlyMap<string, Knock>> {
  let known: ReadonlyMap<string, { readonly outcome: Knock; readonly timeMs: number }> = new Map()
  return async (hosts) => {
    const usable = hosts.filter(({ unhealthy }) => unhealthy.length === 0)
    const addresses = new Map(
      usable.flatMap(({ address }) => (address === undefined ? [] : [[addressKey(address), address]])),
    )
    const outcomes = await Promise.all(
      [...addresses].slice(0, maxKnocks).map(async ([key, address]) => {
        const last = known.get(key)
        const isFresh = last !== undefined && clock.now() - last.timeMs < knockMs
        return [key, isFresh ? last : { outcome: await knock(address), timeMs: clock.now() }] as const
      }),
    )
    known = new Map(outcomes)
    return new Map(outcomes.map(([key, { outcome }]) => [key, outcome]))
  }
}

/** Long lists of names are left out: Envoy before 1.38 gives all anyway. */
function namesFilter(names: readonly string[]): string | undefined {
  const text = `^(${names.map((name) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})$`
  return text.length > 4_000 ? undefined : text
}

function isBusier(
  before: ReadonlyMap<string, readonly ClusterHost[]>,
  after: ReadonlyMap<string, readonly ClusterHost[]>,
): boolean {
  const total = (hosts: ReadonlyMap<string, readonly ClusterHost[]>): number =>
    [...hosts.values()].flat().reduce((sum, { stats }) => sum + (stats.get("rq_total") ?? 0), 0)
  return total(before) !== total(after)
}

const timeoutStats = "^http\\..*\\.ext_proc\\.(.*\\.)?message_timeouts$"

function timeoutsIn(stats: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return new Map([...stats].map(([name, value]) => [name.slice(0, -"message_timeouts".length), value]))
}
