// The bootstrap of an Envoy with one recorded plugin before one upstream.
import type { JsonObject, JsonValue } from "@attache/envoy"
import type { CaseConfig } from "../corpus.ts"

/** Ports of the servers behind the proxy, by cluster. */
export interface Ports {
  readonly upstream: number
  readonly callout: number
  readonly grpc: number
  /** Nobody listens there. */
  readonly dead: number
}

/** Access log lines of the corpus: code, flags, details. */
const accessLogFormat = "%RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS%\n"

const typed = (type: string, fields: JsonObject): JsonObject => ({
  "@type": `type.googleapis.com/envoy.${type}`,
  ...fields,
})

/** One listener on a free port with the plugin of a case in its chain. */
export interface ListenerOptions {
  readonly name: string
  readonly config: CaseConfig
  readonly modulePath: string
  /** Files of the modules of the plugins behind the first. */
  readonly pathsBehind: readonly string[]
  readonly accessLogPath: string
}

/** An Envoy with these listeners; node and clusters are those of the corpus. */
export function bootstrapOf(listeners: readonly ListenerOptions[], ports: Ports): JsonObject {
  const node = listeners[0]?.config.node ?? {}
  return {
    node: { id: node.id ?? "node-1", cluster: node.cluster ?? "cluster-1" },
    static_resources: {
      listeners: listeners.map(listenerOf),
      clusters: [
        clusterOf("upstream", ports.upstream),
        clusterOf("callout", ports.callout),
        clusterOf("grpc", ports.grpc, true),
        clusterOf("dead", ports.dead),
      ],
    },
  }
}

function listenerOf(options: ListenerOptions): JsonObject {
  const { name, config } = options
  return {
    name,
    address: { socket_address: { address: "127.0.0.1", port_value: 0 } },
    ...(config.listenerExtra as JsonObject | undefined),
    filter_chains: [{ filters: config.network === true ? networkFilters(options) : httpFilters(options) }],
  }
}

function networkFilters({ config, modulePath }: ListenerOptions): JsonObject[] {
  const wasm = typed("extensions.filters.network.wasm.v3.Wasm", { config: pluginOf(config, modulePath) })
  const proxy = typed("extensions.filters.network.tcp_proxy.v3.TcpProxy", { stat_prefix: "tcp", cluster: "upstream" })
  return [
    { name: "envoy.filters.network.wasm", typed_config: wasm },
    { name: "envoy.filters.network.tcp_proxy", typed_config: proxy },
  ]
}

function httpFilters({ config, modulePath, pathsBehind, accessLogPath }: ListenerOptions): JsonObject[] {
  const wasm = typed("extensions.filters.http.wasm.v3.Wasm", { config: pluginOf(config, modulePath) })
  const behind = (config.behind ?? []).map((own, i) => ({
    name: `behind-${i + 1}`,
    typed_config: typed("extensions.filters.http.wasm.v3.Wasm", { config: pluginOf(own, pathsBehind[i] ?? "") }),
  }))
  const log = typed("extensions.access_loggers.file.v3.FileAccessLog", {
    path: accessLogPath,
    log_format: { text_format_source: { inline_string: accessLogFormat } },
  })
  const routes = (config.routes ?? [{ match: { prefix: "/" }, route: { cluster: "upstream" } }]) as JsonValue[]
  const manager = typed("extensions.filters.network.http_connection_manager.v3.HttpConnectionManager", {
    stat_prefix: "http",
    generate_request_id: false,
    access_log: [{ name: "envoy.access_loggers.file", typed_config: log }],
    route_config: {
      name: "routes",
      virtual_hosts: [{ name: "v", domains: ["*"], routes: routes.map(withoutTimeout) }],
    },
    http_filters: [
      { name: "envoy.filters.http.wasm", typed_config: wasm },
      ...behind,
      {
        name: "envoy.filters.http.router",
        typed_config: typed("extensions.filters.http.router.v3.Router", { suppress_envoy_headers: true }),
      },
    ],
    http_protocol_options: { enable_trailers: true },
  })
  return [{ name: "envoy.filters.network.http_connection_manager", typed_config: manager }]
}

/** Routes wait as long as the client does. */
function withoutTimeout(route: JsonValue): JsonValue {
  const own = route as { readonly route?: JsonObject }
  return own.route === undefined ? route : { ...(own as JsonObject), route: { timeout: "0s", ...own.route } }
}

function pluginOf(config: CaseConfig, modulePath: string): JsonObject {
  const text = { "@type": "type.googleapis.com/google.protobuf.StringValue", value: config.configuration ?? "" }
  const own = config.plugin as JsonObject | undefined
  return {
    name: config.name ?? "plugin",
    root_id: config.root_id ?? "",
    configuration: text,
    vm_config: {
      vm_id: config.vm_id ?? "",
      runtime: "envoy.wasm.runtime.v8",
      code: { local: { filename: modulePath } },
      ...(config.vm as JsonObject | undefined),
    },
    ...own,
  }
}

function clusterOf(name: string, port: number, isHttp2 = false): JsonObject {
  const options = typed("extensions.upstreams.http.v3.HttpProtocolOptions", {
    explicit_http_config: isHttp2
      ? { http2_protocol_options: {} }
      : { http_protocol_options: { enable_trailers: true } },
  })
  const address = { socket_address: { address: "127.0.0.1", port_value: port } }
  return {
    name,
    type: "STATIC",
    connect_timeout: "1s",
    typed_extension_protocol_options: { "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": options },
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }] },
  }
}
