// What routes, listeners, clusters and proxies need beside themselves, asked of all features.
import type { Feature, RouteContext } from "../features/feature.ts"
import { features } from "../features/index.ts"
import type { HttpListener, L4Listener, PlanRoute, ProxyOptions } from "../plan/index.ts"
import type { BackendCluster, Claims, ClusterSpec, SecretSpec } from "./cluster-spec.ts"

/** Claims of several features put together. */
export interface AllClaims {
  readonly filters: readonly { readonly name: string; readonly feature: Feature }[]
  readonly clusters: readonly ClusterSpec[]
  readonly secrets: readonly SecretSpec[]
  readonly directBodyBytes: number
}

/** Claims of a route: HTTP filters, clusters and secrets, those that its clusters claim included. */
export function claimsOfRoute(route: PlanRoute, context: RouteContext): AllClaims {
  return gather((feature) => feature.claimRoute?.(route, context))
}

/** Claims of a listener. */
export function claimsOfListener(listener: HttpListener | L4Listener): AllClaims {
  return gather((feature) => feature.claimListener?.(listener))
}

/** Claims of a proxy as a whole. */
export function claimsOfProxy(options: ProxyOptions): AllClaims {
  return gather((feature) => feature.claimProxy?.(options))
}

/** Claims of clusters, and the clusters themselves. */
export function claimsOfClusters(clusters: readonly ClusterSpec[]): AllClaims {
  return gather(() => undefined, clusters)
}

const routeFeatures = features.filter(
  ({ claimRoute, claimListener, claimProxy }) => claimRoute ?? claimListener ?? claimProxy,
)
const clusterFeatures = features.filter(({ claimCluster }) => claimCluster !== undefined)

function gather(claim: (feature: Feature) => Claims | undefined, given: readonly ClusterSpec[] = []): AllClaims {
  const filters: { name: string; feature: Feature }[] = []
  const clusters: ClusterSpec[] = [...given]
  const secrets: SecretSpec[] = []
  let directBodyBytes = 0
  for (const feature of routeFeatures) {
    const claims = claim(feature)
    if (claims === undefined) continue
    for (const name of claims.filters ?? []) filters.push({ name, feature })
    clusters.push(...(claims.clusters ?? []))
    secrets.push(...(claims.secrets ?? []))
    directBodyBytes = Math.max(directBodyBytes, claims.directBodyBytes ?? 0)
  }
  for (const cluster of [...clusters]) if (cluster.type === "backends") addClusterClaims(cluster, clusters, secrets)
  return { filters, clusters: ofRoutesFirst(clusters), secrets, directBodyBytes }
}

function addClusterClaims(cluster: BackendCluster, clusters: ClusterSpec[], secrets: SecretSpec[]): void {
  for (const feature of clusterFeatures) {
    const claims = feature.claimCluster?.(cluster)
    if (claims === undefined) continue
    clusters.push(...(claims.clusters ?? []))
    secrets.push(...(claims.secrets ?? []))
  }
}

/** The upstreams of a route stand before the services of its filters, as in Envoy Gateway. */
function ofRoutesFirst(clusters: readonly ClusterSpec[]): readonly ClusterSpec[] {
  const isOfRoute = (spec: ClusterSpec): boolean => spec.type === "backends" && spec.isRouteCluster
  return [...clusters.filter(isOfRoute), ...clusters.filter((spec) => !isOfRoute(spec))]
}
