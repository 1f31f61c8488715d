// External processors that are not there or fail, from what an Envoy counts about their endpoints and from knocking at them.
import type { AttachedProcessor, BoundAddress, ClusterHost } from "@attache/envoy"
import type { Lack } from "./fact.ts"
import { sourceField } from "./source-field.ts"

/** What knocking at an address gave. */
export type Knock = "open" | "refused" | "silent"

/** Endpoints of processors at a time. */
export interface ProcessorSample {
  /** Milliseconds since the epoch. */
  readonly timeMs: number
  /** By cluster. */
  readonly hosts: ReadonlyMap<string, readonly ClusterHost[]>
  /** By {@link addressKey}; an address that is absent was not tried. */
  readonly knocks: ReadonlyMap<string, Knock>
  /** Messages that were not answered in time, by the begin of the statistic's name. */
  readonly timeouts: ReadonlyMap<string, number>
}

/** How far back failures count, in milliseconds. */
export const windowMs = 10_000

/** An address as one word: `127.0.0.1:80`, `/path`. */
export function addressKey(address: BoundAddress): string {
  return "path" in address ? address.path : `${address.address}:${address.port}`
}

/**
 * What is to be told of processors that are dead.
 *
 * Nobody listens, none is healthy, there is none: that is so now. Failures count within {@link windowMs} and since the last
 * success; those from while nobody listened do not count once somebody does.
 *
 * @param samples oldest first; the last is now
 */
export function processorLacks(
  processors: readonly AttachedProcessor[],
  samples: readonly ProcessorSample[],
): readonly Lack[] {
  const now = samples.at(-1)
  if (now === undefined) return []
  const late = lateClusters(processors, samples)
  return processors.flatMap((processor): readonly Lack[] => {
    const { cluster, name, isFailOpen } = processor
    if (cluster === undefined) return []
    const reason = reasonNow(cluster, now) ?? failing(cluster, samples) ?? late.get(cluster)
    if (reason === undefined) return []
    const effect = isFailOpen ? "requests pass without it" : "its requests fail"
    return [{ subject: `external processor ${cluster}`, ...sourceField(name), reason: `${reason}; ${effect}` }]
  })
}

function reasonNow(cluster: string, { hosts, knocks }: ProcessorSample): string | undefined {
  const own = hosts.get(cluster)
  if (own === undefined) return "Envoy has no such cluster"
  if (own.length === 0) return "it has no endpoints"
  const healthy = own.filter(({ unhealthy }) => unhealthy.length === 0)
  if (healthy.length === 0) return [...new Set(own.flatMap(({ unhealthy }) => unhealthy))].join(", ")
  const outcomes = healthy.map(({ address }) => (address === undefined ? undefined : knocks.get(addressKey(address))))
  const where = healthy.flatMap(({ address }) => (address === undefined ? [] : addressKey(address))).join(", ")
  if (outcomes.every((outcome) => outcome === "refused")) return `nobody listens at ${where}`
  if (outcomes.every((outcome) => outcome === "refused" || outcome === "silent")) return `no answer at ${where}`
  return undefined
}

interface Traffic {
  readonly failed: number
  readonly served: number
}

function failing(cluster: string, samples: readonly ProcessorSample[]): string | undefined {
  const { failed, spanMs } = sinceSuccess(samples, (before, after) => trafficOf(cluster, before, after))
  if (failed === 0) return undefined
  return `${failed === 1 ? "the last stream" : `the last ${failed} streams`} failed, within ${Math.ceil(spanMs / 1000)} s`
}

/**
 * Clusters whose streams run out of time. Their connection manager counts that for all of its processors together, so it is told
 * only where one of them alone had streams.
 */
function lateClusters(
  processors: readonly AttachedProcessor[],
  samples: readonly ProcessorSample[],
): ReadonlyMap<string, string> {
  const late = new Map<string, string>()
  for (const [stats, group] of Map.groupBy(processors, (processor) => processor.stats)) {
    const clusters = [...new Set(group.flatMap(({ cluster }) => cluster ?? []))]
    const busy = new Set<string>()
    const { failed } = sinceSuccess(samples, (before, after) => {
      const counts = clusters.map((cluster) => ({ cluster, ...trafficOf(cluster, before, after) }))
      for (const count of counts) if (count.served > 0) busy.add(count.cluster)
      const timeouts = difference(before.timeouts.get(stats), after.timeouts.get(stats))
      const streams = counts.reduce((sum, count) => sum + count.served, 0)
      return { failed: timeouts, served: Math.max(0, streams - timeouts) }
    })
    const [only] = busy
    if (failed === 0 || only === undefined || busy.size > 1) continue
    late.set(only, `${failed === 1 ? "the last message was" : `the last ${failed} messages were`} not answered in time`)
  }
  return late
}

/** Adds up failures from the newest pair of samples backwards, until something succeeded or the window ends. */
function sinceSuccess(
  samples: readonly ProcessorSample[],
  count: (before: ProcessorSample, after: ProcessorSample) => Traffic,
): { readonly failed: number; readonly spanMs: number } {
  const now = samples.at(-1)?.timeMs ?? 0
  let total = 0
  let spanMs = 0
  for (let at = samples.length - 1; at > 0; at--) {
    const [before, after] = [samples[at - 1], samples[at]]
    if (before === undefined || after === undefined || now - after.timeMs > windowMs) break
    const { failed, served } = count(before, after)
    if (served > 0) break
    if (failed > 0) spanMs = now - before.timeMs
    total += failed
  }
  return { failed: total, spanMs }
}

function trafficOf(cluster: string, before: ProcessorSample, after: ProcessorSample): Traffic {
  let failed = 0
  let served = 0
  for (const { address, stats } of after.hosts.get(cluster) ?? []) {
    if (address === undefined) continue
    const key = addressKey(address)
    const old = before.hosts
      .get(cluster)
      ?.find((host) => host.address !== undefined && addressKey(host.address) === key)
    // While nobody listened, failures said no more than that.
    const wasOpen = [before, after].every(({ knocks }) => (knocks.get(key) ?? "open") === "open")
    const errors = difference(old?.stats.get("rq_error"), stats.get("rq_error"))
    if (wasOpen) failed += errors
    served += Math.max(0, difference(old?.stats.get("rq_total"), stats.get("rq_total")) - errors)
  }
  return { failed, served }
}

/** How much a counter has grown; one that was reset has grown from zero. */
function difference(before = 0, after = 0): number {
  return after >= before ? after - before : after
}
