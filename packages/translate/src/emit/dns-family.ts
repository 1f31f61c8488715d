import { DnsLookupFamily } from "@attache/envoy-api/gen/envoy/extensions/clusters/common/dns/v3/dns_pb"
import type { IpFamily } from "../plan/index.ts"
import type { BackendCluster } from "./cluster-spec.ts"

/** Names that Envoy's two enums of lookup families share; their numbers differ by one. */
export type DnsFamily = "AUTO" | "V4_ONLY" | "V6_ONLY" | "V4_PREFERRED" | "ALL"

const byApi: Readonly<Record<string, DnsFamily>> = {
  IPv4: "V4_ONLY",
  IPv6: "V6_ONLY",
  IPv4Preferred: "V4_PREFERRED",
  // Envoy's AUTO asks for IPv6 first.
  IPv6Preferred: "AUTO",
  IPv4AndIPv6: "ALL",
}

/** Lookup family of a cluster; for HTTP and gRPC routes the IP families of the Services override what the user chose. */
export function dnsFamilyOf({ settings, traffic, isRouteCluster }: BackendCluster): DnsFamily {
  const chosen = traffic?.dns?.lookupFamily
  const family = chosen === undefined ? "V4_PREFERRED" : (byApi[chosen] ?? "V4_PREFERRED")
  if (!isRouteCluster) return family
  switch (commonFamily(settings.map(({ ipFamily }) => ipFamily))) {
    case "IPv4":
      return "V4_ONLY"
    case "IPv6":
      return "V6_ONLY"
    case "DualStack":
      return chosen === undefined ? "ALL" : family
    default:
      return family
  }
}

/** The value of the DNS cluster extension's own enum. */
export function commonDnsFamily(family: DnsFamily): DnsLookupFamily {
  return DnsLookupFamily[family]
}

function commonFamily(families: readonly (IpFamily | undefined)[]): IpFamily | undefined {
  const known = new Set(families.filter((family) => family !== undefined))
  if (known.has("DualStack") || (known.has("IPv4") && known.has("IPv6"))) return "DualStack"
  return [...known][0]
}
