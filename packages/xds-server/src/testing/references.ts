import {
  decode,
  findMessage,
  type Message,
  typeNameOf,
  resourceTypeUrls as typeUrls,
  unpackAny,
} from "@attache/envoy-api"
import type { Inspection } from "./client-machine.ts"

/**
 * What an encoded Envoy resource refers to: endpoints by EDS, route configurations by RDS, secrets by SDS, clusters of routes.
 *
 * Reads every nested message, those in an `Any` too. Bytes that are no such message are a refusal.
 */
export function inspectEnvoyResource(typeUrl: string, name: string, bytes: Uint8Array): Inspection {
  const refers = new Map<string, string[]>()
  const add = (message: Fields): void => {
    for (const [to, target] of referencesOf(message, typeUrl)) refers.set(to, [...(refers.get(to) ?? []), target])
  }
  const schema = findMessage(typeNameOf(typeUrl))
  if (schema === undefined) return { refers, refusal: `${name}: unknown type ${typeUrl}` }
  try {
    walk(decode(schema, bytes), add)
    return { refers }
  } catch (error) {
    return { refers, refusal: `${name}: ${String(error)}` }
  }
}

type Fields = Message & Readonly<Record<string, unknown>>

const field = (value: unknown, key: string): unknown => (value as Record<string, unknown> | undefined)?.[key]

/** Type URL and name of what one message refers to by itself. */
function referencesOf(message: Fields, typeUrl: string): readonly (readonly [string, string])[] {
  const to = (target: string, name: unknown) =>
    typeof name === "string" && name !== "" ? [[target, name] as const] : []
  const isRoute = typeUrl === typeUrls.route
  switch (message.$typeName) {
    case "envoy.config.cluster.v3.Cluster": {
      const isEds = field(message.clusterDiscoveryType, "value") === 3
      return isEds ? to(typeUrls.endpoint, field(message.edsClusterConfig, "serviceName") || message.name) : []
    }
    case "envoy.extensions.filters.network.http_connection_manager.v3.Rds":
      return to(typeUrls.route, message.routeConfigName)
    case "envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig":
      return message.sdsConfig === undefined ? [] : to(typeUrls.secret, message.name)
    case "envoy.config.route.v3.RouteAction": {
      const isNamed = isRoute && field(message.clusterSpecifier, "case") === "cluster"
      return isNamed ? to(typeUrls.cluster, field(message.clusterSpecifier, "value")) : []
    }
    case "envoy.config.route.v3.WeightedCluster.ClusterWeight":
      return isRoute ? to(typeUrls.cluster, message.name) : []
    default:
      return []
  }
}

function walk(value: unknown, visit: (message: Fields) => void): void {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return
  if (Array.isArray(value)) {
    for (const item of value) walk(item, visit)
    return
  }
  const message = value as Fields
  if (message.$typeName === "google.protobuf.Any") {
    walk(unpackAny({ typeUrl: String(message.typeUrl), value: message.value as Uint8Array })?.message, visit)
    return
  }
  if (typeof message.$typeName === "string") visit(message)
  for (const nested of Object.values(message)) walk(nested, visit)
}
