import type { UpstreamSight } from "./http/stream.ts"
import type { LogSink } from "./log.ts"
import type { Loop } from "./loop.ts"
import type { Stats } from "./metrics.ts"
import { type Mistake, tooMuchData } from "./mistakes.ts"
import type { DnsAnswer } from "./options.ts"
import type { Random } from "./random.ts"
import { createSharedData, type SharedData } from "./shared-data.ts"
import { createSharedQueues, type SharedQueues } from "./shared-queues.ts"
import type { SignatureCrypto } from "./signature-crypto.ts"
import type { Trap } from "./trap.ts"

/** zlib, synchronously: what `compress` and `uncompress` need. */
export interface Zlib {
  deflate(bytes: Uint8Array): Uint8Array
  /** Throws when the bytes are not zlib's. */
  inflate(bytes: Uint8Array): Uint8Array
}

/** Data and queues that every VM of a process sees. Give one to several proxies to model plugins that share them. */
export interface SharedState {
  /** The store of a VM id. */
  dataOf(vmId: string): SharedData
  readonly queues: SharedQueues
}

/** An empty shared state. @param limitBytes keys, values and items kept at most, default 256 MiB; more: ATT_WASM_TOO_MUCH_DATA */
export function createSharedState(limitBytes = defaultCallBytes): SharedState {
  const stores = new Map<string, SharedData>()
  let kept = 0
  const keep = (bytes: number): void => {
    kept += bytes
    if (kept > limitBytes) throw tooMuchData("shared data and queues")
  }
  return {
    dataOf: (vmId) => {
      const store = stores.get(vmId) ?? createSharedData(keep)
      stores.set(vmId, store)
      return store
    },
    queues: createSharedQueues(keep),
  }
}

/** Bytes a module may hand over in one callback, and bytes a shared state keeps, when nothing else is said. */
export const defaultCallBytes = 256 * 1024 * 1024

/** What all VMs of one proxy share. */
export interface ProxyProcess {
  readonly loop: Loop
  readonly log: LogSink
  readonly stats: Stats
  readonly shared: SharedState
  readonly random: Random
  readonly zlib: Zlib | undefined
  readonly crypto: SignatureCrypto | undefined
  /** Wall clock in milliseconds when the loop began. */
  readonly epochMs: number
  /** What a name resolves to. */
  resolve(name: string): DnsAnswer
  readonly limits: { readonly callBytes: number }
  /** Whether it is found out which function of the module makes a host call. */
  readonly hasCallers: boolean
  report(mistake: Mistake): void
  trapped(trap: Trap): void
  /** Told of every request that reaches a cluster. */
  seen(request: UpstreamSight): void
}

/** What one look at a clock costs, so that a module that waits for time to pass sees it pass. */
export const clockReadMs = 0.01

/** Wall clock in nanoseconds; the look itself takes {@link clockReadMs}. */
export function readWallClock(process: ProxyProcess): bigint {
  process.loop.spend(clockReadMs)
  return BigInt(Math.round((process.epochMs + process.loop.now()) * 1000)) * 1000n
}

/** Monotonic clock in nanoseconds, from one hour; the look itself takes {@link clockReadMs}. */
export function readMonotonicClock(process: ProxyProcess): bigint {
  process.loop.spend(clockReadMs)
  return BigInt(Math.round((3_600_000 + process.loop.now()) * 1000)) * 1000n
}
