// What is asked of the cluster, secret and filter lists, before anything is encoded.
import type { Secret } from "@attache/base"
import type {
  ClusterStats,
  ClusterTraffic,
  Destination,
  DestinationSetting,
  Origin,
  ResourceMetadata,
} from "../plan/index.ts"

/** TLS of a whole cluster with certificates from files of the proxy, for servers that are not backends. */
export interface ClusterTls {
  readonly caFile: string
  readonly sni?: string
  /** Secret with the client certificate, delivered over ADS. */
  readonly clientCertificate?: string
}

/** A cluster of backends or of a service the proxy itself talks to. */
export interface BackendCluster {
  readonly type: "backends"
  readonly name: string
  readonly settings: readonly DestinationSetting[]
  readonly traffic?: ClusterTraffic
  readonly metadata?: ResourceMetadata
  readonly statName?: string
  readonly stats?: ClusterStats
  /** True for clusters of HTTP and gRPC routes; others take what routes would say (hash policy) into the cluster. */
  readonly isRouteCluster: boolean
  readonly tls?: ClusterTls
  /** The proxy's own Service, for zone aware routing. */
  readonly isProxyService?: boolean
  readonly origin: Origin
}

/** A cluster that is wanted. */
export type ClusterSpec =
  | BackendCluster
  /** An SDS server on a Unix socket. */
  | { readonly type: "sds"; readonly name: string; readonly path: string; readonly origin: Origin }
  /** Has a name and no endpoints. */
  | { readonly type: "empty"; readonly name: string; readonly origin: Origin }

/** A secret that is wanted. */
export type SecretSpec =
  | {
      readonly type: "certificate"
      readonly name: string
      readonly chain: Uint8Array
      readonly key: Secret
      readonly ocspStaple?: Uint8Array
      readonly origin: Origin
    }
  | {
      readonly type: "ca"
      readonly name: string
      readonly certificate: Uint8Array
      readonly crl?: Uint8Array
      readonly origin: Origin
    }
  | { readonly type: "system-ca"; readonly name: string; readonly origin: Origin }
  | { readonly type: "generic"; readonly name: string; readonly value: Secret; readonly origin: Origin }

/** Things a route, listener, cluster or proxy needs to exist beside itself. */
export interface Claims {
  /** Names of HTTP filters. */
  readonly filters?: readonly string[]
  readonly clusters?: readonly ClusterSpec[]
  readonly secrets?: readonly SecretSpec[]
  /** Length of a body that the route configuration must allow for direct responses. */
  readonly directBodyBytes?: number
}

/** The one cluster of a destination that is not split, or the cluster it shares with other routes. */
export function clusterOf(destination: Destination, isRouteCluster: boolean, origin: Origin): BackendCluster {
  const merged = mergedSetting(destination)
  const { name, settings, traffic, metadata, statName, stats } = destination
  if (merged !== undefined) return mergedCluster(merged, stats, isRouteCluster, origin)
  return {
    type: "backends",
    name,
    settings,
    ...(traffic === undefined ? {} : { traffic }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(statName === undefined ? {} : { statName }),
    ...(stats === undefined ? {} : { stats }),
    isRouteCluster,
    origin,
  }
}

/** Name of the cluster that takes all requests of a destination which is not split. */
export function clusterNameOf(destination: Destination): string {
  return mergedSetting(destination)?.mergedCluster ?? destination.name
}

/** The backend of a destination all of whose settings share one cluster with other routes. */
function mergedSetting({ settings }: Destination): DestinationSetting | undefined {
  const [first] = settings
  if (first?.mergedCluster === undefined) return undefined
  return settings.every(({ mergedCluster }) => mergedCluster === first.mergedCluster) ? first : undefined
}

/** One cluster for each setting of a destination whose requests are split; merged ones come last, as in Envoy Gateway. */
export function clustersOfSplit(destination: Destination, origin: Origin): readonly BackendCluster[] {
  const own: BackendCluster[] = []
  const merged: BackendCluster[] = []
  for (const setting of destination.settings) {
    if (setting.mergedCluster !== undefined) merged.push(mergedCluster(setting, destination.stats, true, origin))
    else own.push(clusterOf({ ...destination, name: setting.name, settings: [setting] }, true, origin))
  }
  return [...own, ...merged]
}

/** A merged cluster knows nothing of the routes: its locality is named as the cluster and weighs 1. */
function mergedCluster(
  setting: DestinationSetting,
  stats: ClusterStats | undefined,
  isRouteCluster: boolean,
  origin: Origin,
): BackendCluster {
  const name = setting.mergedCluster ?? setting.name
  const { weight: _weight, filters: _filters, mergedCluster: _merged, ...shared } = setting
  return {
    type: "backends",
    name,
    settings: [{ ...shared, name }],
    ...(setting.metadata === undefined ? {} : { metadata: setting.metadata }),
    ...(stats === undefined ? {} : { stats }),
    isRouteCluster,
    origin,
  }
}
