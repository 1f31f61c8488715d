import type { Graph, Query } from "./graph.ts"

/** Results that are kept alive and brought up to date together, at the cost of those that changes have reached. */
export interface Watch<T> {
  /** Watches a key; one that is watched already stays as it is. */
  add(key: string): void
  delete(key: string): void
  /**
   * Brings all results up to date; gives those that differ from the last call, new ones included. Not for use inside a
   * query; may be the work of `inSteps`.
   */
  changes(): ReadonlyMap<string, T>
}

/** A watch over nothing yet. @param query one with a fallback: what it throws would come out of `changes` again and again */
export function createWatch<T>(graph: Graph, query: Query<T>): Watch<T> {
  const held = new Map<string, () => void>()
  const stale = new Set<string>()
  const last = new Map<string, T>()
  let changed = new Map<string, T>()
  return {
    add: (key) => {
      if (held.has(key)) return
      stale.add(key)
      held.set(
        key,
        graph.pin(query, key, () => void stale.add(key)),
      )
    },
    delete: (key) => {
      held.get(key)?.()
      held.delete(key)
      stale.delete(key)
      last.delete(key)
      changed.delete(key)
    },
    changes: () => {
      graph.settle()
      for (const key of stale) {
        const value = query.get(key)
        stale.delete(key)
        if (last.has(key) && Object.is(last.get(key), value)) continue
        last.set(key, value)
        changed.set(key, value)
      }
      const out = changed
      changed = new Map()
      return out
    },
  }
}
