import type { HTTPRoute, HTTPRouteFilter } from "@attache/kube-api"
import type { NamedMatch, PathMatch, RouteMatch } from "../../plan/index.ts"
import { matchRegexError } from "./regular-expression.ts"

type Rule = NonNullable<HTTPRoute["spec"]["rules"]>[number]
type HttpMatch = NonNullable<Rule["matches"]>[number]

/** Cookies of one entry of an HTTPRouteFilter's `matches`; all must match. */
export type CookieMatches = NonNullable<HTTPRouteFilter["spec"]["matches"]>[number]

/** A match of a rule with its index in route names; `-1` for a rule without matches. */
export interface IndexedMatch {
  readonly index: number
  readonly match: RouteMatch
  /** Method as written, for CORS preflights. */
  readonly method?: string
}

/** A match that any request satisfies. */
export const anyRequest: RouteMatch = { headers: [], queryParams: [], cookies: [] }

/** Matches of a rule crossed with those of its HTTPRouteFilter, the rule's outside; or why one of them cannot be had. */
export function planMatches(
  matches: readonly HttpMatch[],
  cookieSets: readonly CookieMatches[],
): readonly IndexedMatch[] | { readonly error: string } {
  if (matches.length === 0 && cookieSets.length === 0) return [{ index: -1, match: anyRequest }]
  const outer: readonly HttpMatch[] = matches.length === 0 ? [{}] : matches
  const inner: readonly (CookieMatches | undefined)[] = cookieSets.length === 0 ? [undefined] : cookieSets
  const planned: IndexedMatch[] = []
  for (const match of outer) {
    for (const cookies of inner) {
      const one = planMatch(match, cookies)
      if ("error" in one) return one
      planned.push({
        index: planned.length,
        match: one,
        ...(match.method === undefined ? {} : { method: match.method }),
      })
    }
  }
  return planned
}

function planMatch(match: HttpMatch, cookies: CookieMatches | undefined): RouteMatch | { readonly error: string } {
  const path = planPath(match.path)
  if (path !== undefined && "error" in path) return path
  const lists: NamedMatch[][] = []
  for (const list of [match.headers, match.queryParams, cookies?.cookies]) {
    const named = planNamed(list ?? [])
    if ("error" in named) return named
    lists.push(named)
  }
  const [headers = [], queryParams = [], cookieMatches = []] = lists
  if (match.method !== undefined) headers.push({ name: ":method", match: { type: "exact", value: match.method } })
  return { ...(path === undefined ? {} : { path }), headers, queryParams, cookies: cookieMatches }
}

function planPath(path: HttpMatch["path"]): PathMatch | undefined | { readonly error: string } {
  if (path === undefined) return undefined
  const value = path.value ?? "/"
  switch (path.type ?? "PathPrefix") {
    case "PathPrefix":
      return { type: "prefix", value }
    case "Exact":
      return { type: "exact", value }
    case "RegularExpression": {
      const error = matchRegexError(value)
      return error === undefined ? { type: "regex", value } : { error }
    }
    default:
      return undefined
  }
}

interface Named {
  readonly name: string
  readonly type?: string
  readonly value: string
}

/** Matches of headers, query parameters or cookies; `Exact` is the default. */
export function planNamed(list: readonly Named[]): NamedMatch[] | { readonly error: string } {
  const planned: NamedMatch[] = []
  for (const { name, type = "Exact", value } of list) {
    if (type === "Exact") planned.push({ name, match: { type: "exact", value } })
    else if (type === "RegularExpression") {
      const error = matchRegexError(value)
      if (error !== undefined) return { error }
      planned.push({ name, match: { type: "regex", value } })
    }
  }
  return planned
}

/**
 * Match of the route that answers CORS preflights for another: same path, query and headers, but method OPTIONS and the two headers of a preflight.
 */
export function preflightMatch(match: RouteMatch): RouteMatch {
  const any = { type: "regex", value: ".*" } as const
  return {
    ...match,
    headers: [
      ...match.headers.filter((header) => header.name !== ":method"),
      { name: ":method", match: { type: "exact", value: "OPTIONS" } },
      { name: "origin", match: any },
      { name: "access-control-request-method", match: any },
    ],
  }
}
