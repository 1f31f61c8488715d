import type { RouteAction_HashPolicySchema } from "@attache/envoy-api/gen/envoy/config/route/v3/route_components_pb"
import { duration } from "../../emit/duration.ts"
import type { Init } from "../../emit/wire.ts"
import type { LoadBalancerSpec } from "./load-balancer-spec.ts"

type HashPolicy = Init<typeof RouteAction_HashPolicySchema>

/** What of a request is hashed; empty unless the load balancer is a consistent hash. */
export function hashPolicies({ type, consistentHash: spec }: LoadBalancerSpec): HashPolicy[] {
  if (type !== "ConsistentHash" || spec === undefined) return []
  switch (spec.type) {
    case "SourceIP":
      return [{ policySpecifier: { case: "connectionProperties", value: { sourceIp: true } } }]
    case "Header":
      return spec.header === undefined ? [] : [header(spec.header.name)]
    case "Headers":
      return (spec.headers ?? []).map(({ name }) => header(name))
    case "QueryParams":
      return (spec.queryParams ?? []).map(({ name }) => ({
        policySpecifier: { case: "queryParameter", value: { name } },
      }))
    case "Cookie":
      return spec.cookie === undefined ? [] : [cookie(spec.cookie)]
    default:
      return []
  }
}

function header(headerName: string): HashPolicy {
  return { policySpecifier: { case: "header", value: { headerName } } }
}

function cookie(spec: NonNullable<NonNullable<LoadBalancerSpec["consistentHash"]>["cookie"]>): HashPolicy {
  const attributes = Object.entries(spec.attributes ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    policySpecifier: {
      case: "cookie",
      value: {
        name: spec.name,
        ...(spec.ttl === undefined ? {} : { ttl: duration(spec.ttl) }),
        attributes: attributes.map(([name, value]) => ({ name, value })),
      },
    },
  }
}
