// Overlapping routes, kept by difference outside of the graph and handed back to it route by route.
import { createWatch, type Graph } from "@attache/base"
import type { PlanRoute } from "../plan/index.ts"
import type { ObjectKey } from "../world/world.ts"
import type { ListenerQueries, ListenerReads } from "./listener-queries.ts"
import { createOverlaps, type MatchKey, matchKeyOf, type Overlaps, sameMatchKeys } from "./overlaps.ts"
import { routeGroups, routesInGroup } from "./route-tree.ts"

/** What is known of listeners. */
export interface OverlapReads {
  routesOn(listener: string, route: ObjectKey): readonly PlanRoute[]
  /** The object that declares a listener. */
  parentOf(listener: string): ObjectKey
}

/** Matches that a listener lost and gained. */
interface Change {
  readonly gone: MatchKey[]
  readonly come: MatchKey[]
}

/** The queries. */
export function createOverlapQueries(
  graph: Graph,
  reads: ListenerReads,
  { routesOn, parentOf }: OverlapReads,
): Pick<ListenerQueries, "overlaps" | "settleOverlaps"> {
  // Keys of both: listener, and behind a space the group.
  const matches = graph.query<readonly MatchKey[]>(
    "route-matches",
    (key) => {
      const [listener = "", group = ""] = key.split(" ")
      return routesInGroup(reads, group).flatMap((route) => routesOn(listener, route).map(matchKeyOf))
    },
    { equals: sameMatchKeys, isBarrier: true, fallback: () => [] },
  )
  const groups = graph.query<readonly string[]>(
    "route-match-groups",
    () =>
      reads
        .httpListeners()
        .flatMap((listener) => routeGroups(reads, parentOf(listener)).map((group) => `${listener} ${group}`)),
    { isBarrier: true, fallback: () => [] },
  )
  const watchedGroups = createWatch(graph, groups)
  watchedGroups.add("")
  const watched = createWatch(graph, matches)
  const last = new Map<string, readonly MatchKey[]>()
  const onListener = new Map<string, Overlaps>()
  const settled = graph.input<readonly ObjectKey[]>("settled-route-overlaps")
  // Outlives a look that is interrupted by a pause.
  const changes = new Map<string, Change>()

  const note = (key: string, list: keyof Change, found: readonly MatchKey[]): void => {
    const listener = key.slice(0, key.indexOf(" "))
    const change = changes.get(listener) ?? { gone: [], come: [] }
    changes.set(listener, change)
    for (const match of found) change[list].push(match)
  }
  const follow = (keys: readonly string[]): void => {
    const wanted = new Set(keys)
    for (const [key, found] of last) {
      if (wanted.has(key)) continue
      note(key, "gone", found)
      watched.delete(key)
      last.delete(key)
    }
    for (const key of keys) watched.add(key)
  }
  const take = (listener: string, { gone, come }: Change): void => {
    const overlaps = onListener.get(listener) ?? createOverlaps()
    onListener.set(listener, overlaps)
    changes.delete(listener)
    for (const object of overlaps.replace(gone, come)) {
      const others = overlaps.others(object)
      if (others.length === 0) settled.delete(`${listener} ${object}`)
      else settled.set(`${listener} ${object}`, others)
    }
    if (overlaps.isEmpty()) onListener.delete(listener)
  }
  return {
    overlaps: (route, listener) => settled.get(`${listener} ${route}`) ?? [],
    settleOverlaps: () => {
      for (const keys of watchedGroups.changes().values()) follow(keys)
      for (const [key, found] of watched.changes()) {
        note(key, "gone", last.get(key) ?? [])
        note(key, "come", found)
        last.set(key, found)
      }
      for (const [listener, change] of changes) take(listener, change)
    },
  }
}
