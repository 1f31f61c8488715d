// Snapshots for people and for comparison: protobuf's JSON form, lists sorted by name.
import { sha256Hex } from "@attache/base"
import { decode, toJson } from "@attache/envoy-api"
import { ClusterSchema } from "@attache/envoy-api/gen/envoy/config/cluster/v3/cluster_pb"
import type { DataSource } from "@attache/envoy-api/gen/envoy/config/core/v3/base_pb"
import { ClusterLoadAssignmentSchema } from "@attache/envoy-api/gen/envoy/config/endpoint/v3/endpoint_pb"
import { ListenerSchema } from "@attache/envoy-api/gen/envoy/config/listener/v3/listener_pb"
import { RouteConfigurationSchema } from "@attache/envoy-api/gen/envoy/config/route/v3/route_pb"
import { type Secret, SecretSchema } from "@attache/envoy-api/gen/envoy/extensions/transport_sockets/tls/v3/secret_pb"
import type { JsonValue } from "@bufbuild/protobuf"
import { type ProxySnapshot, type Resource, type ResourceKind, resourcesOf } from "./snapshot.ts"

/** Resources of a proxy by kind, each a list sorted by name (endpoints by cluster name). */
export type SnapshotJson = Readonly<Record<ResourceKind, readonly JsonValue[]>>

/** What of a snapshot is shown. */
export interface JsonOptions {
  /** Private keys and injected credentials in clear. Default false: their sha256 in place of them. */
  readonly showSecrets?: boolean
}

/** The JSON form of `attache translate`. */
export function snapshotJson({ tables }: ProxySnapshot, options: JsonOptions = {}): SnapshotJson {
  return {
    listeners: sorted(tables.listeners, ({ bytes }) => toJson(ListenerSchema, decode(ListenerSchema, bytes))),
    routes: sorted(tables.routes, ({ bytes }) =>
      toJson(RouteConfigurationSchema, decode(RouteConfigurationSchema, bytes)),
    ),
    clusters: sorted(tables.clusters, ({ bytes }) => toJson(ClusterSchema, decode(ClusterSchema, bytes))),
    endpoints: sorted(tables.endpoints, ({ bytes }) =>
      toJson(ClusterLoadAssignmentSchema, decode(ClusterLoadAssignmentSchema, bytes)),
    ),
    secrets: sorted(tables.secrets, ({ bytes }) => {
      const secret = decode(SecretSchema, bytes)
      return toJson(SecretSchema, options.showSecrets === true ? secret : hidden(secret))
    }),
  }
}

function sorted(
  table: ProxySnapshot["tables"][ResourceKind],
  json: (resource: Resource) => JsonValue,
): readonly JsonValue[] {
  return [...resourcesOf(table)].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)).map(json)
}

function hidden(secret: Secret): Secret {
  switch (secret.type.case) {
    case "tlsCertificate":
      hide(secret.type.value.privateKey)
      break
    case "genericSecret":
      hide(secret.type.value.secret)
      break
    default:
  }
  return secret
}

function hide(source: DataSource | undefined): void {
  if (source?.specifier.case === "inlineBytes")
    source.specifier = { case: "inlineString", value: `sha256:${sha256Hex(source.specifier.value)}` }
}
