import type { DescMessage } from "@bufbuild/protobuf"

const prefix = "type.googleapis.com/"

/** Type URLs of the xDS resources that Envoy subscribes to. */
export const resourceTypeUrls = {
  listener: "type.googleapis.com/envoy.config.listener.v3.Listener",
  route: "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
  scopedRoute: "type.googleapis.com/envoy.config.route.v3.ScopedRouteConfiguration",
  virtualHost: "type.googleapis.com/envoy.config.route.v3.VirtualHost",
  cluster: "type.googleapis.com/envoy.config.cluster.v3.Cluster",
  endpoint: "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment",
  secret: "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret",
  runtime: "type.googleapis.com/envoy.service.runtime.v3.Runtime",
  extensionConfig: "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig",
} as const

/** The type URL under which Envoy knows a message: `type.googleapis.com/` and the full name. */
export function typeUrlOf(type: DescMessage | string): string {
  return prefix + (typeof type === "string" ? type : type.typeName)
}

/** The full name in a type URL, which is what follows the last slash, as in Envoy. */
export function typeNameOf(typeUrl: string): string {
  return typeUrl.slice(typeUrl.lastIndexOf("/") + 1)
}
