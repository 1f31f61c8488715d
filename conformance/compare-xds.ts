// Equality of xDS: resources matched by name whatever their order, each compared as the protobuf message it is.
import { fromJson, toJson } from "@attache/envoy-api"
import { type Difference, differences } from "./difference.ts"

/** Resource lists of a document and the message type of each. */
export const lists = {
  listeners: "envoy.config.listener.v3.Listener",
  routes: "envoy.config.route.v3.RouteConfiguration",
  clusters: "envoy.config.cluster.v3.Cluster",
  endpoints: "envoy.config.endpoint.v3.ClusterLoadAssignment",
  secrets: "envoy.extensions.transport_sockets.tls.v3.Secret",
} as const

type Resource = Readonly<Record<string, unknown>>
type Document = Readonly<Record<string, Readonly<Record<string, readonly Resource[]>>>>

/** Differences of two documents (proxy key to resource lists), at most `limit`. */
export function compareXds(expected: unknown, actual: unknown, limit: number): Difference[] {
  return differences(canonical(expected as Document), canonical(actual as Document), limit)
}

function canonical(document: Document | null | undefined): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const [key, proxy] of Object.entries(document ?? {})) {
    result[key] = Object.fromEntries(
      Object.entries(lists).map(([list, typeName]) => [list, byName(proxy[list] ?? [], typeName)]),
    )
  }
  return result
}

/** An exact repeat counts once; another content under a name that was used gets a number of its own. */
function byName(resources: readonly Resource[], typeName: string): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  const seen = new Map<string, Set<string>>()
  for (const resource of resources) {
    const content = toJson(typeName, fromJson(typeName, resource))
    const name = String(resource.name ?? resource.clusterName ?? resource.cluster_name ?? "")
    const text = JSON.stringify(content)
    const contents = seen.get(name) ?? new Set<string>()
    seen.set(name, contents)
    if (contents.has(text)) continue
    contents.add(text)
    result[contents.size === 1 ? name : `${name}#${contents.size}`] = content
  }
  return result
}
