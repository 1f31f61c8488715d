// Route objects that match the same requests on one listener.
import type { NamedMatch, PlanRoute } from "../plan/index.ts"
import type { ObjectKey } from "../world/world.ts"

/** What a route matches, as a text that is equal for equal matches, and whose it is. */
export interface MatchKey {
  readonly key: string
  readonly object: ObjectKey
}

/** The match of a route: host, path, headers without regard to case and order, query parameters, cookies. */
export function matchKeyOf({ host, match, origin }: PlanRoute): MatchKey {
  const { path = null, headers, queryParams, cookies } = match
  const lower = headers.map((header) => ({ ...header, name: header.name.toLowerCase() }))
  return {
    key: JSON.stringify([host, path, sorted(lower), sorted(queryParams), sorted(cookies)]),
    object: origin.object,
  }
}

function sorted(matches: readonly NamedMatch[]): readonly string[] {
  return matches.map((match) => JSON.stringify(match)).sort()
}

/** Whether two lists say the same. */
export function sameMatchKeys(a: readonly MatchKey[], b: readonly MatchKey[]): boolean {
  return a.length === b.length && a.every(({ key, object }, i) => key === b[i]?.key && object === b[i]?.object)
}

/** Who matches what on one listener, kept by difference. */
export interface Overlaps {
  /** Takes out matches and puts in others; what is in both lists stays. Gives the objects whose overlaps may differ. */
  replace(gone: readonly MatchKey[], come: readonly MatchKey[]): ReadonlySet<ObjectKey>
  /** Other objects that share a match with this one, sorted. */
  others(object: ObjectKey): readonly ObjectKey[]
  isEmpty(): boolean
}

/** No matches yet. */
export function createOverlaps(): Overlaps {
  const objectsOf: Table = new Map()
  const keysOf: Table = new Map()
  return {
    replace: (gone, come) => {
      const touched = new Set<ObjectKey>()
      const touch = (key: string): void => {
        const objects = objectsOf.get(key) ?? []
        if (objects.length > 1) for (const object of objects) touched.add(object)
      }
      const [old, next] = [byText(gone), byText(come)]
      for (const [text, { key, object }] of old) {
        if (next.has(text)) continue
        touch(key)
        leave(objectsOf, key, object)
        leave(keysOf, object, key)
      }
      for (const [text, { key, object }] of next) {
        if (old.has(text)) continue
        enter(objectsOf, key, object)
        enter(keysOf, object, key)
        touch(key)
      }
      return touched
    },
    others: (object) => {
      const all = (keysOf.get(object) ?? []).flatMap((key) => objectsOf.get(key) ?? [])
      return [...new Set(all)].filter((other) => other !== object).sort()
    },
    isEmpty: () => objectsOf.size === 0,
  }
}

type Table = Map<string, readonly string[]>

function enter(table: Table, key: string, item: string): void {
  const items = table.get(key)
  table.set(key, items === undefined ? [item] : [...items, item])
}

function leave(table: Table, key: string, item: string): void {
  const rest = (table.get(key) ?? []).filter((other) => other !== item)
  if (rest.length === 0) table.delete(key)
  else table.set(key, rest)
}

/** An object may have the same match twice; it counts once. */
function byText(matches: readonly MatchKey[]): ReadonlyMap<string, MatchKey> {
  return new Map(matches.map((match) => [`${match.key}\n${match.object}`, match]))
}
