/** Small Envoy configurations for tests and the benchmark: one listener, its routes, and a cluster per backend. */
import { anyOf, encode, resourceTypeUrls as typeUrls } from "@attache/envoy-api"
import { ClusterSchema } from "@attache/envoy-api/gen/envoy/config/cluster/v3/cluster_pb"
import type { ConfigSourceSchema } from "@attache/envoy-api/gen/envoy/config/core/v3/config_source_pb"
import { ClusterLoadAssignmentSchema } from "@attache/envoy-api/gen/envoy/config/endpoint/v3/endpoint_pb"
import { ListenerSchema } from "@attache/envoy-api/gen/envoy/config/listener/v3/listener_pb"
import { RouteConfigurationSchema } from "@attache/envoy-api/gen/envoy/config/route/v3/route_pb"
import { RouterSchema } from "@attache/envoy-api/gen/envoy/extensions/filters/http/router/v3/router_pb"
import { HttpConnectionManagerSchema } from "@attache/envoy-api/gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb"
import type { MessageInitShape } from "@bufbuild/protobuf"
import type { ResourceInput } from "../snapshot.ts"
import type { Variant } from "../type-state.ts"

/** Where Envoy is to ask for what a resource refers to. */
export type SampleSource = MessageInitShape<typeof ConfigSourceSchema>

const ads = { configSourceSpecifier: { case: "ads", value: {} }, resourceApiVersion: 2 } as const

/** A stream of its own to the cluster `xds`. */
export function ownStream(variant: Variant): SampleSource {
  const grpcService = { targetSpecifier: { case: "envoyGrpc", value: { clusterName: "xds" } } } as const
  const apiType: 2 | 3 = variant === "sotw" ? 2 : 3
  const value = { apiType, transportApiVersion: 2 as const, grpcServices: [grpcService] }
  return { configSourceSpecifier: { case: "apiConfigSource", value }, resourceApiVersion: 2 }
}

const socket = (port: number) =>
  ({
    address: {
      case: "socketAddress",
      value: { address: "127.0.0.1", portSpecifier: { case: "portValue", value: port } },
    },
  }) as const

/** A cluster whose endpoints come by EDS. `timeoutMs` distinguishes versions of it. */
export function edsCluster(name: string, timeoutMs = 1000, source: SampleSource = ads): ResourceInput {
  const bytes = encode(ClusterSchema, {
    name,
    clusterDiscoveryType: { case: "type", value: 3 },
    edsClusterConfig: { edsConfig: source },
    connectTimeout: { seconds: BigInt(Math.floor(timeoutMs / 1000)), nanos: (timeoutMs % 1000) * 1_000_000 },
  })
  return { name, bytes }
}

/** The endpoints of a cluster: one local port. */
export function localEndpoint(cluster: string, port: number): ResourceInput {
  const endpoint = { hostIdentifier: { case: "endpoint", value: { address: socket(port) } } } as const
  const bytes = encode(ClusterLoadAssignmentSchema, { clusterName: cluster, endpoints: [{ lbEndpoints: [endpoint] }] })
  return { name: cluster, bytes }
}

/** A listener on a local port (0: any free one) that takes its routes by RDS. */
export function httpListener(
  name: string,
  port: number,
  routeConfiguration: string,
  source: SampleSource = ads,
): ResourceInput {
  const manager = anyOf(HttpConnectionManagerSchema, {
    statPrefix: name,
    routeSpecifier: { case: "rds", value: { routeConfigName: routeConfiguration, configSource: source } },
    httpFilters: [
      { name: "envoy.filters.http.router", configType: { case: "typedConfig", value: anyOf(RouterSchema, {}) } },
    ],
  })
  const filter = { name: "http", configType: { case: "typedConfig", value: manager } } as const
  return { name, bytes: encode(ListenerSchema, { name, address: socket(port), filterChains: [{ filters: [filter] }] }) }
}

/** What a path prefix gets: a cluster, or a text answered with status 200. */
export interface SampleRoute {
  readonly prefix: string
  readonly cluster?: string
  readonly text?: string
}

/** A route configuration of one virtual host for every domain. */
export function routeConfiguration(name: string, routes: readonly SampleRoute[], domain = "*"): ResourceInput {
  const encoded = routes.map(({ prefix, cluster, text }) => ({
    match: { pathSpecifier: { case: "prefix", value: prefix } } as const,
    action:
      cluster === undefined
        ? ({
            case: "directResponse",
            value: { status: 200, body: { specifier: { case: "inlineString", value: text ?? "" } } },
          } as const)
        : ({ case: "route", value: { clusterSpecifier: { case: "cluster", value: cluster } } } as const),
  }))
  const bytes = encode(RouteConfigurationSchema, {
    name,
    virtualHosts: [{ name: "all", domains: [domain], routes: encoded }],
  })
  return { name, bytes }
}

/** The resources of a proxy with one listener `main` on `port`, one route configuration and a cluster per backend port. */
export function sampleResources(
  port: number,
  text: string,
  backends: Readonly<Record<string, number>> = {},
  source: SampleSource = ads,
) {
  const clusters = Object.keys(backends)
  return {
    [typeUrls.cluster]: clusters.map((name) => edsCluster(name, 1000, source)),
    [typeUrls.endpoint]: Object.entries(backends).map(([name, at]) => localEndpoint(name, at)),
    [typeUrls.listener]: [httpListener("main", port, "routes", source)],
    [typeUrls.route]: [
      routeConfiguration("routes", [
        ...clusters.map((cluster) => ({ prefix: `/${cluster}`, cluster })),
        { prefix: "/", text },
      ]),
    ],
  }
}
