// Where an HTTP filter stands in the chain: Envoy Gateway 1.9's default ranks and EnvoyProxy `filterOrder`.
import type { FilterOrderRule } from "../plan/index.ts"

interface Rank {
  /** Filters whose name starts so have this rank. */
  readonly type: string
  readonly rank: number
  /** The number behind the last `/` of the name is added. */
  readonly isIndexed?: boolean
}

const prefix = "envoy.filters.http."

/** First match wins, so the order of rows matters where one name begins another (`rbac`, `local_ratelimit`). */
export const httpFilterRanks: readonly Rank[] = [
  { type: `${prefix}custom_response`, rank: 0 },
  { type: `${prefix}health_check`, rank: 1 },
  { type: `${prefix}fault`, rank: 2 },
  { type: `${prefix}cors`, rank: 3 },
  { type: `${prefix}csrf`, rank: 4 },
  { type: `${prefix}header_mutation`, rank: 5 },
  { type: `${prefix}ext_authz`, rank: 6 },
  { type: `${prefix}api_key_auth`, rank: 7 },
  { type: `${prefix}basic_auth`, rank: 8 },
  { type: `${prefix}oauth2`, rank: 9 },
  { type: `${prefix}jwt_authn`, rank: 10 },
  { type: `${prefix}stateful_session`, rank: 11 },
  { type: `${prefix}buffer`, rank: 12 },
  { type: `${prefix}lua`, rank: 13, isIndexed: true },
  { type: `${prefix}ext_proc`, rank: 100, isIndexed: true },
  { type: `${prefix}wasm`, rank: 200, isIndexed: true },
  { type: `${prefix}dynamic_modules`, rank: 250, isIndexed: true },
  { type: `${prefix}geoip`, rank: 300 },
  { type: `${prefix}rbac`, rank: 301 },
  { type: `${prefix}local_ratelimit`, rank: 302 },
  { type: `${prefix}ratelimit`, rank: 303 },
  { type: `${prefix}bandwidth_limit`, rank: 304 },
  { type: `${prefix}grpc_web`, rank: 305 },
  { type: `${prefix}grpc_stats`, rank: 306 },
  { type: `${prefix}credential_injector`, rank: 307 },
  { type: `${prefix}compressor`, rank: 308 },
  { type: `${prefix}dynamic_forward_proxy`, rank: 309 },
  { type: `${prefix}router`, rank: 310 },
]

/** Filters the table does not know stand between Lua and ext_proc. */
const unknownRank = 50

/** Rank of a filter by its name; lower is nearer to the client. */
export function httpFilterRank(name: string): number {
  const row = httpFilterRanks.find(({ type }) => name.startsWith(type))
  if (row === undefined) return unknownRank
  if (row.isIndexed !== true) return row.rank
  const index = Number(name.slice(name.lastIndexOf("/") + 1))
  return row.rank + (Number.isInteger(index) ? index : 0)
}

/**
 * Filters in the order in which requests pass them.
 *
 * Equal ranks go by name. Each rule then moves all filters of its type directly before the first, or after the last,
 * filter of the other type; a rule whose filters are absent changes nothing.
 */
export function orderHttpFilters<T extends { readonly name: string }>(
  filters: readonly T[],
  rules: readonly FilterOrderRule[],
): readonly T[] {
  const ranked = filters.map((filter) => ({ filter, rank: httpFilterRank(filter.name) }))
  ranked.sort((a, b) => a.rank - b.rank || (a.filter.name < b.filter.name ? -1 : a.filter.name > b.filter.name ? 1 : 0))
  return rules.reduce<readonly T[]>(
    moved,
    ranked.map(({ filter }) => filter),
  )
}

function moved<T extends { readonly name: string }>(order: readonly T[], rule: FilterOrderRule): readonly T[] {
  const block = order.filter(({ name }) => name.startsWith(rule.name))
  const rest = order.filter(({ name }) => !name.startsWith(rule.name))
  const isOther = ({ name }: T): boolean => name.startsWith(rule.of)
  const at = rule.position === "before" ? rest.findIndex(isOther) : rest.findLastIndex(isOther) + 1
  if (block.length === 0 || !rest.some(isOther)) return order
  return [...rest.slice(0, at), ...block, ...rest.slice(at)]
}
