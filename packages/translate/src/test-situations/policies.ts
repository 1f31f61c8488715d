// For tests: situations of what is attached to listeners, routes and backends.
import { tlsData, wildPair } from "../attach/gateways/test-certificates.ts"
import { envoyProxy, gatewayClass, gatewayOf } from "../attach/gateways/test-gateways.ts"
import { object, service } from "../attach/test-world.ts"
import type { AnyObject } from "../world/world.ts"
import {
  aged,
  backend,
  ca,
  certificates,
  grant,
  group,
  http,
  ip,
  lua,
  one,
  oneGateway,
  patch,
  path,
  policy,
  route,
  secret,
  simple,
  tls,
  tlsPolicy,
  toBackend,
  toService,
} from "./objects.ts"

/** Situations by name. */
export const policySituations: Readonly<Record<string, readonly AnyObject[]>> = {
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
}
