import type { DestinationSetting } from "../plan/index.ts"
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

/**
 * Zone awareness of a cluster: its load balancer's, else that of the Service when it is the only backend; undefined when
 * endpoints are grouped by backend.
 */
export function zonesOf(cluster: BackendCluster): Zones | undefined {
  const [only, second] = cluster.settings
  return chosenZones(cluster) ?? (only === undefined || second !== undefined ? undefined : ownZones(only))
}

/** How the endpoints of one backend are grouped: by what the whole cluster says, else by what its own Service says. */
export function zonesOfSetting(cluster: BackendCluster, setting: DestinationSetting): Zones | undefined {
  return chosenZones(cluster) ?? ownZones(setting)
}

function chosenZones(cluster: BackendCluster): Zones | undefined {
  if (cluster.isProxyService === true) return { type: "local", minClusterSize: 1 }
  const { zoneAware } = (cluster.traffic?.loadBalancer ?? {}) as ZoneSpec
  const { weightedZones = [], preferLocal } = zoneAware ?? {}
  if (weightedZones.length > 0)
    return { type: "weighted", weights: new Map(weightedZones.map(({ zone, weight }) => [zone, weight])) }
  if (preferLocal === undefined) return undefined
  const { minEndpointsThreshold, force } = preferLocal
  return local(minEndpointsThreshold, force === undefined ? undefined : (force.minEndpointsInZoneThreshold ?? 1))
}

function ownZones({ zoneAware }: DestinationSetting): Zones | undefined {
  return zoneAware === undefined ? undefined : local(zoneAware.minClusterSize, zoneAware.forceLocalMinSize)
}

function local(minClusterSize: number | undefined, forceLocalMinSize: number | undefined): Zones {
  return {
    type: "local",
    minClusterSize: minClusterSize ?? defaultMinClusterSize,
    ...(forceLocalMinSize === undefined ? {} : { forceLocalMinSize }),
  }
}
