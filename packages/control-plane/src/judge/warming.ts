// What an Envoy accepted and does not use yet, read from its admin interface.
import { resourceTypeUrls as typeUrls } from "@attache/envoy-api"

/** A listener or cluster that was accepted and still waits for something. */
export interface WarmingResource {
  readonly typeUrl: string
  readonly name: string
}

/** Statistics whose sum is the number of warming listeners and clusters. */
export const warmingStats = "^listener_manager\\.total_listeners_warming$|^cluster_manager\\.warming_clusters$"

/** A cluster that Envoy has, warm or not. */
export interface KnownCluster {
  readonly name: string
  /** Version of the resource as it was sent. */
  readonly version: string
}

/** Clusters of a configuration dump of `dynamic_warming_clusters` or `dynamic_active_clusters`. Source: Envoy, `ClustersConfigDump`. */
export function dumpedClusters(dump: unknown): readonly KnownCluster[] {
  return entriesOf(dump).flatMap(({ version_info: version, cluster }) => {
    const name = isRecord(cluster) ? cluster.name : undefined
    return typeof name === "string" ? [{ name, version: typeof version === "string" ? version : "" }] : []
  })
}

/** Listeners of a configuration dump of `dynamic_listeners` that have a state in waiting. Source: Envoy, `ListenersConfigDump`. */
export function warmingListeners(dump: unknown): readonly WarmingResource[] {
  return entriesOf(dump).flatMap(({ name, warming_state: state }) =>
    typeof name === "string" && isRecord(state) ? [{ typeUrl: typeUrls.listener, name }] : [],
  )
}

function entriesOf(dump: unknown): readonly Readonly<Record<string, unknown>>[] {
  const configs: unknown = isRecord(dump) ? dump.configs : undefined
  return Array.isArray(configs) ? configs.filter(isRecord) : []
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
