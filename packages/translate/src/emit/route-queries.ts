// Queries about HTTP routes: encoded routes, the leaves they stand in, and the context they are encoded in.
import { contentVersion, type Diagnostic, type Graph, type Query, structuralEqual } from "@attache/base"
import type { RouteContext } from "../features/feature.ts"
import type { Origin, PlanRoute, PlanSource } from "../plan/index.ts"
import { partKey } from "../quarantine/part-key.ts"
import type { Quarantine } from "../quarantine/quarantine.ts"
import { type AllClaims, claimsOfClusters, claimsOfRoute } from "./claims.ts"
import { emitFailure } from "./failure.ts"
import { createFrameQueries } from "./frame-queries.ts"
import { type Layout, type Leaf, layoutOf, sameLayout, sameLeaf } from "./layout.ts"
import { encodeBrokenRoute, encodeRoute } from "./route.ts"
import { type LeafRoute, type RouteLeaf, routeLeaf } from "./route-configuration.ts"

/** A route, encoded, with the names of what it needs. */
export interface EmittedRoute {
  /** Undefined when not even an error answer could be made; the route is left out. */
  readonly bytes: Uint8Array | undefined
  readonly version: string
  readonly origins: readonly Origin[]
  readonly filters: readonly string[]
  readonly clusters: readonly string[]
  readonly secrets: readonly string[]
  readonly directBodyBytes: number
  readonly diagnostic?: Diagnostic
}

/** Queries about routes. */
export interface RouteQueries {
  /** By proxy key. */
  readonly context: Pick<Query<RouteContext>, "get">
  /** Leaf keys of an HTTP listener, by proxy key and listener name. A leaf key is both of them and the id of the leaf's first route. */
  readonly leaves: Query<readonly string[]>
  /** Routes of a leaf, by leaf key. */
  readonly leafRoutes: Query<Leaf>
  /** By proxy key and route id. */
  readonly route: Query<EmittedRoute>
  /** By leaf key. */
  readonly leaf: Query<RouteLeaf | undefined>
}

/** Joins the parts of a query's key; only the last may hold line breaks. */
export function queryKey(...parts: readonly string[]): string {
  return parts.join("\n")
}

/** The queries. */
export function createRouteQueries(graph: Graph, source: PlanSource, quarantine: Quarantine): RouteQueries {
  const { context, listener, frame } = createFrameQueries(graph, source)
  const layout = graph.query<Layout>(
    "emit.layout",
    (key, before) => {
      const found = listener.get(key)
      return layoutOf(found === undefined ? [] : source.hosts(found), before)
    },
    {
      equals: sameLayout,
      isBarrier: true,
      // A leaf is read by its id and by nothing else.
      reaches: (before, after, query, key) => {
        const id = leafId(key)
        return query !== leafRoutesName || before.get(id) !== after.get(id)
      },
    },
  )
  const leaves = graph.query<readonly string[]>("emit.leaf-keys", (key) =>
    [...layout.get(key).keys()].map((id) => queryKey(key, id)),
  )
  const leafRoutes = graph.query<Leaf>(
    leafRoutesName,
    (key) => {
      const [proxyKey = "", name = ""] = key.split("\n")
      return layout.get(queryKey(proxyKey, name)).get(leafId(key)) ?? []
    },
    { equals: sameLeaf },
  )
  const route = graph.query<EmittedRoute>(
    "emit.route",
    (key) => {
      const at = key.indexOf("\n")
      return emitRoute(source.route(key.slice(at + 1)), context.get(key.slice(0, at)))
    },
    { equals: sameRoute },
  )
  const leaf = graph.query<RouteLeaf | undefined>(
    "emit.leaf",
    (key) => {
      const [proxyKey = "", name = ""] = key.split("\n")
      const withdrawn = quarantine.of(proxyKey)
      return routeLeaf(
        frame.get(queryKey(proxyKey, name)),
        leafRoutes.get(key).flatMap(({ host, id }) => {
          const emitted = route.get(queryKey(proxyKey, id))
          if (withdrawn.size === 0 || !withdrawn.has(partKey("route", id, emitted.version)))
            return placed(host, id, emitted)
          const answer = broken(source.route(id), "")
          return placed(host, id, { ...answer, origins: emitted.origins }, emitted.version)
        }),
      )
    },
    { equals: (a, b) => a?.version === b?.version && structuralEqual(a?.parts, b?.parts) },
  )
  return { context, leaves, leafRoutes, route, leaf }
}

const leafRoutesName = "emit.leaf-routes"

/** Id of the first route of a leaf, from the leaf's key. */
function leafId(key: string): string {
  return key.split("\n").slice(2).join("\n")
}

function placed(
  host: string,
  id: string,
  { bytes, version, origins }: EmittedRoute,
  withdrawn?: string,
): readonly LeafRoute[] {
  if (bytes === undefined) return []
  return [{ host, id, bytes, version, origins, ...(withdrawn === undefined ? {} : { withdrawn }) }]
}

function emitRoute(plan: PlanRoute, context: RouteContext): EmittedRoute {
  try {
    const claims = claimsOfRoute(plan, context)
    const { bytes, origins } = encodeRoute(plan, context)
    return { bytes, version: contentVersion(bytes), origins, ...names(claims) }
  } catch (error) {
    return broken(plan, error)
  }
}

function broken(plan: PlanRoute, error: unknown): EmittedRoute {
  const nothing = names(claimsOfClusters([]))
  try {
    const { bytes, origins } = encodeBrokenRoute(plan)
    const diagnostic = emitFailure(plan.origin, error, "its requests are answered with status 500")
    return { bytes, version: contentVersion(bytes), origins, ...nothing, diagnostic }
  } catch (second) {
    const diagnostic = emitFailure(plan.origin, second, "the route is left out")
    return { bytes: undefined, version: "", origins: [plan.origin], ...nothing, diagnostic }
  }
}

function names({
  filters,
  clusters,
  secrets,
  directBodyBytes,
}: AllClaims): Pick<EmittedRoute, "filters" | "clusters" | "secrets" | "directBodyBytes"> {
  return {
    filters: filters.map(({ name }) => name),
    clusters: clusters.map(({ name }) => name),
    secrets: secrets.map(({ name }) => name),
    directBodyBytes,
  }
}

/** The version stands for the bytes. */
function sameRoute({ bytes: _a, ...a }: EmittedRoute, { bytes: _b, ...b }: EmittedRoute): boolean {
  return structuralEqual(a, b)
}
