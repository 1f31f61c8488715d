// For tests: small worlds in which one part of the translation matters each. Objects of one key are versions of it.
import { otherPair, tlsData, wildPair } from "./attach/gateways/test-certificates.ts"
import { envoyProxy, gatewayClass, gatewayOf, setOf } from "./attach/gateways/test-gateways.ts"
import { object, service } from "./attach/test-world.ts"
import type { AnyObject } from "./world/world.ts"

type Data = Readonly<Record<string, unknown>>

const group = "gateway.networking.k8s.io"
const all = { allowedRoutes: { namespaces: { from: "All" } } }
const http = (name: string, port = 80, rest: Data = {}) => ({ name, port, protocol: "HTTP", ...all, ...rest })
const tls = (name: string, port: number, secret: Data, rest: Data = {}) => ({
  ...http(name, port, rest),
  protocol: "HTTPS",
  tls: { mode: "Terminate", certificateRefs: [{ group: "", kind: "Secret", ...secret }] },
})
const passing = (name: string, port: number, rest: Data = {}) => ({
  ...http(name, port, rest),
  protocol: "TLS",
  tls: { mode: "Passthrough" },
})
const open = { spec: { allowedListeners: { namespaces: { from: "All" } } } }
const gw = { group, kind: "Gateway", namespace: "infra", name: "gw" }
const at = (sectionName: string) => ({ ...gw, sectionName })
const aged = (year: number): Data => ({ creationTimestamp: `20${year}-01-01T00:00:00Z` })
const toService = (name: string, rest: Data = {}) => ({ group: "", kind: "Service", name, port: 8080, ...rest })
const toBackend = (name: string, rest: Data = {}) => ({
  group: "gateway.envoyproxy.io",
  kind: "Backend",
  name,
  ...rest,
})

interface RouteParts {
  readonly parents?: readonly Data[]
  readonly hosts?: readonly string[]
  readonly rules?: readonly Data[]
  readonly metadata?: Data
}

function route(kind: string, key: string, parts: RouteParts = {}): AnyObject {
  const { parents = [gw], hosts, rules = [{ backendRefs: [toService("one")] }], metadata = {} } = parts
  return object(kind, key, {
    apiVersion: `${group}/v1`,
    metadata,
    spec: { parentRefs: parents, ...(hosts === undefined ? {} : { hostnames: hosts }), rules },
  })
}

const path = (value: string, rest: Data = {}, ref: Data = toService("one")) => ({
  matches: [{ path: { type: "PathPrefix", value } }],
  backendRefs: [ref],
  ...rest,
})
const secret = (key: string, data: Data): AnyObject => object("Secret", key, { type: "kubernetes.io/tls", data })
const grant = (key: string, from: Data, to: Data): AnyObject =>
  object("ReferenceGrant", key, { spec: { from: [from], to: [to] } })
const namespace = (name: string, labels: Data = {}): AnyObject =>
  object("Namespace", `/${name}`, { metadata: { labels } })
const backend = (key: string, ...endpoints: readonly Data[]): AnyObject =>
  object("Backend", key, { spec: { endpoints } })
const ip = (address: string) => ({ ip: { address, port: 9000 } })
const tlsPolicy = (key: string, target: Data, validation: Data, metadata: Data = {}): AnyObject =>
  object("BackendTLSPolicy", key, { metadata, spec: { targetRefs: [target], validation } })
const policy = (key: string, targets: readonly Data[], spec: Data, metadata: Data = {}): AnyObject =>
  object("EnvoyExtensionPolicy", key, {
    apiVersion: "gateway.envoyproxy.io/v1alpha1",
    metadata,
    spec: { targetRefs: targets.map((ref) => ({ group, kind: "HTTPRoute", ...ref })), ...spec },
  })
const lua = (text: string): Data => ({
  lua: [{ type: "Inline", inline: `function envoy_on_request(h) --${text}\nend` }],
})
const patch = (key: string, name: string, priority: number): AnyObject =>
  object("EnvoyPatchPolicy", key, {
    apiVersion: "gateway.envoyproxy.io/v1alpha1",
    spec: {
      type: "JSONPatch",
      priority,
      targetRef: { group, kind: "Gateway", name: "gw" },
      jsonPatches: [
        {
          type: "type.googleapis.com/envoy.config.listener.v3.Listener",
          name,
          operation: { op: "add", path: "/per_connection_buffer_limit_bytes", value: 1000 + priority },
        },
      ],
    },
  })
const certificates = { caCertificateRefs: [{ group: "", kind: "ConfigMap", name: "ca" }], hostname: "a.test" }
const ca = (key: string, text = "CA") => object("ConfigMap", key, { data: { "ca.crt": text } })

const oneGateway = gatewayOf("infra/gw", [http("http")])
const one = service("apps/one")
const simple = [oneGateway, ...one, route("HTTPRoute", "apps/r")]

/** What every situation stands on. */
export const ground: readonly AnyObject[] = [
  gatewayClass(),
  namespace("infra"),
  namespace("apps", { team: "a" }),
  namespace("apps", { team: "b" }),
  namespace("shop"),
]

/** Situations by name. */
export const situations: Readonly<Record<string, readonly AnyObject[]>> = {
  "a route, its service and its endpoints": [
    ...simple,
    gatewayOf("infra/gw", [http("http", 8080), http("more", 80)]),
    ...service("apps/one", 8080, "web"),
    object("EndpointSlice", "apps/one-2", {
      metadata: { labels: { "kubernetes.io/service-name": "one" } },
      addressType: "IPv4",
      ports: [{ name: "http", port: 8080, protocol: "TCP" }],
      endpoints: [{ addresses: ["7.7.7.8"], conditions: { ready: true } }],
    }),
  ],
  "routes of all ages for one host": [
    ...simple,
    ...service("apps/two"),
    ...[22, 20, 21].flatMap((year) => {
      const rest = { hosts: ["a.test"], metadata: aged(year) }
      return [
        route("HTTPRoute", `apps/at-${year}`, { ...rest, rules: [path("/a"), path("/b")] }),
        route("HTTPRoute", `apps/at-${year}`, {
          ...rest,
          rules: [path("/a", {}, toService("two"))],
          hosts: ["*.test"],
        }),
      ]
    }),
    gatewayOf("infra/gw", [http("http"), http("own", 80, { hostname: "a.test" })]),
  ],
  "a backend of another namespace": [
    oneGateway,
    ...service("shop/one"),
    route("HTTPRoute", "apps/r", { rules: [path("/", {}, toService("one", { namespace: "shop" }))] }),
    route("HTTPRoute", "apps/m", {
      rules: [
        path("/m", {
          filters: [{ type: "RequestMirror", requestMirror: { backendRef: toService("one", { namespace: "shop" }) } }],
        }),
      ],
    }),
    grant("shop/g", { group, kind: "HTTPRoute", namespace: "apps" }, { group: "", kind: "Service" }),
    grant("shop/g", { group, kind: "HTTPRoute", namespace: "apps" }, { group: "", kind: "Service", name: "two" }),
    grant("shop/h", { group, kind: "GRPCRoute", namespace: "apps" }, { group: "", kind: "Service" }),
  ],
  "listeners that choose their routes": [
    gatewayOf("infra/gw", [
      http("labels", 80, {
        allowedRoutes: { namespaces: { from: "Selector", selector: { matchLabels: { team: "a" } } } },
      }),
      http("same", 81, { allowedRoutes: { namespaces: { from: "Same" } } }),
      http("grpc", 82, { allowedRoutes: { namespaces: { from: "All" }, kinds: [{ group, kind: "GRPCRoute" }] } }),
    ]),
    gatewayOf("infra/gw", [http("labels", 80, { allowedRoutes: { namespaces: { from: "Same" } } })]),
    ...one,
    ...service("infra/one"),
    route("HTTPRoute", "apps/r"),
    route("HTTPRoute", "infra/r", { parents: [at("same"), at("grpc")] }),
    route("GRPCRoute", "apps/g", { rules: [{ backendRefs: [toService("one")] }] }),
  ],
  "certificates that come, go and are wrong": [
    gatewayOf("infra/gw", [tls("a", 443, { name: "cert" }), tls("b", 8443, { name: "cert", namespace: "shop" })]),
    secret("infra/cert", tlsData(wildPair)),
    secret("infra/cert", tlsData(otherPair)),
    secret("infra/cert", { "tls.crt": "AAAA" }),
    secret("shop/cert", tlsData(wildPair)),
    grant("shop/g", { group, kind: "Gateway", namespace: "infra" }, { group: "", kind: "Secret" }),
    ...one,
    route("HTTPRoute", "apps/r", { hosts: ["www.example.com", "x.test"] }),
  ],
  "listeners in each other's way": [
    gatewayOf("infra/gw", [
      tls("a", 443, { name: "cert" }, { hostname: "*.example.com" }),
      tls("b", 443, { name: "cert" }, { hostname: "www.example.com" }),
      http("c", 443, { hostname: "www.example.com" }),
      { name: "udp", port: 443, protocol: "UDP" },
      { name: "tcp", port: 80, protocol: "TCP" },
    ]),
    gatewayOf("infra/gw", [http("c", 443, { hostname: "www.example.com" }), http("d", 443)]),
    secret("infra/cert", tlsData(wildPair)),
    ...one,
    route("HTTPRoute", "apps/r", { hosts: ["www.example.com"] }),
  ],
  ListenerSets: [
    gatewayOf("infra/gw", [http("http")], open),
    gatewayOf("infra/gw", [http("http"), http("more", 8001)]),
    setOf("apps/young", "infra/gw", [http("l", 8001), http("m", 8002)], aged(24)),
    setOf("apps/old", "infra/gw", [http("l", 8001, { hostname: "a.test" }), http("l2", 8001)], aged(20)),
    setOf("apps/old", "infra/gw", [http("l", 8003)], aged(20)),
    setOf("apps/lost", "infra/none", [http("l", 80)]),
    ...one,
    route("HTTPRoute", "apps/r", {
      parents: [
        gw,
        { group, kind: "ListenerSet", name: "old" },
        { group, kind: "ListenerSet", name: "young", sectionName: "l" },
      ],
    }),
    policy("apps/p", [{ kind: "ListenerSet", name: "old" }], lua("set")),
  ],
  "Gateways that share a proxy, or not": [
    gatewayClass("infra/ep"),
    envoyProxy("infra/ep", { mergeGateways: true }),
    envoyProxy("infra/ep", { mergeGateways: false, concurrency: 2 }),
    gatewayOf("infra/gw", [http("http")], { metadata: aged(21) }),
    gatewayOf("infra/other", [http("http"), http("https", 8080, { hostname: "b.test" })], { metadata: aged(20) }),
    gatewayOf("infra/foreign", [http("http")], { spec: { gatewayClassName: "none" } }),
    ...one,
    route("HTTPRoute", "apps/r", { parents: [gw, { ...gw, name: "other" }, { ...gw, name: "foreign" }] }),
  ],
  "EnvoyProxies, and who reports to whom": [
    gatewayClass("infra/ep"),
    envoyProxy("infra/ep", {
      telemetry: {
        accessLog: {
          settings: [
            {
              format: { type: "Text", text: "x" },
              sinks: [{ type: "OpenTelemetry", openTelemetry: { backendRefs: [toBackend("otel", { port: 4317 })] } }],
            },
          ],
        },
        metrics: { prometheus: {} },
      },
    }),
    envoyProxy("infra/ep", {
      telemetry: { tracing: { provider: { type: "OpenTelemetry", backendRefs: [toService("one")] } } },
    }),
    envoyProxy("infra/own", { ipFamily: "IPv6", luaValidation: "Disabled" }),
    backend("infra/otel", ip("10.0.0.1")),
    backend("infra/otel", { fqdn: { hostname: "otel.test", port: 4317 } }),
    tlsPolicy("infra/t", { group: "gateway.envoyproxy.io", kind: "Backend", name: "otel" }, certificates),
    ca("infra/ca"),
    ...service("infra/one"),
    ...simple,
    gatewayOf("infra/gw", [http("http")], {
      spec: {
        infrastructure: { parametersRef: { group: "gateway.envoyproxy.io", kind: "EnvoyProxy", name: "own" } },
      },
    }),
  ],
  "TLS towards backends": [
    ...simple,
    route("HTTPRoute", "apps/r", { rules: [path("/", {}, toService("one")), path("/b", {}, toBackend("b"))] }),
    backend("apps/b", ip("10.0.0.1")),
    backend("apps/b", { fqdn: { hostname: "b.test", port: 443 } }),
    tlsPolicy("apps/t1", { group: "", kind: "Service", name: "one" }, certificates, aged(20)),
    tlsPolicy(
      "apps/t2",
      { group: "", kind: "Service", name: "one" },
      { ...certificates, hostname: "b.test" },
      aged(21),
    ),
    tlsPolicy("apps/t2", { group: "", kind: "Service", name: "one", sectionName: "http" }, certificates, aged(19)),
    tlsPolicy(
      "apps/t3",
      { group: "gateway.envoyproxy.io", kind: "Backend", name: "b" },
      { wellKnownCACertificates: "System", hostname: "b.test" },
    ),
    ca("apps/ca"),
    ca("apps/ca", ""),
  ],
  "Backends of all sorts": [
    oneGateway,
    route("HTTPRoute", "apps/r", {
      rules: ["ip", "fqdn", "unix", "any", "gone"].map((name) => path(`/${name}`, {}, toBackend(name, { port: 9000 }))),
    }),
    backend("apps/ip", ip("10.0.0.1"), ip("10.0.0.2")),
    backend("apps/ip", ip("127.0.0.1")),
    backend("apps/fqdn", { fqdn: { hostname: "f.test", port: 80 } }),
    backend("apps/unix", { unix: { path: "/x.sock" } }),
    object("Backend", "apps/any", { spec: { type: "DynamicResolver" } }),
    object("Backend", "apps/any", { spec: { endpoints: [ip("10.0.0.3")], fallback: true } }),
  ],
  "TLS that passes through": [
    gatewayOf("infra/gw", [passing("tls", 443), passing("own", 443, { hostname: "a.test" })]),
    gatewayOf("infra/gw", [passing("tls", 443, { hostname: "*.test" })]),
    ...one,
    ...service("apps/two"),
    route("TLSRoute", "apps/a", { hosts: ["a.test", "b.test"], metadata: aged(21) }),
    route("TLSRoute", "apps/b", {
      hosts: ["b.test"],
      rules: [{ backendRefs: [toService("two")] }],
      metadata: aged(20),
    }),
    route("TLSRoute", "apps/b", { parents: [at("own")], hosts: ["a.test"], metadata: aged(20) }),
  ],
  "TCP and UDP": [
    gatewayOf("infra/gw", [
      { ...http("tcp", 5432), protocol: "TCP" },
      { ...http("udp", 53), protocol: "UDP" },
      { ...tls("tls", 443, { name: "cert" }), protocol: "TLS" },
    ]),
    secret("infra/cert", tlsData(wildPair)),
    ...one,
    ...service("apps/two"),
    route("TCPRoute", "apps/t", { parents: [at("tcp"), at("tls")] }),
    route("TCPRoute", "apps/t2", {
      parents: [at("tcp")],
      rules: [{ backendRefs: [toService("two")] }],
      metadata: aged(20),
    }),
    route("UDPRoute", "apps/u", { parents: [at("udp")], rules: [{ backendRefs: [toBackend("dns")] }] }),
    backend("apps/dns", ip("10.0.0.53")),
  ],
  "gRPC beside HTTP": [
    ...simple,
    route("GRPCRoute", "apps/g", {
      hosts: ["a.test"],
      rules: [{ matches: [{ method: { service: "s", method: "m" } }], backendRefs: [toService("one")] }],
    }),
    route("GRPCRoute", "apps/g", { rules: [{ backendRefs: [toBackend("b")] }] }),
    backend("apps/b", ip("10.0.0.1")),
  ],
  "policies in each other's way": [
    gatewayOf("infra/gw", [http("http"), http("more", 81)]),
    ...service("infra/one"),
    route("HTTPRoute", "infra/r", { metadata: { labels: { x: "1" } } }),
    route("HTTPRoute", "infra/s", { rules: [path("/s", { name: "s" })] }),
    policy("infra/gateway", [{ kind: "Gateway", name: "gw" }], lua("gateway")),
    policy("infra/listener", [{ kind: "Gateway", name: "gw", sectionName: "more" }], lua("listener")),
    policy("infra/route", [{ name: "r" }], lua("route"), aged(21)),
    policy("infra/route", [{ name: "r" }], { ...lua("merged"), mergeType: "StrategicMerge" }, aged(21)),
    policy("infra/older", [{ name: "r" }], { lua: [{ type: "Inline", inline: "function" }] }, aged(20)),
    policy("infra/rule", [{ name: "s", sectionName: "s" }], lua("rule")),
    policy("infra/rule", [], {
      ...lua("some"),
      targetSelectors: [{ group, kind: "HTTPRoute", matchLabels: { x: "1" } }],
    }),
  ],
  "external processors": [
    ...simple,
    ...service("apps/proc"),
    policy("apps/p", [{ name: "r" }], { extProc: [{ backendRefs: [toService("proc")] }] }),
    policy("apps/p", [{ name: "r" }], {
      extProc: [{ backendRefs: [toService("proc", { namespace: "shop" })], failOpen: true }],
    }),
    ...service("shop/proc"),
    grant(
      "shop/g",
      { group: "gateway.envoyproxy.io", kind: "EnvoyExtensionPolicy", namespace: "apps" },
      { group: "", kind: "Service" },
    ),
    tlsPolicy("apps/t", { group: "", kind: "Service", name: "proc" }, certificates),
    ca("apps/ca"),
  ],
  "dynamic modules": [
    gatewayClass("infra/ep"),
    envoyProxy("infra/ep", { dynamicModules: [{ name: "m", source: { type: "Local", local: { path: "/m.so" } } }] }),
    envoyProxy("infra/ep", {
      dynamicModules: [{ name: "other", source: { type: "Local", local: { path: "/o.so" } } }],
    }),
    ...simple,
    policy("apps/p", [{ name: "r" }], { dynamicModule: [{ name: "m", filterName: "f" }] }),
  ],
  "Wasm modules": [
    ...simple,
    policy("apps/p", [{ name: "r" }], { wasm: [{ code: { type: "HTTP", http: { url: "http://m/1" } } }] }),
    policy("apps/p", [{ name: "r" }], {
      wasm: [{ failOpen: true, code: { type: "Image", image: { url: "m/2", pullSecretRef: { name: "pull" } } } }],
    }),
    object("Secret", "apps/pull", { data: { ".dockerconfigjson": "e30=" } }),
  ],
  patches: [
    ...simple,
    gatewayOf("infra/gw", [http("http"), http("more", 81)]),
    patch("infra/a", "infra/gw/http", 1),
    patch("infra/a", "infra/gw/more", 5),
    patch("infra/b", "infra/gw/http", 2),
    patch("infra/c", "infra/gw/none", 0),
  ],
  "certificates of clients": [
    gatewayOf("infra/gw", [tls("a", 443, { name: "cert" }), tls("b", 8443, { name: "cert" })], {
      spec: {
        tls: {
          frontend: {
            default: { validation: { caCertificateRefs: [{ group: "", kind: "ConfigMap", name: "ca" }] } },
            perPort: [
              {
                port: 8443,
                tls: {
                  validation: {
                    mode: "AllowInsecureFallback",
                    caCertificateRefs: [{ group: "", kind: "ConfigMap", name: "gone" }],
                  },
                },
              },
            ],
          },
          backend: { clientCertificateRef: { group: "", kind: "Secret", name: "cert" } },
        },
      },
    }),
    gatewayOf("infra/gw", [tls("a", 443, { name: "cert" })]),
    secret("infra/cert", tlsData(wildPair)),
    ca("infra/ca"),
    ca("infra/gone", ""),
    ...one,
    route("HTTPRoute", "apps/r"),
    tlsPolicy("apps/t", { group: "", kind: "Service", name: "one" }, certificates),
    ca("apps/ca"),
  ],
  "filters of routes": [
    oneGateway,
    ...one,
    route("HTTPRoute", "apps/r", {
      rules: [
        path("/a", {
          filters: [
            {
              type: "ExtensionRef",
              extensionRef: { group: "gateway.envoyproxy.io", kind: "HTTPRouteFilter", name: "f" },
            },
          ],
        }),
        path("/b", {
          filters: [{ type: "RequestRedirect", requestRedirect: { hostname: "b.test", statusCode: 302 } }],
        }),
      ],
    }),
    object("HTTPRouteFilter", "apps/f", {
      spec: { directResponse: { statusCode: 418, body: { type: "Inline", inline: "x" } } },
    }),
    object("HTTPRouteFilter", "apps/f", {
      spec: {
        directResponse: { body: { type: "ValueRef", valueRef: { group: "", kind: "ConfigMap", name: "body" } } },
      },
    }),
    object("ConfigMap", "apps/body", { data: { "response.body": "text" } }),
  ],
  "shared clusters": [
    gatewayClass("infra/ep"),
    envoyProxy("infra/ep", { mergeBackends: {} }),
    envoyProxy("infra/ep", {}),
    ...simple,
    route("HTTPRoute", "apps/r2", { hosts: ["b.test"] }),
    route("HTTPRoute", "apps/r2", {
      hosts: ["b.test"],
      rules: [path("/x", { timeouts: { request: "1s" } }), path("/y")],
    }),
    tlsPolicy("apps/t", { group: "", kind: "Service", name: "one" }, certificates),
    ca("apps/ca"),
  ],
  "imported services": [
    oneGateway,
    route("HTTPRoute", "apps/r", {
      rules: [path("/", {}, { group: "multicluster.x-k8s.io", kind: "ServiceImport", name: "far", port: 8080 })],
    }),
    object("ServiceImport", "apps/far", {
      spec: { type: "ClusterSetIP", ips: ["1.1.1.1"], ports: [{ port: 8080, protocol: "TCP" }] },
    }),
    object("EndpointSlice", "apps/far-1", {
      metadata: { labels: { "multicluster.kubernetes.io/service-name": "far" } },
      addressType: "IPv4",
      ports: [{ port: 8080, protocol: "TCP" }],
      endpoints: [{ addresses: ["8.8.8.8"], conditions: { ready: true } }],
    }),
  ],
}
