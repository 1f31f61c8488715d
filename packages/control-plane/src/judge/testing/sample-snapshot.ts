// Small snapshots for judging, written in protobuf's JSON form.
import { encode, fromJson, resourceTypeUrls as typeUrls } from "@attache/envoy-api"
import { ClusterSchema } from "@attache/envoy-api/gen/envoy/config/cluster/v3/cluster_pb"
import { ClusterLoadAssignmentSchema } from "@attache/envoy-api/gen/envoy/config/endpoint/v3/endpoint_pb"
import { ListenerSchema } from "@attache/envoy-api/gen/envoy/config/listener/v3/listener_pb"
import { RouteConfigurationSchema } from "@attache/envoy-api/gen/envoy/config/route/v3/route_pb"
import { SecretSchema } from "@attache/envoy-api/gen/envoy/extensions/transport_sockets/tls/v3/secret_pb"
import type { ProxySnapshot, Resource } from "@attache/translate"

/** Messages in JSON form; what is left out is empty. */
export interface SampleResources {
  readonly listeners?: readonly Message[]
  readonly routes?: readonly Message[]
  readonly clusters?: readonly Message[]
  readonly endpoints?: readonly Message[]
  readonly secrets?: readonly Message[]
}

type Message = Readonly<Record<string, unknown>>

const schemas = {
  listeners: [typeUrls.listener, ListenerSchema],
  routes: [typeUrls.route, RouteConfigurationSchema],
  clusters: [typeUrls.cluster, ClusterSchema],
  endpoints: [typeUrls.endpoint, ClusterLoadAssignmentSchema],
  secrets: [typeUrls.secret, SecretSchema],
} as const

/** A snapshot of some messages. */
export function sampleSnapshot(messages: SampleResources): ProxySnapshot {
  const table = (kind: keyof typeof schemas) => {
    const [typeUrl, schema] = schemas[kind]
    const resources = (messages[kind] ?? []).map((message): Resource => {
      const name = String(message.name ?? message.clusterName)
      const bytes = encode(schema, fromJson(schema, message))
      return { name, bytes, version: Buffer.from(bytes).toString("base64"), origins: [] }
    })
    return { typeUrl, groups: [{ resources }] }
  }
  const [listeners, routes, clusters] = [table("listeners"), table("routes"), table("clusters")]
  const tables = { listeners, routes, clusters, endpoints: table("endpoints"), secrets: table("secrets") }
  return { key: "sample", tables, diagnostics: [] }
}

const overAds = { ads: {}, resourceApiVersion: "V3", initialFetchTimeout: "0s" }
const type = (name: string) => `type.googleapis.com/envoy.${name}`

/** A listener whose routes come over RDS under its own name. */
export function httpListener(name: string, filters: readonly Message[] = []): Message {
  const router = {
    name: "envoy.filters.http.router",
    typedConfig: { "@type": type("extensions.filters.http.router.v3.Router") },
  }
  const manager = {
    "@type": type("extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"),
    statPrefix: "http",
    rds: { routeConfigName: name, configSource: overAds },
    httpFilters: [...filters, router],
  }
  const network = { name: "envoy.filters.network.http_connection_manager", typedConfig: manager }
  const address = { socketAddress: { address: "0.0.0.0", portValue: 80 } }
  return { name, address, filterChains: [{ filters: [network] }] }
}

/** A Lua filter. */
export function luaFilter(code: string): Message {
  const typedConfig = { "@type": type("extensions.filters.http.lua.v3.Lua"), defaultSourceCode: { inlineString: code } }
  return { name: "envoy.filters.http.lua", typedConfig }
}

/** Routes to a cluster. */
export function routes(name: string, cluster: string, match: Message = { prefix: "/" }): Message {
  return { name, virtualHosts: [{ name: "all", domains: ["*"], routes: [{ match, route: { cluster } }] }] }
}

/** A cluster whose endpoints come over EDS under its own name. */
export function edsCluster(name: string, more: Message = {}): Message {
  return { name, type: "EDS", connectTimeout: "1s", edsClusterConfig: { edsConfig: overAds }, ...more }
}

/** One endpoint of a cluster. */
export function endpoints(clusterName: string, address = "127.0.0.1"): Message {
  const endpoint = { address: { socketAddress: { address, portValue: 9000 } } }
  return { clusterName, endpoints: [{ lbEndpoints: [{ endpoint }] }] }
}

/** A cluster that verifies its upstreams by a secret over SDS. */
export function tlsCluster(name: string, secret: string): Message {
  const typedConfig = {
    "@type": type("extensions.transport_sockets.tls.v3.UpstreamTlsContext"),
    commonTlsContext: { validationContextSdsSecretConfig: { name: secret, sdsConfig: overAds } },
  }
  return edsCluster(name, { transportSocket: { name: "envoy.transport_sockets.tls", typedConfig } })
}

/** A secret of certificate authorities. */
export function trustedCa(name: string, pem: string): Message {
  return { name, validationContext: { trustedCa: { inlineString: pem } } }
}
