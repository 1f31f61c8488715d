// Patches that fit the API's types and that Envoy refuses.
import type { Defect } from "./defect.ts"
import { badCluster, badRoute, type Document, listener, manager, type PatchOf, patches } from "./documents.ts"

const typed = (name: string, type: string, settings: Document = {}) => ({
  name,
  typed_config: { "@type": `type.googleapis.com/${type}`, ...settings },
})
const ofListener = (path: string, value: unknown): PatchOf => ({
  type: "listener",
  name: listener,
  operation: { op: "add", path, value },
})
const ofRoute = (path: string, value: unknown): PatchOf => ({
  type: "route",
  name: listener,
  operation: { op: "add", jsonPath: badRoute, path, value },
})
const ofCluster = (path: string, value: unknown): PatchOf => ({
  type: "cluster",
  name: badCluster,
  operation: { op: "add", path, value },
})
const pem = (inline_string: string) => ({ inline_string })
const host = (name: string): PatchOf => ({
  type: "route",
  name: listener,
  operation: { op: "add", path: "/virtual_hosts/-", value: { name, domains: ["twice.test"] } },
})

type Row = readonly [name: string, text: RegExp, ...operations: readonly PatchOf[]]

const rows: readonly Row[] = [
  [
    "a filter whose settings are another's",
    /tcp_proxy|TcpProxy|registered/,
    ofListener(
      `${manager}/http_filters/0`,
      typed("envoy.filters.http.lua", "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy", {
        stat_prefix: "x",
        cluster: "x",
      }),
    ),
  ],
  [
    "a filter without settings",
    /nosuch|config/i,
    ofListener(`${manager}/http_filters/0`, { name: "envoy.filters.http.nosuch" }),
  ],
  [
    "a tracer that Envoy does not have",
    /nosuch/,
    ofListener(`${manager}/tracing`, { provider: { name: "envoy.tracers.nosuch" } }),
  ],
  [
    "a local reply of a command that Envoy does not know",
    /NOSUCH/,
    ofListener(`${manager}/local_reply_config`, {
      body_format: { text_format_source: { inline_string: "%NOSUCH%" } },
    }),
  ],
  [
    "an expression of CEL that is none",
    /CEL|expression|pars/i,
    ofListener("/access_log/0", {
      ...typed("log", "envoy.extensions.access_loggers.stream.v3.StdoutAccessLog"),
      filter: {
        extension_filter: typed("cel", "envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter", {
          expression: "1 +",
        }),
      },
    }),
  ],
  [
    "a certificate that is none",
    /certificate|PEM/i,
    ofListener(
      "/default_filter_chain/transport_socket",
      typed("tls", "envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext", {
        common_tls_context: { tls_certificates: [{ certificate_chain: pem("nothing"), private_key: pem("nothing") }] },
      }),
    ),
  ],
  [
    "an expression of a query that is none",
    /missing|parenthes|\(/,
    ofRoute("/match/query_parameters", [{ name: "q", string_match: { safe_regex: { regex: "a(" } } }]),
  ],
  [
    "an expression of a header that is none",
    /missing|parenthes|\(/,
    ofRoute("/match/headers", [{ name: "h", string_match: { safe_regex: { regex: "(?<x" } } }]),
  ],
  [
    "settings of a route for a filter that takes none",
    /doesn't support|route specific/,
    ofRoute("/typed_per_filter_config", {
      router: { "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router" },
    }),
  ],
  [
    "a retry of a kind that Envoy does not have",
    /nosuch/,
    ofRoute("/route/retry_policy", { retry_on: "5xx", retry_priority: { name: "nosuch" } }),
  ],
  [
    "an expression of a hash that is none",
    /missing|\(/,
    ofRoute("/route/hash_policy", [
      { header: { header_name: "x", regex_rewrite: { pattern: { regex: "a(" }, substitution: "" } } },
    ]),
  ],
  [
    "a balancer that Envoy does not have",
    /nosuch|load.?balancing|lb/i,
    ofCluster("/load_balancing_policy", {
      policies: [{ typed_extension_config: typed("nosuch", "google.protobuf.Struct", { value: {} }) }],
    }),
  ],
  [
    "a type that Envoy does not have",
    /nosuch|cluster type/i,
    {
      type: "cluster",
      name: "extra",
      operation: { op: "add", path: "", value: { name: "extra", cluster_type: { name: "nosuch" } } },
    },
  ],
  [
    "a health check of a kind that Envoy does not have",
    /nosuch/,
    ofCluster("/health_checks", [
      {
        timeout: "1s",
        interval: "1s",
        unhealthy_threshold: 1,
        healthy_threshold: 1,
        custom_health_check: { name: "nosuch" },
      },
    ]),
  ],
  [
    "a client certificate that is none",
    /certificate|PEM/i,
    ofCluster(
      "/transport_socket",
      typed("envoy.transport_sockets.tls", "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext", {
        common_tls_context: { tls_certificates: [{ certificate_chain: pem("x"), private_key: pem("y") }] },
      }),
    ),
  ],
  [
    "a cipher that nobody knows",
    /cipher/i,
    ofCluster(
      "/transport_socket",
      typed("envoy.transport_sockets.tls", "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext", {
        common_tls_context: { tls_params: { cipher_suites: ["NOSUCH"] } },
      }),
    ),
  ],
  ["two hosts that are refused only together", /twice\.test|[Dd]uplicate|unique/, host("first"), host("second")],
]

/** Defects of EnvoyPatchPolicies that Envoy alone can know. */
export const refusedPatches: readonly Defect[] = rows.map(
  ([name, text, ...operations]): Defect => ({
    name: `EnvoyPatchPolicy: ${name}`,
    documents: () => patches(...operations),
    by: "Envoy",
    object: "EnvoyPatchPolicy/defect",
    field: `spec.jsonPatches[${operations.length - 1}]`,
    text,
    answer: 200,
  }),
)
