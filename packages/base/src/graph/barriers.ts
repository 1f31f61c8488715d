// Barriers that wait to be settled, those that others stand on first.
import type { Node } from "./node.ts"

/** A queue of nodes by rank. */
export interface Barriers {
  add(node: Node): void
  delete(node: Node): void
  /** One of the lowest rank, still in the queue. */
  first(): Node | undefined
}

/** An empty queue. */
export function createBarriers(): Barriers {
  const byRank: Set<Node>[] = []
  let size = 0
  const rankOf = (node: Node): number => node.rule?.barrier ?? 0
  return {
    add: (node) => {
      const rank = rankOf(node)
      while (byRank.length <= rank) byRank.push(new Set())
      const nodes = byRank[rank] as Set<Node>
      size -= nodes.size
      size += nodes.add(node).size
    },
    delete: (node) => {
      if (byRank[rankOf(node)]?.delete(node) === true) size--
    },
    first: () => {
      if (size === 0) return undefined
      const nodes = byRank.find((each) => each.size > 0)
      return nodes?.values().next().value
    },
  }
}
