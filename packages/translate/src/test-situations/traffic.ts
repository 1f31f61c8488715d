// For tests: situations of listeners, routes and backends.
import { otherPair, tlsData, wildPair } from "../attach/gateways/test-certificates.ts"
import { envoyProxy, gatewayClass, gatewayOf, setOf } from "../attach/gateways/test-gateways.ts"
import { object, service } from "../attach/test-world.ts"
import type { AnyObject } from "../world/world.ts"
import {
  aged,
  at,
  backend,
  grant,
  group,
  gw,
  http,
  ip,
  lua,
  one,
  oneGateway,
  open,
  passing,
  path,
  policy,
  route,
  secret,
  simple,
  tls,
  toBackend,
  toService,
} from "./objects.ts"

/** Situations by name. */
export const trafficSituations: Readonly<Record<string, readonly AnyObject[]>> = {
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
