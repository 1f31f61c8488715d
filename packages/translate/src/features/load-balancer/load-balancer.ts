// How a request finds its endpoint: BackendTrafficPolicy-style `loadBalancer`, zones, and the policies of Envoy Gateway.
import type { LoadBalancingPolicySchema } from "@attache/envoy-api/gen/envoy/config/cluster/v3/cluster_pb"
import { ClusterProvidedSchema } from "@attache/envoy-api/gen/envoy/extensions/load_balancing_policies/cluster_provided/v3/cluster_provided_pb"
import type { LocalityLbConfigSchema } from "@attache/envoy-api/gen/envoy/extensions/load_balancing_policies/common/v3/common_pb"
import { LeastRequestSchema } from "@attache/envoy-api/gen/envoy/extensions/load_balancing_policies/least_request/v3/least_request_pb"
import { MaglevSchema } from "@attache/envoy-api/gen/envoy/extensions/load_balancing_policies/maglev/v3/maglev_pb"
import { OverrideHostSchema } from "@attache/envoy-api/gen/envoy/extensions/load_balancing_policies/override_host/v3/override_host_pb"
import { RandomSchema } from "@attache/envoy-api/gen/envoy/extensions/load_balancing_policies/random/v3/random_pb"
import { RoundRobinSchema } from "@attache/envoy-api/gen/envoy/extensions/load_balancing_policies/round_robin/v3/round_robin_pb"
import type { BackendCluster } from "../../emit/cluster-spec.ts"
import { duration } from "../../emit/duration.ts"
import { extension, type Init } from "../../emit/wire.ts"
import { type Zones, zonesOf } from "../../emit/zones.ts"
import type { Feature } from "../feature.ts"
import { backendUtilization } from "./backend-utilization.ts"
import { hashPolicies } from "./hash-policy.ts"
import type { LoadBalancerSpec } from "./load-balancer-spec.ts"

/** Load balancing policy of a cluster. */
export const loadBalancer: Feature = {
  name: "load-balancer",
  contributeCluster: (cluster) => {
    const spec = (cluster.traffic?.loadBalancer ?? {}) as LoadBalancerSpec
    const hashes = cluster.isRouteCluster ? [] : hashPolicies(spec)
    return {
      cluster: { loadBalancingPolicy: oneOf(policy(cluster, spec)) },
      ...(hashes.length === 0 ? {} : { httpOptions: { hashPolicy: hashes } }),
    }
  },
}

function oneOf(typedExtensionConfig: ReturnType<typeof extension>): Init<typeof LoadBalancingPolicySchema> {
  return { policies: [{ typedExtensionConfig }] }
}

function policy(cluster: BackendCluster, spec: LoadBalancerSpec): ReturnType<typeof extension> {
  if (cluster.settings[0]?.addressType === "dynamic-resolver")
    return extension("envoy.load_balancing_policies.cluster_provided", ClusterProvidedSchema, {})
  if (spec.endpointOverride !== undefined) return overridden(cluster, spec, spec.endpointOverride)
  return choice(cluster, spec)
}

/** The policy of a type; those of dynamic modules are in the API of Envoy Gateway 1.9, but nothing is made of them. */
function choice(cluster: BackendCluster, spec: LoadBalancerSpec): ReturnType<typeof extension> {
  const zones = zonesOf(cluster)
  const localityLbConfig = localities(cluster, spec)
  const window = spec.slowStart?.window
  const slowStart = window === undefined ? {} : { slowStartConfig: { slowStartWindow: duration(window) } }
  switch (spec.type) {
    case "RoundRobin":
      return extension("envoy.load_balancing_policies.round_robin", RoundRobinSchema, {
        localityLbConfig,
        ...slowStart,
      })
    case "Random":
      return extension("envoy.load_balancing_policies.random", RandomSchema, { localityLbConfig })
    case "ConsistentHash":
      return extension("envoy.load_balancing_policies.maglev", MaglevSchema, maglev(spec, zones))
    case "BackendUtilization":
      return backendUtilization(spec, zones?.type === "weighted")
    default:
      return extension("envoy.load_balancing_policies.least_request", LeastRequestSchema, {
        localityLbConfig,
        ...slowStart,
      })
  }
}

function maglev({ consistentHash }: LoadBalancerSpec, zones: Zones | undefined): Init<typeof MaglevSchema> {
  return {
    ...(consistentHash?.tableSize === undefined ? {} : { tableSize: BigInt(consistentHash.tableSize) }),
    ...(zones?.type === "weighted" ? { localityWeightedLbConfig: {} } : {}),
  }
}

/** Endpoints named in headers of the request; without one, the policy of the type, which has its own settings only for reported loads. */
function overridden(
  cluster: BackendCluster,
  spec: LoadBalancerSpec,
  { extractFrom }: NonNullable<LoadBalancerSpec["endpointOverride"]>,
): ReturnType<typeof extension> {
  const chosen = choice(cluster, spec)
  return extension("envoy.load_balancing_policies.override_host", OverrideHostSchema, {
    overrideHostSources: extractFrom.map(({ header }) => (header === undefined ? {} : { header })),
    fallbackPolicy: oneOf(
      spec.type === "BackendUtilization"
        ? chosen
        : { ...chosen, typedConfig: { ...chosen.typedConfig, value: new Uint8Array() } },
    ),
  })
}

function localities(cluster: BackendCluster, spec: LoadBalancerSpec): Init<typeof LocalityLbConfigSchema> {
  const zones = zonesOf(cluster)
  if (zones === undefined || zones.type === "weighted")
    return { localityConfigSpecifier: { case: "localityWeightedLbConfig", value: {} } }
  const percentage = spec.zoneAware?.preferLocal?.percentageEnabled
  return {
    localityConfigSpecifier: {
      case: "zoneAwareLbConfig",
      value: {
        ...(percentage === undefined ? {} : { routingEnabled: { value: percentage } }),
        minClusterSize: BigInt(zones.minClusterSize),
        ...(zones.forceLocalMinSize === undefined ? {} : { forceLocalZone: { minSize: zones.forceLocalMinSize } }),
      },
    },
  }
}
