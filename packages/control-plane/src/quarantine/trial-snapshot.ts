// One resource as a snapshot that an Envoy asks for and judges.
import { decode, encode, fromJson, resourceTypeUrls } from "@attache/envoy-api"
import { ClusterSchema } from "@attache/envoy-api/gen/envoy/config/cluster/v3/cluster_pb"
import { ListenerSchema } from "@attache/envoy-api/gen/envoy/config/listener/v3/listener_pb"
import { SecretSchema } from "@attache/envoy-api/gen/envoy/extensions/transport_sockets/tls/v3/secret_pb"
import type { ProxySnapshot, Resource, ResourceKind } from "@attache/translate"

/** A snapshot of one resource, and what asks for it where nobody else would. */
export function trialSnapshot(kind: ResourceKind, resource: Resource): ProxySnapshot {
  const table = (of: ResourceKind, typeUrl: string, ...resources: readonly Resource[]) => ({
    typeUrl,
    groups: [{ resources: of === kind ? [resource, ...resources] : resources }],
  })
  return {
    key: "trial",
    tables: {
      listeners: table("listeners", resourceTypeUrls.listener, ...(kind === "routes" ? [listenerFor(resource)] : [])),
      routes: table("routes", resourceTypeUrls.route),
      clusters: table("clusters", resourceTypeUrls.cluster, ...clustersFor(kind, resource)),
      endpoints: table("endpoints", resourceTypeUrls.endpoint),
      secrets: table("secrets", resourceTypeUrls.secret),
    },
    diagnostics: [],
  }
}

const ads = { ads: {}, resourceApiVersion: "V3", initialFetchTimeout: "0s" }

function clustersFor(kind: ResourceKind, resource: Resource): readonly Resource[] {
  if (kind === "endpoints")
    return [clusterFor(resource, { edsClusterConfig: { edsConfig: ads, serviceName: resource.name } })]
  if (kind !== "secrets") return []
  const reference = { name: resource.name, sdsConfig: ads }
  // Secrets of other types are of filters, which do not refuse what they find in them.
  const { type } = decode(SecretSchema, resource.bytes)
  const context =
    type.case === "tlsCertificate"
      ? { tlsCertificateSdsSecretConfigs: [reference] }
      : type.case === "validationContext"
        ? { validationContextSdsSecretConfig: reference }
        : undefined
  if (context === undefined) return []
  const url = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext"
  const typedConfig = { "@type": url, commonTlsContext: context }
  return [clusterFor(resource, { transportSocket: { name: "envoy.transport_sockets.tls", typedConfig } })]
}

function clusterFor(of: Resource, more: Readonly<Record<string, unknown>>): Resource {
  const name = `trial/${of.name}`
  const type = "edsClusterConfig" in more ? "EDS" : "STATIC"
  const cluster = fromJson(ClusterSchema, { name, type, connectTimeout: "1s", ...more })
  return { name, bytes: encode(ClusterSchema, cluster), version: name, origins: [] }
}

const type = (name: string): string => `type.googleapis.com/envoy.extensions.filters.${name}`

function listenerFor({ name: routeConfigName }: Resource): Resource {
  const router = { name: "envoy.filters.http.router", typedConfig: { "@type": type("http.router.v3.Router") } }
  const manager = {
    "@type": type("network.http_connection_manager.v3.HttpConnectionManager"),
    statPrefix: "trial",
    rds: { routeConfigName, configSource: { ads: {}, resourceApiVersion: "V3", initialFetchTimeout: "0s" } },
    httpFilters: [router],
  }
  const filters = [{ name: "envoy.filters.network.http_connection_manager", typedConfig: manager }]
  const address = { socketAddress: { address: "127.0.0.1", portValue: 0 } }
  // A name of its own for each, as changing the routes of a listener would replace it.
  const name = `trial/${routeConfigName}`
  const listener = fromJson(ListenerSchema, { name, address, filterChains: [{ filters }] })
  return { name, bytes: encode(ListenerSchema, listener), version: name, origins: [] }
}
