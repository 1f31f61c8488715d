// Where requests go: one cluster, or several by weight.

import type { WeightedCluster_ClusterWeightSchema } from "@attache/envoy-api/gen/envoy/config/route/v3/route_components_pb"
import { RouteAction_ClusterNotFoundResponseCode } from "@attache/envoy-api/gen/envoy/config/route/v3/route_components_pb"
import { clusterNameOf, clusterOf, clustersOfSplit } from "../../emit/cluster-spec.ts"
import { invalidBackendCluster } from "../../emit/names.ts"
import { defined, type Init } from "../../emit/wire.ts"
import type { DestinationSetting, Forward, WeightedSplit } from "../../plan/index.ts"
import type { Feature, RouteContribution } from "../feature.ts"
import { headerChanges } from "../header-modifier/header-modifier.ts"

/** Routes that forward: `cluster` or `weighted_clusters`, and the clusters themselves. */
export const forward: Feature = {
  name: "forward",
  claimRoute: ({ action, shelved, origin }) => {
    const forwarded = action.type === "forward" ? action.forward : shelved
    if (forwarded === undefined) return undefined
    const { destination, split } = forwarded
    return {
      clusters: split === undefined ? [clusterOf(destination, true, origin)] : clustersOfSplit(destination, origin),
    }
  },
  contributeRoute: ({ action }) => (action.type === "forward" ? { forward: target(action.forward) } : undefined),
}

function target({ destination, split }: Forward): NonNullable<RouteContribution["forward"]> {
  if (split !== undefined) return weighted(destination.settings, split)
  return { clusterSpecifier: { case: "cluster", value: clusterNameOf(destination) } }
}

function weighted(
  settings: readonly DestinationSetting[],
  split: WeightedSplit,
): NonNullable<RouteContribution["forward"]> {
  const clusters: Init<typeof WeightedCluster_ClusterWeightSchema>[] = []
  if (split.invalidWeight > 0) clusters.push({ name: invalidBackendCluster, weight: split.invalidWeight })
  const shares = split.clusters.map(({ setting, weight }) => ({ setting: settings[setting], weight }))
  const own = shares.filter(({ setting }) => setting?.mergedCluster === undefined)
  const merged = shares.filter(({ setting }) => setting?.mergedCluster !== undefined)
  for (const { setting, weight } of [...own, ...merged]) {
    if (setting === undefined) throw new Error("weighted split names a setting that the destination does not have")
    clusters.push(share(setting, weight))
  }
  return {
    clusterSpecifier: { case: "weightedClusters", value: { clusters } },
    clusterNotFoundResponseCode: split.hasEmptyBackend
      ? RouteAction_ClusterNotFoundResponseCode.SERVICE_UNAVAILABLE
      : RouteAction_ClusterNotFoundResponseCode.INTERNAL_SERVER_ERROR,
  }
}

function share(setting: DestinationSetting, weight: number): Init<typeof WeightedCluster_ClusterWeightSchema> {
  const { filters } = setting
  const request = headerChanges(filters?.requestHeaders)
  const response = headerChanges(filters?.responseHeaders)
  return defined({
    name: setting.mergedCluster ?? setting.name,
    weight,
    requestHeadersToAdd: request?.add,
    requestHeadersToRemove: request?.remove,
    responseHeadersToAdd: response?.add,
    responseHeadersToRemove: response?.remove,
    hostRewriteSpecifier:
      filters?.hostRewrite === undefined
        ? undefined
        : { case: "hostRewriteLiteral" as const, value: filters.hostRewrite },
  })
}
