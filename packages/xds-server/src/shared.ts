/**
 * Results that are shared by all who ask for the same: a thousand proxies in the same state then cost one list, not a thousand.
 *
 * Results live as long as all the objects they were made from, and must not be changed.
 */

/** Fewer than this many names are not worth a look. */
export const fewestShared = 32

/** A function of one object that is worked out once for each. */
export function sharedBy<A extends object, R>(make: (from: A) => R): (from: A) => R {
  const known = new WeakMap<A, { readonly result: R }>()
  return (from) => {
    const kept = known.get(from)
    if (kept !== undefined) return kept.result
    const result = make(from)
    known.set(from, { result })
    return result
  }
}

interface Level<R> {
  readonly next: WeakMap<object, Level<R>>
  result?: R
}

/** A table by several objects. */
export interface SharedTable<R> {
  /** What is kept under the objects, or what is made now. */
  get(keys: readonly object[], make: () => R): R
}

/** An empty table. */
export function createSharedTable<R extends object>(): SharedTable<R> {
  const root: Level<R> = { next: new WeakMap() }
  return {
    get: (keys, make) => {
      let level = root
      for (const key of keys) {
        const known = level.next.get(key)
        const next: Level<R> = known ?? { next: new WeakMap() }
        if (known === undefined) level.next.set(key, next)
        level = next
      }
      level.result ??= make()
      return level.result
    },
  }
}
