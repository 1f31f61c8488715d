import type { Graph } from "./graph.ts"

/** An index kept by difference: which members stand in which bucket. */
export interface Buckets {
  /** Members of a bucket in code unit order; inside a query the read of this one bucket is recorded. */
  members(bucket: string): readonly string[]
  /** Puts a member into exactly these buckets; only buckets that gain or lose it change. An empty list removes it. */
  put(member: string, buckets: readonly string[]): void
}

const none: readonly string[] = Object.freeze([])

/** An empty index whose buckets are inputs of the graph. */
export function createBuckets(graph: Graph, name: string): Buckets {
  const input = graph.input<readonly string[]>(name, Object.is)
  const placed = new Map<string, readonly string[]>()
  const change = (bucket: string, next: readonly string[]): void => {
    if (next.length === 0) input.delete(bucket)
    else input.set(bucket, next)
  }
  return {
    members: (bucket) => input.get(bucket) ?? none,
    put: (member, buckets) => {
      const before = placed.get(member) ?? none
      for (const bucket of before) {
        if (!buckets.includes(bucket))
          change(
            bucket,
            (input.get(bucket) ?? none).filter((other) => other !== member),
          )
      }
      for (const bucket of new Set(buckets)) {
        if (!before.includes(bucket)) change(bucket, inserted(input.get(bucket) ?? none, member))
      }
      if (buckets.length === 0) placed.delete(member)
      else placed.set(member, [...new Set(buckets)])
    },
  }
}

function inserted(sorted: readonly string[], member: string): readonly string[] {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] as string) < member) low = middle + 1
    else high = middle
  }
  return [...sorted.slice(0, low), member, ...sorted.slice(low)]
}
