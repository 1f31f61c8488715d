import { resourceTypeUrls as typeUrls } from "@attache/envoy-api"
import type { Variant } from "./type-state.ts"

/** One streaming method of a discovery service. */
export interface DiscoveryMethod {
  readonly service: string
  readonly method: string
  readonly variant: Variant
  /** The only type of the stream; undefined: aggregated. */
  readonly typeUrl: string | undefined
}

const aggregated = "envoy.service.discovery.v3.AggregatedDiscoveryService"

const both = (service: string, plural: string, typeUrl: string): readonly DiscoveryMethod[] => [
  { service, method: `Stream${plural}`, variant: "sotw", typeUrl },
  { service, method: `Delta${plural}`, variant: "delta", typeUrl },
]

/** Every streaming method of the version 3 discovery services. The unary Fetch methods belong to REST and are left out. */
export const discoveryMethods: readonly DiscoveryMethod[] = [
  { service: aggregated, method: "StreamAggregatedResources", variant: "sotw", typeUrl: undefined },
  { service: aggregated, method: "DeltaAggregatedResources", variant: "delta", typeUrl: undefined },
  ...both("envoy.service.listener.v3.ListenerDiscoveryService", "Listeners", typeUrls.listener),
  ...both("envoy.service.cluster.v3.ClusterDiscoveryService", "Clusters", typeUrls.cluster),
  ...both("envoy.service.endpoint.v3.EndpointDiscoveryService", "Endpoints", typeUrls.endpoint),
  ...both("envoy.service.route.v3.RouteDiscoveryService", "Routes", typeUrls.route),
  ...both("envoy.service.route.v3.ScopedRoutesDiscoveryService", "ScopedRoutes", typeUrls.scopedRoute),
  ...both("envoy.service.secret.v3.SecretDiscoveryService", "Secrets", typeUrls.secret),
  ...both("envoy.service.runtime.v3.RuntimeDiscoveryService", "Runtime", typeUrls.runtime),
  ...both("envoy.service.extension.v3.ExtensionConfigDiscoveryService", "ExtensionConfigs", typeUrls.extensionConfig),
  {
    service: "envoy.service.route.v3.VirtualHostDiscoveryService",
    method: "DeltaVirtualHosts",
    variant: "delta",
    typeUrl: typeUrls.virtualHost,
  },
]

/** HTTP/2 path of a method. */
export function methodPath(method: DiscoveryMethod): string {
  return `/${method.service}/${method.method}`
}
