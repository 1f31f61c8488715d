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
  return gather(routeFeatures, (feature) => feature.claimRoute(route, context))
}

/** Claims of a listener. */
export function claimsOfListener(listener: HttpListener | L4Listener): AllClaims {
  return gather(listenerFeatures, (feature) => feature.claimListener(listener))
}

/** Claims of a proxy as a whole. */
export function claimsOfProxy(options: ProxyOptions): AllClaims {
  return gather(proxyFeatures, (feature) => feature.claimProxy(options))
}

/** Claims of clusters, and the clusters themselves. */
export function claimsOfClusters(clusters: readonly ClusterSpec[]): AllClaims {
  return gather([], () => undefined, clusters)
}

const routeFeatures = featuresWith("claimRoute")
const listenerFeatures = featuresWith("claimListener")
const proxyFeatures = featuresWith("claimProxy")
const clusterFeatures = featuresWith("claimCluster")

type FeatureWith<K extends keyof Feature> = Feature & { readonly [key in K]-?: NonNullable<Feature[K]> }

function featuresWith<K extends keyof Feature>(what: K): readonly FeatureWith<K>[] {
  return features.filter((feature): feature is FeatureWith<K> => feature[what] !== undefined)
}

function gather<F extends Feature>(
  claimants: readonly F[],
  claim: (feature: F) => Claims | undefined,
  given: readonly ClusterSpec[] = [],
): AllClaims {
  const filters: { name: string; feature: Feature }[] = []
  const clusters: ClusterSpec[] = [...given]
  const secrets: SecretSpec[] = []
  let directBodyBytes = 0
  for (const feature of claimants) {
    const claims = claim(feature)
    if (claims === undefined) continue
    for (const name of claims.filters ?? []) filters.push({ name, feature })
    if (claims.clusters !== undefined) clusters.push(...claims.clusters)
    if (claims.secrets !== undefined) secrets.push(...claims.secrets)
    directBodyBytes = Math.max(directBodyBytes, claims.directBodyBytes ?? 0)
  }
  for (let at = 0, own = clusters.length; at < own; at++) {
    const cluster = clusters[at] as ClusterSpec
    if (cluster.type === "backends") addClusterClaims(cluster, clusters, secrets)
  }
  return { filters, clusters: ofRoutesFirst(clusters), secrets, directBodyBytes }
}

function addClusterClaims(cluster: BackendCluster, clusters: ClusterSpec[], secrets: SecretSpec[]): void {
  for (const feature of clusterFeatures) {
    const claims = feature.claimCluster(cluster)
    if (claims === undefined) continue
    if (claims.clusters !== undefined) clusters.push(...claims.clusters)
    if (claims.secrets !== undefined) secrets.push(...claims.secrets)
  }
}

/** The upstreams of a route stand before the services of its filters, as in Envoy Gateway. */
function ofRoutesFirst(clusters: readonly ClusterSpec[]): readonly ClusterSpec[] {
  if (clusters.length < 2) return clusters
  const isOfRoute = (spec: ClusterSpec): boolean => spec.type === "backends" && spec.isRouteCluster
  return [...clusters.filter(isOfRoute), ...clusters.filter((spec) => !isOfRoute(spec))]
}
