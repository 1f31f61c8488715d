// Parts that a proxy refused and that are kept from it: inputs of the graph, so their contribution goes and comes like any
// other change.
import type { Graph } from "@attache/base"
import type { PartKey } from "./part-key.ts"

/** Why parts are withdrawn, by key: what Envoy said. */
export type Withdrawn = ReadonlyMap<PartKey, string>

/** The quarantine of all proxies. */
export interface Quarantine {
  /** Parts withdrawn from a proxy; recorded, also when there are none. */
  of(proxyKey: string): Withdrawn
  /** Replaces the parts withdrawn from a proxy. */
  set(proxyKey: string, parts: Withdrawn): void
  /** The result of some work as if more parts were withdrawn; the work must not wait. */
  trying<T>(proxyKey: string, more: Iterable<PartKey>, work: () => T): T
}

const nothing: Withdrawn = new Map()

/** Nothing is withdrawn. */
export function createQuarantine(graph: Graph): Quarantine {
  const cells = graph.input<Withdrawn>("quarantine", isSame)
  const set = (proxyKey: string, parts: Withdrawn): void => {
    if (parts.size === 0) cells.delete(proxyKey)
    else cells.set(proxyKey, parts)
  }
  const of = (proxyKey: string): Withdrawn => cells.get(proxyKey) ?? nothing
  return {
    of,
    set,
    trying: (proxyKey, more, work) => {
      const before = of(proxyKey)
      set(proxyKey, new Map([...before, ...[...more].map((key) => [key, ""] as const)]))
      try {
        return work()
      } finally {
        set(proxyKey, before)
      }
    },
  }
}

function isSame(a: Withdrawn, b: Withdrawn): boolean {
  return a.size === b.size && [...a].every(([key, why]) => b.get(key) === why)
}
