// Files that only a cluster's proxies have, as far as emitted resources name them.
import { decode, encode, fromJson, toJson } from "@attache/envoy-api"
import { ClusterSchema } from "@attache/envoy-api/gen/envoy/config/cluster/v3/cluster_pb"
import type { AnyObject, ProxySnapshot, Resource } from "@attache/translate"
import type { Authority, Pair } from "../e2e/certificates.ts"

/** The client certificate of the proxies, which the recordings hold with a key that does not fit it: another pair in its place. */
export function withFittingKey(object: AnyObject, { cert, key }: Pair): AnyObject {
  const { namespace, name } = object.metadata
  if (object.kind !== "Secret" || namespace !== "envoy-gateway-system" || name !== "envoy") return object
  const base64 = (text: string): string => Buffer.from(text).toString("base64")
  const { ca = base64(cert) } = (object as { readonly data?: { readonly ca?: string } }).data ?? {}
  const data = { "ca.crt": ca, "tls.crt": base64(cert), "tls.key": base64(key) }
  return { ...object, data } as AnyObject
}

const mounted = "/certs/ca.crt"

/** A snapshot whose clusters hold, in place of the file that is mounted into proxies, the authority itself. */
export function withoutMounts(snapshot: ProxySnapshot, { ca }: Authority): ProxySnapshot {
  const { clusters } = snapshot.tables
  const groups = clusters.groups.map((group) => ({ resources: group.resources.map((one) => withoutMount(one, ca)) }))
  return { ...snapshot, tables: { ...snapshot.tables, clusters: { ...clusters, groups } } }
}

function withoutMount(cluster: Resource, ca: string): Resource {
  if (!Buffer.from(cluster.bytes).includes(mounted)) return cluster
  const text = JSON.stringify(toJson(ClusterSchema, decode(ClusterSchema, cluster.bytes)))
  const inline = text.replaceAll(`"filename":"${mounted}"`, `"inlineString":${JSON.stringify(ca)}`)
  return { ...cluster, bytes: encode(ClusterSchema, fromJson(ClusterSchema, JSON.parse(inline))) }
}
