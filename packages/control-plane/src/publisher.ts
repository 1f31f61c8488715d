// From the translator to the xDS server, proxy by proxy: one that cannot be translated costs the others nothing.
import type { Clock, Diagnostic } from "@attache/base"
import { type ProxySnapshot, snapshotChanges, type TableChange, type Translator } from "@attache/translate"
import { emptySnapshot, type Snapshot, updateSnapshot, type XdsServer } from "@attache/xds-server"
import { type Drain, drainsBetween } from "./drains.ts"
import { readInSteps } from "./sliced.ts"

/** What a publisher works with. */
export interface PublisherOptions {
  readonly translator: Pick<Translator, "proxyKeys" | "snapshot" | "pending" | "inSteps">
  readonly xds: Pick<XdsServer, "snapshot" | "setSnapshot" | "removeSnapshot">
  readonly clock: Clock
  /** A proxy could not be translated by a fault of ours; it keeps what it has. */
  readonly onFailure: (proxyKey: string, error: unknown) => void
}

/** What a round did. */
export interface Publication {
  /** Proxies that got something new or went away. */
  readonly changed: readonly string[]
  /** Those that went away. */
  readonly removed: readonly string[]
  /** Listeners that give up connections by it, by proxy; proxies without any are left out. */
  readonly drains: ReadonlyMap<string, readonly Drain[]>
  /** Proxies whose first snapshot waits for modules, and until when, in milliseconds since the epoch. */
  readonly held: ReadonlyMap<string, number>
}

/** Publishes snapshots. */
export interface Publisher {
  /** One round over all proxies, in steps of a few milliseconds each. */
  publish(): Generator<void, Publication>
  /** Parts of published snapshots that could not be made. */
  diagnostics(): readonly Diagnostic[]
}

/** Longest wait for modules before the first snapshot of a proxy, in milliseconds. */
export const firstSnapshotMs = 5_000

/**
 * A publisher that has published nothing yet.
 *
 * The first snapshot of a proxy waits up to {@link firstSnapshotMs} while modules are on their way. A proxy that is
 * withheld or fails keeps its last snapshot; one that is gone is removed.
 */
export function createPublisher(options: PublisherOptions): Publisher {
  const { translator, xds, clock } = options
  const published = new Map<string, ProxySnapshot>()
  const firstSeen = new Map<string, number>()

  /** Whether Envoys of the proxy get something new, and what drains by it; a time: not before then. */
  function* publishOne(
    key: string,
    after: ProxySnapshot | undefined,
  ): Generator<void, readonly Drain[] | number | undefined> {
    const before = published.get(key)
    if (after === undefined || after === before) return undefined
    if (before === undefined && translator.pending() > 0) {
      const until = (firstSeen.get(key) ?? clock.now()) + firstSnapshotMs
      if (clock.now() < until) return until
    }
    xds.setSnapshot(key, yield* changedSnapshot(xds.snapshot(key) ?? emptySnapshot, snapshotChanges(before, after)))
    published.set(key, after)
    return before === undefined ? [] : drainsBetween(before, after)
  }
  const remove = (key: string): void => {
    published.delete(key)
    firstSeen.delete(key)
    xds.removeSnapshot(key)
    // Asked once more, the translator lets go of what it kept for the proxy.
    translator.snapshot(key)
  }
  function* attempt<T>(key: string, steps: Generator<void, T>): Generator<void, T | undefined> {
    try {
      return yield* steps
    } catch (error) {
      options.onFailure(key, error)
      return undefined
    }
  }
  function* publishInSteps(key: string): Generator<void, readonly Drain[] | number | undefined> {
    return yield* publishOne(key, yield* readInSteps(translator, clock, () => translator.snapshot(key)))
  }
  function* publish(): Generator<void, Publication> {
    const keys = new Set(yield* readInSteps(translator, clock, () => translator.proxyKeys()))
    const changed: string[] = []
    const held = new Map<string, number>()
    const drains = new Map<string, readonly Drain[]>()
    for (const key of keys) {
      if (!firstSeen.has(key)) firstSeen.set(key, clock.now())
      const outcome = yield* attempt(key, publishInSteps(key))
      if (typeof outcome === "number") held.set(key, outcome)
      else if (outcome !== undefined) {
        changed.push(key)
        if (outcome.length > 0) drains.set(key, outcome)
      }
      yield
    }
    const removed = [...published.keys()].filter((key) => !keys.has(key))
    for (const key of removed) {
      try {
        remove(key)
      } catch (error) {
        options.onFailure(key, error)
      }
    }
    for (const key of firstSeen.keys()) if (!keys.has(key)) firstSeen.delete(key)
    return { changed: [...changed, ...removed], removed, drains, held }
  }
  return { publish, diagnostics: () => [...published.values()].flatMap(({ diagnostics }) => diagnostics) }
}

/** Resources put into a snapshot in one step: about five milliseconds. */
const stepResources = 1_000

function* changedSnapshot(before: Snapshot, changes: ReadonlyMap<string, TableChange>): Generator<void, Snapshot> {
  let snapshot = before
  for (const [typeUrl, { put, remove }] of changes) {
    snapshot = updateSnapshot(snapshot, { [typeUrl]: { put: put.slice(0, stepResources), remove } })
    for (let from = stepResources; from < put.length; from += stepResources) {
      yield
      snapshot = updateSnapshot(snapshot, { [typeUrl]: { put: put.slice(from, from + stepResources) } })
    }
  }
  return snapshot
}
