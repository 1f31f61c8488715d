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

/** Objects that share a match with others, each with the keys of those others, sorted. Linear in the matches. */
export function findOverlaps(matches: readonly MatchKey[]): ReadonlyMap<ObjectKey, readonly ObjectKey[]> {
  const first = new Map<string, ObjectKey>()
  const shared = new Map<string, Set<ObjectKey>>()
  for (const { key, object } of matches) {
    const before = first.get(key)
    if (before === undefined) first.set(key, object)
    else if (before !== object) {
      const objects = shared.get(key)
      if (objects === undefined) shared.set(key, new Set([before, object]))
      else objects.add(object)
    }
  }
  const overlaps = new Map<ObjectKey, Set<ObjectKey>>()
  for (const objects of shared.values()) {
    for (const object of objects) {
      const others = overlaps.get(object) ?? new Set<ObjectKey>()
      for (const other of objects) if (other !== object) others.add(other)
      overlaps.set(object, others)
    }
  }
  return new Map([...overlaps].map(([object, others]) => [object, [...others].sort()]))
}
