import { Cluster_DnsLookupFamily } from "@attache/envoy-api/gen/envoy/config/cluster/v3/cluster_pb"
import type { DnsCacheConfigSchema } from "@attache/envoy-api/gen/envoy/extensions/common/dynamic_forward_proxy/v3/dns_cache_pb"
import type { BackendCluster } from "./cluster-spec.ts"
import { type DnsFamily, dnsFamilyOf } from "./dns-family.ts"
import { duration, milliseconds } from "./duration.ts"
import type { Init } from "./wire.ts"

/** How often names are resolved unless the user or the records' lifetime says otherwise. */
export const defaultDnsRefresh = "30s"

/** The cache of a cluster that resolves names as they are asked for. Whoever shares the cache must give it the same name and options. */
export function dnsCacheConfig(
  spec: BackendCluster,
  family: DnsFamily = dnsFamilyOf(spec),
): Init<typeof DnsCacheConfigSchema> {
  const refresh = spec.traffic?.dns?.refreshRate ?? defaultDnsRefresh
  return {
    name: `envoy-gateway-dfp-cache-${family.toLowerCase()}-${milliseconds(refresh)}ms-default`,
    dnsLookupFamily: Cluster_DnsLookupFamily[family],
    dnsRefreshRate: duration(refresh),
  }
}
