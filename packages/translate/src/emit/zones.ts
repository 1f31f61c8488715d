import type { BackendCluster } from "./cluster-spec.ts"

/** Smallest cluster whose traffic is kept in a zone unless somebody says otherwise. */
const defaultMinClusterSize = 6

/** How a cluster uses zones: endpoints grouped by zone, with or without weights. */
export type Zones =
  | { readonly type: "local"; readonly minClusterSize: number; readonly forceLocalMinSize?: number }
  | { readonly type: "weighted"; readonly weights: ReadonlyMap<string, number> }

interface ZoneSpec {
  readonly zoneAware?: {
    readonly preferLocal?: {
      readonly minEndpointsThreshold?: number
      readonly force?: { readonly minEndpointsInZoneThreshold?: number }
    }
    readonly weightedZones?: readonly { readonly zone: string; readonly weight: number }[]
  }
}

/** Zone awareness of a cluster: its load balancer's, else its Service's; undefined when endpoints are grouped by backend. */
export function zonesOf(cluster: BackendCluster): Zones | undefined {
  if (cluster.isProxyService === true) return { type: "local", minClusterSize: 1 }
  const { zoneAware } = (cluster.traffic?.loadBalancer ?? {}) as ZoneSpec
  if (zoneAware?.weightedZones !== undefined)
    return { type: "weighted", weights: new Map(zoneAware.weightedZones.map(({ zone, weight }) => [zone, weight])) }
  if (zoneAware?.preferLocal !== undefined) {
    const { minEndpointsThreshold, force } = zoneAware.preferLocal
    return local(minEndpointsThreshold, force === undefined ? undefined : (force.minEndpointsInZoneThreshold ?? 1))
  }
  const own = cluster.settings.find((setting) => setting.zoneAware !== undefined)?.zoneAware
  return own === undefined ? undefined : local(own.minClusterSize, own.forceLocalMinSize)
}

function local(minClusterSize: number | undefined, forceLocalMinSize: number | undefined): Zones {
  return {
    type: "local",
    minClusterSize: minClusterSize ?? defaultMinClusterSize,
    ...(forceLocalMinSize === undefined ? {} : { forceLocalMinSize }),
  }
}
