// One resource as a snapshot that an Envoy asks for and judges.
import { encode, fromJson, resourceTypeUrls } from "@attache/envoy-api"
import { ListenerSchema } from "@attache/envoy-api/gen/envoy/config/listener/v3/listener_pb"
import type { ProxySnapshot, Resource, ResourceKind } from "@attache/translate"

/** Kinds of resources whose parts can be withdrawn and that an Envoy judges by themselves. */
export type TrialKind = Extract<ResourceKind, "listeners" | "routes" | "clusters">

/** Whether resources of a kind can be tried. */
export function isTrialKind(kind: ResourceKind): kind is TrialKind {
  return kind === "listeners" || kind === "routes" || kind === "clusters"
}

/** A snapshot of one resource, and a listener that asks for it where nobody else would. */
export function trialSnapshot(kind: TrialKind, resource: Resource): ProxySnapshot {
  const table = (of: ResourceKind, typeUrl: string, ...resources: readonly Resource[]) => ({
    typeUrl,
    groups: [{ resources: of === kind ? [resource, ...resources] : resources }],
  })
  return {
    key: "trial",
    tables: {
      listeners: table("listeners", resourceTypeUrls.listener, ...(kind === "routes" ? [listenerFor(resource)] : [])),
      routes: table("routes", resourceTypeUrls.route),
      clusters: table("clusters", resourceTypeUrls.cluster),
      endpoints: table("endpoints", resourceTypeUrls.endpoint),
      secrets: table("secrets", resourceTypeUrls.secret),
    },
    diagnostics: [],
  }
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
