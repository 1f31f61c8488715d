import type { GRPCRoute } from "@attache/kube-api"
import type { NamedMatch, PathMatch, RouteMatch } from "../../plan/index.ts"
import { anyRequest, type CookieMatches, type IndexedMatch, planNamed } from "./matches.ts"
import { matchRegexError } from "./regular-expression.ts"

type GrpcMatch = NonNullable<NonNullable<GRPCRoute["spec"]["rules"]>[number]["matches"]>[number]

const anyService = "(?i)\\.?[a-z_][a-z_0-9]*(\\.[a-z_][a-z_0-9]*)*"
const anyMethod = "[A-Za-z_][A-Za-z_0-9]*"

/** Matches of a gRPC rule, crossed with the cookies of its HTTPRouteFilter; or why one of them cannot be had. */
export function planGrpcMatches(
  matches: readonly GrpcMatch[],
  cookieSets: readonly CookieMatches[],
): readonly IndexedMatch[] | { readonly error: string } {
  if (matches.length === 0 && cookieSets.length === 0) return [{ index: -1, match: anyRequest }]
  const outer: readonly GrpcMatch[] = matches.length === 0 ? [{}] : matches
  const inner: readonly (CookieMatches | undefined)[] = cookieSets.length === 0 ? [undefined] : cookieSets
  const planned: IndexedMatch[] = []
  for (const match of outer) {
    for (const set of inner) {
      const one = planGrpcMatch(match, set)
      if ("error" in one) return one
      planned.push({ index: planned.length, match: one })
    }
  }
  return planned
}

function planGrpcMatch(match: GrpcMatch, set: CookieMatches | undefined): RouteMatch | { readonly error: string } {
  const headers = planNamed(match.headers ?? [])
  if ("error" in headers) return headers
  const method = planMethod(match.method)
  if ("error" in method) return method
  const cookies = planNamed(set?.cookies ?? [])
  if ("error" in cookies) return cookies
  const { path, header } = method
  return {
    ...(path === undefined ? {} : { path }),
    headers: header === undefined ? headers : [...headers, header],
    queryParams: [],
    cookies,
  }
}

interface MethodMatch {
  readonly path?: PathMatch
  readonly header?: NamedMatch
}

function planMethod(spec: GrpcMatch["method"]): MethodMatch | { readonly error: string } {
  const { type = "Exact", service, method } = spec ?? {}
  if (service === undefined && method === undefined) return {}
  if (type === "RegularExpression") {
    for (const pattern of [service, method]) {
      const error = pattern === undefined ? undefined : matchRegexError(pattern)
      if (error !== undefined) return { error }
    }
    return { path: { type: "regex", value: `/${service ?? anyService}/${method ?? anyMethod}` } }
  }
  if (service === undefined) return { header: { name: ":path", match: { type: "suffix", value: `/${method}` } } }
  return {
    path:
      method === undefined
        ? { type: "prefix", value: `/${service}` }
        : { type: "exact", value: `/${service}/${method}` },
  }
}
