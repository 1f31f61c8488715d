import { createIdleBootstrap, type JsonObject, type JsonValue } from "@attache/envoy"
import { pluginsOf } from "./message.ts"
import type { PluginSetup, ProxySetup, RouteSetup } from "./proxy.ts"

/** Where a cluster leads, and which protocol it speaks. */
export interface ClusterPort {
  readonly port: number
  readonly isGrpc: boolean
}

const typed = (type: string, fields: JsonObject): JsonObject => ({
  "@type": `type.googleapis.com/envoy.${type}`,
  ...fields,
})

/**
 * An Envoy with the plugins of a setup before its clusters, on a free port.
 *
 * Set up as the host models it: no request id, no headers of the router's own, trailers in HTTP/1.1, no time-out of routes.
 *
 * @param modulePaths files of the plugins' modules, in the order of the plugins
 */
export function bootstrapOf(
  setup: ProxySetup,
  modulePaths: readonly string[],
  clusters: ReadonlyMap<string, ClusterPort>,
): JsonObject {
  const wasm = pluginsOf(setup).map((plugin, i) => wasmFilter(plugin, modulePaths[i] ?? ""))
  const router = typed("extensions.filters.http.router.v3.Router", { suppress_envoy_headers: true })
  const manager = typed("extensions.filters.network.http_connection_manager.v3.HttpConnectionManager", {
    stat_prefix: "http",
    generate_request_id: false,
    route_config: {
      virtual_hosts: [{ name: "all", domains: ["*"], routes: (setup.routes ?? [{}]).map(routeOf) }],
    },
    http_filters: [...wasm, { name: "envoy.filters.http.router", typed_config: router }],
    http_protocol_options: { enable_trailers: true },
  })
  return {
    ...createIdleBootstrap(),
    static_resources: {
      listeners: [
        {
          name: "http",
          address: { socket_address: { address: "127.0.0.1", port_value: 0 } },
          filter_chains: [{ filters: [{ name: "http", typed_config: manager }] }],
        },
      ],
      clusters: [...clusters].map(([name, { port, isGrpc }]) => clusterOf(name, port, isGrpc)),
    },
  }
}

function routeOf({ prefix = "/", cluster = "upstream" }: RouteSetup): JsonObject {
  return { match: { prefix }, route: { cluster, timeout: "0s" } }
}

function wasmFilter(plugin: PluginSetup & { readonly name: string }, modulePath: string): JsonObject {
  const config: JsonObject = {
    name: plugin.name,
    root_id: plugin.rootId ?? "",
    failure_policy: plugin.failurePolicy ?? "FAIL_CLOSED",
    ...(plugin.allowOnHeadersStopIteration === undefined
      ? {}
      : { allow_on_headers_stop_iteration: plugin.allowOnHeadersStopIteration }),
    ...configured(plugin.configuration),
    vm_config: {
      vm_id: plugin.vmId ?? "",
      runtime: "envoy.wasm.runtime.v8",
      code: { local: { filename: modulePath } },
      ...configured(plugin.vmConfiguration),
    },
  }
  return { name: plugin.name, typed_config: typed("extensions.filters.http.wasm.v3.Wasm", { config }) }
}

/** A configuration as a message; an object goes as JSON text, for Envoy hands over a Struct as protobuf bytes. */
function configured(input: PluginSetup["configuration"]): JsonObject {
  if (input === undefined) return {}
  const type = "type.googleapis.com/google.protobuf."
  if (typeof input === "string") return { configuration: { "@type": `${type}StringValue`, value: input } }
  if (input instanceof Uint8Array)
    return { configuration: { "@type": `${type}BytesValue`, value: Buffer.from(input).toString("base64") } }
  if ("@type" in input) return { configuration: input as JsonObject }
  return { configuration: { "@type": `${type}StringValue`, value: JSON.stringify(input) } }
}

function clusterOf(name: string, port: number, isGrpc: boolean): JsonValue {
  const options = typed("extensions.upstreams.http.v3.HttpProtocolOptions", {
    explicit_http_config: isGrpc
      ? { http2_protocol_options: {} }
      : { http_protocol_options: { enable_trailers: true } },
  })
  const endpoint = { address: { socket_address: { address: "127.0.0.1", port_value: port } } }
  return {
    name,
    type: "STATIC",
    connect_timeout: "1s",
    typed_extension_protocol_options: { "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": options },
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint }] }] },
  }
}
