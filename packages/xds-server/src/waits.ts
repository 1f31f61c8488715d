import { endpointsOf } from "./cluster-endpoints.ts"
import { sharedBy } from "./shared.ts"
import type { Snapshot, SnapshotResource } from "./snapshot.ts"

/** What a cluster that was sent waits for. */
export interface Warming {
  /** Name of its endpoints; undefined: only an answer. */
  readonly endpoints: string | undefined
  /** The snapshot it came from. */
  readonly source: Snapshot
  /** The response it came with; endpoints that were sent before do not count. */
  readonly since: number
}

/**
 * What waits, by name. Changed in place.
 *
 * A proxy that starts gets all clusters at once and waits for the endpoints of thousands; a thousand such proxies then share one
 * list of what they wait for.
 */
export interface Waits {
  readonly size: number
  has(name: string): boolean
  get(name: string): Warming | undefined
  /** Name of the endpoints that are waited for. Makes no object. */
  endpoints(name: string): string | undefined
  keys(): Iterable<string>
  set(name: string, waits: Warming): void
  delete(name: string): void
  deleteWhere(test: (endpoints: string | undefined, since: number) => boolean): void
  /** Takes the place of all there is. @param names endpoints by name */
  replaceAll(names: ReadonlyMap<string, string | undefined>, source: Snapshot, since: number): void
}

interface Shared {
  readonly names: ReadonlyMap<string, string | undefined>
  readonly source: Snapshot
  readonly since: number
}

/** Nothing waits. */
export function createWaits(): Waits {
  let shared: Shared | undefined
  let own = new Map<string, Warming>()
  /** From now on the list is changed for this client alone. */
  const take = (): void => {
    if (shared === undefined) return
    const { names, source, since } = shared
    own = new Map([...names].map(([name, endpoints]) => [name, { endpoints, source, since }]))
    shared = undefined
  }
  const clear = (): void => {
    shared = undefined
    own = new Map()
  }
  return {
    get size() {
      return shared?.names.size ?? own.size
    },
    has: (name) => (shared?.names ?? own).has(name),
    get: (name) => {
      if (shared === undefined) return own.get(name)
      const { names, source, since } = shared
      return names.has(name) ? { endpoints: names.get(name), source, since } : undefined
    },
    endpoints: (name) => (shared === undefined ? own.get(name)?.endpoints : shared.names.get(name)),
    keys: () => (shared?.names ?? own).keys(),
    set: (name, waits) => {
      take()
      own.set(name, waits)
    },
    delete: (name) => {
      if (shared?.names.has(name) === true) take()
      own.delete(name)
    },
    deleteWhere: (test) => {
      if (shared !== undefined) {
        let matches = 0
        for (const endpoints of shared.names.values()) if (test(endpoints, shared.since)) matches++
        if (matches === shared.names.size) return clear()
        if (matches === 0) return
        take()
      }
      for (const [name, { endpoints, since }] of own) if (test(endpoints, since)) own.delete(name)
    },
    replaceAll: (names, source, since) => {
      own = new Map()
      shared = { names, source, since }
    },
  }
}

/** What a client waits for that gets some clusters: endpoints by cluster, and by their own name. */
export interface AllWaits {
  readonly cold: ReadonlyMap<string, string | undefined>
  readonly warming: ReadonlyMap<string, string | undefined>
}

/** What waits when clusters are sent; made once for each list. */
export const allWaitsOf = sharedBy((clusters: readonly SnapshotResource[]): AllWaits => {
  const cold = new Map(clusters.map((cluster) => [cluster.name, endpointsOf(cluster)]))
  const named = [...cold.values()].filter((endpoints) => endpoints !== undefined)
  return { cold, warming: new Map(named.map((endpoints) => [endpoints, endpoints])) }
})
