// ClusterLoadAssignments: one locality for each backend, or for each zone of it.

import type { AddressSchema } from "@attache/envoy-api/gen/envoy/config/core/v3/address_pb"
import { HealthStatus } from "@attache/envoy-api/gen/envoy/config/core/v3/health_check_pb"
import type {
  LbEndpointSchema,
  LocalityLbEndpointsSchema,
} from "@attache/envoy-api/gen/envoy/config/endpoint/v3/endpoint_components_pb"
import type { ClusterLoadAssignmentSchema } from "@attache/envoy-api/gen/envoy/config/endpoint/v3/endpoint_pb"
import type { DestinationSetting, EndpointSource, PlanEndpoint } from "../plan/index.ts"
import type { BackendCluster } from "./cluster-spec.ts"
import { resourceMetadata } from "./metadata.ts"
import { tlsMatchName } from "./names.ts"
import type { Init } from "./wire.ts"
import { type Zones, zonesOfSetting } from "./zones.ts"

/** Gives the endpoints of a source, and records that they were read. */
export type ResolveEndpoints = (source: EndpointSource) => readonly PlanEndpoint[]

type Locality = Init<typeof LocalityLbEndpointsSchema>

/** The load assignment of a cluster, inline for DNS clusters and a resource of its own for EDS. */
export function loadAssignment(
  cluster: BackendCluster,
  resolve: ResolveEndpoints,
): Init<typeof ClusterLoadAssignmentSchema> {
  const endpoints = cluster.settings.flatMap((setting, index) => {
    const lbEndpoints = resolve(setting.endpoints).map((endpoint) => ({
      zone: endpoint.zone,
      lbEndpoint: lbEndpoint(cluster, setting, index, endpoint),
    }))
    const zones = zonesOfSetting(cluster, setting)
    return zones === undefined
      ? [
          locality(
            setting,
            lbEndpoints.map((endpoint) => endpoint.lbEndpoint),
          ),
        ]
      : zonal(setting, zones, lbEndpoints)
  })
  return { clusterName: cluster.name, endpoints }
}

function locality(setting: DestinationSetting, lbEndpoints: Init<typeof LbEndpointSchema>[]): Locality {
  return {
    locality: { region: setting.name },
    lbEndpoints,
    loadBalancingWeight: setting.weight ?? 1,
    ...shared(setting),
  }
}

/** Zones carry no weight of the backend: Envoy weighs them by their endpoints, or by the user's numbers. */
function zonal(
  setting: DestinationSetting,
  zones: Zones,
  endpoints: readonly { readonly zone: string | undefined; readonly lbEndpoint: Init<typeof LbEndpointSchema> }[],
): Locality[] {
  const byZone = new Map<string, Init<typeof LbEndpointSchema>[]>()
  for (const { zone = "", lbEndpoint: endpoint } of endpoints) {
    const group = byZone.get(zone)
    if (group === undefined) byZone.set(zone, [endpoint])
    else group.push(endpoint)
  }
  return [...byZone.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([zone, lbEndpoints]) => ({
      locality: { zone },
      lbEndpoints,
      ...(zones.type === "weighted" ? { loadBalancingWeight: zones.weights.get(zone) ?? 1 } : {}),
      ...shared(setting),
    }))
}

function shared(setting: DestinationSetting): Locality {
  const metadata = resourceMetadata(setting.metadata)
  return {
    ...(setting.priority === undefined ? {} : { priority: setting.priority }),
    ...(metadata === undefined ? {} : { metadata }),
  }
}

function lbEndpoint(
  { name, traffic }: BackendCluster,
  { tls }: DestinationSetting,
  index: number,
  endpoint: PlanEndpoint,
): Init<typeof LbEndpointSchema> {
  const healthCheckConfig = healthCheckOf(traffic?.healthCheck, endpoint)
  return {
    hostIdentifier: {
      case: "endpoint",
      value: {
        address: address(endpoint),
        ...(endpoint.hostname === undefined ? {} : { hostname: endpoint.hostname }),
        ...(healthCheckConfig === undefined ? {} : { healthCheckConfig }),
      },
    },
    ...(endpoint.isDraining === true ? { healthStatus: HealthStatus.DRAINING } : {}),
    loadBalancingWeight: 1,
    ...(tls === undefined
      ? {}
      : { metadata: { filterMetadata: { "envoy.transport_socket_match": { name: tlsMatchName(name, index) } } } }),
  }
}

function address({ address: at }: PlanEndpoint): Init<typeof AddressSchema> {
  return at.type === "pipe"
    ? { address: { case: "pipe", value: { path: at.path } } }
    : {
        address: {
          case: "socketAddress",
          value: { address: at.host, portSpecifier: { case: "portValue", value: at.port } },
        },
      }
}

/** Where and by which name one endpoint is checked; the check's own host name beats that of the endpoint. */
function healthCheckOf(
  spec: Readonly<Record<string, unknown>> | undefined,
  { hostname }: PlanEndpoint,
): { readonly portValue?: number; readonly hostname?: string } | undefined {
  const active = spec?.active as ActiveCheck | undefined
  if (active === undefined) return undefined
  const own = active.http?.hostname ?? ""
  const isNamed = hostname !== undefined && hostname !== "" && (own === "" || own === "*")
  const port = active.overrides?.port
  if (!isNamed && port === undefined) return undefined
  return { ...(isNamed ? { hostname } : {}), ...(port === undefined ? {} : { portValue: port }) }
}

interface ActiveCheck {
  readonly http?: { readonly hostname?: string }
  readonly overrides?: { readonly port?: number }
}
