import type { Graph } from "./graph.ts"

/** An index kept by difference: which members stand in which bucket. */
export interface Buckets {
  /** Members of a bucket in code unit order; inside a query the read of this one bucket is recorded. */
  members(bucket: string): readonly string[]
  /** Puts a member into exactly these buckets; only buckets that gain or lose it change. An empty list removes it. */
  put(member: string, buckets: readonly string[]): void
}

/** Members in order as of the last read, and what came and went since: filling a bucket sorts it once. */
interface Bucket {
  sorted: readonly string[]
  /** True: came, false: went. */
  changes: Map<string, boolean> | undefined
  size: number
}

const none: readonly string[] = Object.freeze([])

/** An empty index whose buckets are inputs of the graph. */
export function createBuckets(graph: Graph, name: string): Buckets {
  // The value of a cell only says that there are members, and by its identity that they changed.
  const input = graph.input<object>(name, Object.is)
  const buckets = new Map<string, Bucket>()
  const placed = new Map<string, readonly string[]>()
  const change = (key: string, member: string, hasCome: boolean): void => {
    const bucket = buckets.get(key) ?? { sorted: none, changes: undefined, size: 0 }
    bucket.changes ??= new Map()
    // What came and went again since the last read did not change.
    if (!bucket.changes.delete(member)) bucket.changes.set(member, hasCome)
    bucket.size += hasCome ? 1 : -1
    if (bucket.size > 0) {
      buckets.set(key, bucket)
      input.set(key, {})
    } else {
      buckets.delete(key)
      input.delete(key)
    }
  }
  return {
    members: (key) => {
      const bucket = input.get(key) === undefined ? undefined : buckets.get(key)
      return bucket === undefined ? none : sortedMembers(bucket)
    },
    put: (member, wanted) => {
      const before = placed.get(member) ?? none
      if (before.length === 0 && wanted.length === 0) return
      const after = [...new Set(wanted)]
      for (const key of before) if (!after.includes(key)) change(key, member, false)
      for (const key of after) if (!before.includes(key)) change(key, member, true)
      if (after.length === 0) placed.delete(member)
      else placed.set(member, after)
    },
  }
}

function sortedMembers(bucket: Bucket): readonly string[] {
  const { changes } = bucket
  if (changes === undefined) return bucket.sorted
  const gained = [...changes.keys()].filter((member) => changes.get(member) === true)
  const isKept = (member: string): boolean => changes.get(member) !== false
  const kept = gained.length === changes.size ? bucket.sorted : bucket.sorted.filter(isKept)
  bucket.sorted = merged(kept, gained.sort())
  bucket.changes = undefined
  return bucket.sorted
}

/** One ordered list from two; the second is usually short. */
function merged(many: readonly string[], few: readonly string[]): readonly string[] {
  if (few.length === 0) return many
  const out: string[] = []
  let from = 0
  for (const member of few) {
    const to = placeOf(many, member, from)
    for (let i = from; i < to; i++) out.push(many[i] as string)
    out.push(member)
    from = to
  }
  for (let i = from; i < many.length; i++) out.push(many[i] as string)
  return out
}

function placeOf(sorted: readonly string[], member: string, from: number): number {
  let low = from
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] as string) < member) low = middle + 1
    else high = middle
  }
  return low
}
