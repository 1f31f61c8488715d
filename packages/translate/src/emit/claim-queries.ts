// Queries about names: who claims which filter, cluster and secret.
import type { Diagnostic, Graph, Query } from "@attache/base"
import type { PlanSource } from "../plan/index.ts"
import {
  type ClaimGroups,
  firstClaims,
  type GroupClaims,
  type NamedClaim,
  sameClaims,
  settleClaims,
} from "./claim-groups.ts"
import { claimsOf, l4Claimant, planOf, proxyClaimant } from "./claimants.ts"
import { type EmittedRoute, queryKey, type RouteQueries } from "./route-queries.ts"

/** Queries about claims. */
export interface ClaimQueries {
  /** Claims of a group, by its key: a leaf, or proxy key and claimant. */
  readonly group: Query<GroupClaims>
  /** Groups that make clusters and secrets, by proxy key. */
  readonly groups: Query<ClaimGroups>
  /** HTTP filters that the routes of a listener need, with the first route of each; by proxy key and listener name. */
  readonly filters: Query<readonly NamedClaim[]>
  /** Longest body of a direct response of a listener; by proxy key and listener name. */
  readonly directBody: Query<number>
  diagnostics(proxyKey: string): readonly Diagnostic[]
}

/** The queries. */
export function createClaimQueries(graph: Graph, source: PlanSource, routes: RouteQueries): ClaimQueries {
  // Barriers: most edits of routes claim what was claimed before, and all clusters stand on all claims.
  const isBarrier = true
  const claimsOfGroup = (key: string): GroupClaims => {
    const [proxyKey = "", claimant = "", ...rest] = key.split("\n")
    if (rest.length > 0) {
      const leaf = routes.leafRoutes.get(key)
      return leafClaims(leaf.map(({ id }) => ({ id, route: routes.route.get(queryKey(proxyKey, id)) })))
    }
    if (source.proxy(proxyKey) === undefined) return noClaims
    const { clusters, secrets } = claimsOf(source, routes.context.get(proxyKey), proxyKey, claimant)
    return {
      filters: [],
      clusters: firstClaims(clusters.map(({ name }): NamedClaim => [name, claimant])),
      secrets: firstClaims(secrets.map(({ name }): NamedClaim => [name, claimant])),
      directBodyBytes: 0,
      diagnostics: [],
    }
  }
  const group = graph.query<GroupClaims>("emit.claims", claimsOfGroup, { isBarrier })
  const groupKeys = (proxyKey: string): readonly string[] => {
    const { http, l4 } = planOf(source, proxyKey).listeners
    return [
      ...http.flatMap(({ name }) => routes.leaves.get(queryKey(proxyKey, name))),
      ...l4.map(({ name }) => queryKey(proxyKey, l4Claimant(name))),
      queryKey(proxyKey, proxyClaimant),
    ]
  }
  const groups = graph.query<ClaimGroups>(
    "emit.claim-groups",
    (proxyKey, before) => settleClaims(new Map(groupKeys(proxyKey).map((key) => [key, group.get(key)])), before),
    { equals: sameClaims },
  )
  const filters = graph.query<readonly NamedClaim[]>("emit.listener-filters", (key) =>
    firstClaims(routes.leaves.get(key).flatMap((leaf) => group.get(leaf).filters)),
  )
  const directBody = graph.query<number>("emit.direct-body", (key) =>
    Math.max(0, ...routes.leaves.get(key).map((leaf) => group.get(leaf).directBodyBytes)),
  )
  const diagnostics = graph.query<readonly Diagnostic[]>("emit.claim-diagnostics", (proxyKey) =>
    groupKeys(proxyKey).flatMap((key) => group.get(key).diagnostics),
  )
  return {
    group,
    groups,
    filters,
    directBody,
    diagnostics: (proxyKey) => diagnostics.get(proxyKey),
  }
}

const noClaims: GroupClaims = { filters: [], clusters: [], secrets: [], directBodyBytes: 0, diagnostics: [] }

function leafClaims(leaf: readonly { readonly id: string; readonly route: EmittedRoute }[]): GroupClaims {
  const named = (kind: "filters" | "clusters" | "secrets"): readonly NamedClaim[] =>
    firstClaims(leaf.flatMap(({ id, route }) => route[kind].map((name): NamedClaim => [name, id])))
  return {
    filters: named("filters"),
    clusters: named("clusters"),
    secrets: named("secrets"),
    directBodyBytes: Math.max(0, ...leaf.map(({ route }) => route.directBodyBytes)),
    diagnostics: leaf.flatMap(({ route }) => (route.diagnostic === undefined ? [] : [route.diagnostic])),
  }
}
