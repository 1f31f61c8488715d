// In which order Envoy tries the routes of a listener.
import type { NamedMatch, RouteHandle, RouteMatch } from "../plan/index.ts"
import type { AnyObject } from "../world/world.ts"

const pathRank = { exact: 2, regex: 1, prefix: 0 } as const
const longestPath = 2 ** 21 - 1
const mostMatches = 31

/**
 * How early a match is tried: the greater number goes first, equal ones keep their objects' order.
 *
 * Path kind, path length, then numbers of header, cookie and query matches, each followed by the number of exact ones. Paths are measured in bytes as
 * written; `/` and an absent path have length 0. Counts beyond 31 and lengths beyond two million are all the same. Source: Envoy Gateway 1.9.
 */
export function precedenceOf({ path, headers, cookies, queryParams }: RouteMatch): number {
  const rank = path === undefined ? 0 : pathRank[path.type]
  let precedence = rank * (longestPath + 1) + Math.min(pathLength(path), longestPath)
  for (const matches of [headers, cookies, queryParams]) {
    precedence = precedence * (mostMatches + 1) + Math.min(matches.length, mostMatches)
    precedence = precedence * (mostMatches + 1) + Math.min(exactOf(matches), mostMatches)
  }
  return precedence
}

function pathLength(path: RouteMatch["path"]): number {
  if (path === undefined || (path.type === "prefix" && path.value === "/")) return 0
  return Buffer.byteLength(path.value)
}

function exactOf(matches: readonly NamedMatch[]): number {
  return matches.reduce((count, { match }) => (match.type === "exact" ? count + 1 : count), 0)
}

/** A handle and all that decides its place among the others of its listener. */
export interface RouteEntry extends RouteHandle {
  /** {@link precedenceOf} its match; 0 for all where the order of objects is all (EnvoyProxy `preserveRouteOrder`). */
  readonly precedence: number
  /** {@link ageOf} its object. */
  readonly age: string
  /** Position among the routes of its object. */
  readonly at: number
}

/** Order of objects as a text to compare by code units: HTTPRoutes before GRPCRoutes, then time of creation, namespace and name. */
export function ageOf({ kind, metadata }: AnyObject): string {
  const { creationTimestamp = "", namespace = "", name } = metadata
  return `${kind === "HTTPRoute" ? 0 : 1}${creationTimestamp}\u0000${namespace}\u0000${name}`
}

/** Negative when `a` goes first; never 0 for two entries of one listener. */
export function compareEntries(a: RouteEntry, b: RouteEntry): number {
  if (a.precedence !== b.precedence) return b.precedence - a.precedence
  if (a.age !== b.age) return a.age < b.age ? -1 : 1
  return a.at - b.at
}

/** Whether two lists say the same. */
export function sameEntries(a: readonly RouteEntry[], b: readonly RouteEntry[]): boolean {
  return a.length === b.length && a.every((entry, i) => sameEntry(entry, b[i] as RouteEntry))
}

/** Whether two entries say the same. */
export function sameEntry(a: RouteEntry, b: RouteEntry): boolean {
  return (
    a === b || (a.id === b.id && a.host === b.host && a.precedence === b.precedence && a.age === b.age && a.at === b.at)
  )
}
