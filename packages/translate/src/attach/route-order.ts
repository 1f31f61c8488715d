import type { NamedMatch, PlanRoute, RouteMatch } from "../plan/index.ts"
import { byAge } from "../world/order.ts"
import type { AnyObject } from "../world/world.ts"

const pathRank = { exact: 2, regex: 1, prefix: 0 } as const

/**
 * Compares two routes of a listener: negative when `a` goes first, 0 when their order in the input stands.
 *
 * Path kind, path length, then numbers of header, cookie and query matches, each followed by the number of exact ones. Paths are measured in bytes as
 * written; `/` and an absent path have length 0, and an absent path leaves the kind undecided. Source: Envoy Gateway 1.9.
 */
export function compareRoutes(a: { readonly match: RouteMatch }, b: { readonly match: RouteMatch }): number {
  const x = a.match
  const y = b.match
  if (x.path !== undefined && y.path !== undefined && x.path.type !== y.path.type) {
    return pathRank[y.path.type] - pathRank[x.path.type]
  }
  return (
    pathLength(y) - pathLength(x) ||
    compareNamed(x.headers, y.headers) ||
    compareNamed(x.cookies, y.cookies) ||
    compareNamed(x.queryParams, y.queryParams)
  )
}

function pathLength({ path }: RouteMatch): number {
  if (path === undefined || (path.type === "prefix" && path.value === "/")) return 0
  return Buffer.byteLength(path.value)
}

function compareNamed(a: readonly NamedMatch[], b: readonly NamedMatch[]): number {
  return b.length - a.length || exactOf(b) - exactOf(a)
}

function exactOf(matches: readonly NamedMatch[]): number {
  return matches.reduce((count, { match }) => (match.type === "exact" ? count + 1 : count), 0)
}

/** A route of a listener and the object it comes from. */
export interface FoundRoute {
  readonly plan: Pick<PlanRoute, "match">
  readonly object: AnyObject | undefined
}

/**
 * Routes of a listener in the order in which Envoy tries them. Routes of one object must come in their order.
 *
 * Those that compare equal keep the order of their objects, HTTPRoutes before GRPCRoutes and then by age; with `isOrderPreserved` (EnvoyProxy
 * `preserveRouteOrder`) that order is all.
 */
export function sortRoutes<T extends FoundRoute>(found: readonly T[], isOrderPreserved: boolean): readonly T[] {
  const aged = [...found].sort((a, b) => compareObjects(a.object, b.object))
  return isOrderPreserved ? aged : aged.sort((a, b) => compareRoutes(a.plan, b.plan))
}

function compareObjects(a: AnyObject | undefined, b: AnyObject | undefined): number {
  if (a === b || a === undefined || b === undefined) return 0
  if (a.kind !== b.kind) return a.kind === "HTTPRoute" ? -1 : b.kind === "HTTPRoute" ? 1 : 0
  return byAge(a, b)
}

/**
 * Route objects of one listener that match the same requests, by object key, each with the others' keys in order of first appearance.
 *
 * Same means: equal host, path, headers, query parameters and cookies, in different objects. Linear in the routes.
 */
export function findOverlaps(routes: readonly PlanRoute[]): ReadonlyMap<string, readonly string[]> {
  const byMatch = new Map<string, string[]>()
  for (const { host, match, origin } of routes) {
    const key = JSON.stringify([
      host,
      match.path ?? null,
      sorted(match.headers),
      sorted(match.queryParams),
      sorted(match.cookies),
    ])
    const objects = byMatch.get(key)
    if (objects === undefined) byMatch.set(key, [origin.object])
    else if (!objects.includes(origin.object)) objects.push(origin.object)
  }
  const overlaps = new Map<string, Set<string>>()
  for (const objects of byMatch.values()) {
    if (objects.length < 2) continue
    for (const object of objects) {
      const others = overlaps.get(object) ?? new Set<string>()
      for (const other of objects) if (other !== object) others.add(other)
      overlaps.set(object, others)
    }
  }
  return new Map([...overlaps].map(([object, others]) => [object, [...others]]))
}

function sorted(matches: readonly NamedMatch[]): readonly string[] {
  return matches.map((match) => JSON.stringify(match)).sort()
}
