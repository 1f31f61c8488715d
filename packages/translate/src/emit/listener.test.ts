import { Secret } from "@attache/base"
import { describe, expect, it } from "vitest"
import type { HttpListener, L4Listener, PlanRoute, ProxyPlan } from "../plan/index.ts"
import { type SnapshotJson, snapshotJson } from "./json.ts"
import { createEmitter } from "./queries.ts"
import { backendSetting, createTestPlan, httpListener, planRoute, proxyOptions } from "./test-plan.ts"

type Json = Record<string, unknown>

const origin = { object: "Gateway/infra/edge", field: "spec.listeners[0]" }
const bytes = new TextEncoder().encode("pem")
const certificate = {
  name: "infra/cert",
  content: { type: "inline", chain: bytes, key: new Secret(bytes) },
} as const
const l4 = (name: string, more: Partial<L4Listener> = {}): L4Listener => ({
  name: `infra/edge/${name}`,
  protocol: "TCP",
  address: "0.0.0.0",
  externalPort: 443,
  port: 10443,
  hostname: "*",
  origin,
  ...more,
})
const l4Route = (name: string, hosts: readonly string[] = []) => ({
  name,
  hosts,
  destination: {
    name: `${name}/rule/-1`,
    settings: [backendSetting(`${name}/rule/-1/backend/0`, "db", { protocol: "tcp" })],
  },
})

interface Setup {
  readonly http?: readonly HttpListener[]
  readonly l4?: readonly L4Listener[]
  readonly options?: Partial<ProxyPlan["options"]>
  readonly routes?: Readonly<Record<string, readonly PlanRoute[]>>
  readonly l4Routes?: Readonly<Record<string, readonly ReturnType<typeof l4Route>[]>>
  readonly grpc?: readonly string[]
}

function emitted(setup: Setup): SnapshotJson {
  const plan = createTestPlan()
  plan.setProxy({
    options: proxyOptions(setup.options),
    listeners: { http: setup.http ?? [], l4: setup.l4 ?? [] },
  })
  for (const [name, routes] of Object.entries(setup.routes ?? {})) plan.setRoutes(name, routes)
  for (const [name, routes] of Object.entries(setup.l4Routes ?? {})) plan.setL4Routes(name, routes)
  for (const name of setup.grpc ?? []) plan.setGrpc(name)
  const snapshot = createEmitter(plan.graph, plan.source).snapshot("infra/edge")
  if (snapshot === undefined) throw new Error("nothing published")
  expect(snapshot.diagnostics).toEqual([])
  return snapshotJson(snapshot)
}

const listeners = (setup: Setup): Json[] => emitted(setup).listeners as unknown as Json[]

function filtersOf(chain: unknown): { name: string; typedConfig: Json }[] {
  return (chain as { filters: { name: string; typedConfig: Json }[] }).filters
}

function httpFilterNames(chain: unknown): string[] {
  const filters = filtersOf(chain)[0]?.typedConfig.httpFilters as { name: string; disabled?: boolean }[]
  return filters.map(
    ({ name, disabled }) => `${name.replace("envoy.filters.http.", "")}${disabled === true ? "-" : ""}`,
  )
}

describe("listeners", () => {
  it("join plain HTTP listeners of a port into one default chain", () => {
    const setup: Setup = {
      http: [httpListener("a"), httpListener("b", { hostname: "*.b.test" })],
      routes: {
        "infra/edge/a": [planRoute("one", "a.test")],
        "infra/edge/b": [planRoute("two", "x.b.test", { cors: cors() })],
      },
      grpc: ["infra/edge/b"],
    }
    const [only, ...rest] = listeners(setup)
    expect(rest).toEqual([])
    expect(only).toMatchObject({
      name: "infra/edge/a",
      address: { socketAddress: { address: "0.0.0.0", portValue: 10080 } },
      perConnectionBufferLimitBytes: 32768,
      maxConnectionsToAcceptPerSocketEvent: 1,
      defaultFilterChain: { name: "infra/edge/a" },
    })
    expect(httpFilterNames(only?.defaultFilterChain)).toEqual(["cors", "grpc_web", "grpc_stats", "router"])
    expect(emitted(setup).routes).toMatchObject([
      { name: "infra/edge/a", virtualHosts: [{ name: "infra/edge/a/a_test" }, { name: "infra/edge/b/x_b_test" }] },
    ])
  })

  it("are named by port under scheme v2", () => {
    const {
      listeners: [only],
      routes,
    } = emitted({
      http: [httpListener("a")],
      options: { isNameSchemeV2: true },
      routes: { "infra/edge/a": [planRoute("one", "a.test")] },
    })
    expect(only).toMatchObject({ name: "tcp-80", defaultFilterChain: { name: "http-80" } })
    expect(filtersOf((only as Json).defaultFilterChain)[0]?.typedConfig).toMatchObject({
      statPrefix: "http-80",
      rds: { routeConfigName: "http-80" },
    })
    expect(routes).toMatchObject([{ name: "http-80", virtualHosts: [{ name: "a_test" }] }])
  })

  it("give each HTTPS listener a chain of its own, chosen by server name", () => {
    const tls = { certificates: [certificate] }
    const at = { externalPort: 443, port: 10443, tls }
    const [only] = listeners({
      http: [httpListener("a", { ...at, hostname: "a.test" }), httpListener("any", { ...at, isTlsOverlapping: true })],
      l4: [l4("pass", { protocol: "TLS" })],
      l4Routes: { "infra/edge/pass": [l4Route("tlsroute/shop/t", ["t.test"])] },
    })
    const socket = (alpn: readonly string[]) => ({
      name: "envoy.transport_sockets.tls",
      typedConfig: {
        commonTlsContext: { alpnProtocols: alpn, tlsCertificateSdsSecretConfigs: [{ name: "infra/cert" }] },
        disableStatefulSessionResumption: true,
        disableStatelessSessionResumption: true,
      },
    })
    expect(only).toMatchObject({
      name: "infra/edge/a",
      listenerFilters: [{ name: "envoy.filters.listener.tls_inspector" }],
      filterChains: [
        {
          name: "infra/edge/a",
          filterChainMatch: { serverNames: ["a.test"] },
          transportSocket: socket(["h2", "http/1.1"]),
        },
        { name: "infra/edge/any", transportSocket: socket(["http/1.1"]) },
        { name: "tlsroute/shop/t", filterChainMatch: { serverNames: ["t.test"] } },
      ],
    })
    expect((only!.filterChains as Json[])[1]?.filterChainMatch).toBeUndefined()
  })

  it.each<[string, L4Listener, string]>([
    ["plain TCP", l4("x"), "tcp-10443"],
    ["passed TLS", l4("x", { protocol: "TLS" }), "tls-passthrough-10443"],
    ["terminated TLS", l4("x", { protocol: "TLS", tls: { certificates: [certificate] } }), "tls-terminate-10443"],
  ])("count %s under its own name", (_, listener, statPrefix) => {
    const { listeners: all, secrets } = emitted({
      l4: [listener],
      l4Routes: { "infra/edge/x": [l4Route("tcproute/shop/t")] },
    })
    expect(filtersOf((all[0] as unknown as { filterChains: unknown[] }).filterChains[0])).toMatchObject([
      { name: "envoy.filters.network.tcp_proxy", typedConfig: { statPrefix, cluster: "tcproute/shop/t/rule/-1" } },
    ])
    expect(secrets.length).toBe(listener.tls === undefined ? 0 : 1)
  })

  it("exist without routes", () => {
    const {
      listeners: all,
      clusters,
      secrets,
    } = emitted({
      l4: [
        l4("x", { protocol: "TLS", tls: { certificates: [certificate] } }),
        l4("dns", { protocol: "UDP", externalPort: 53, port: 10053 }),
      ],
    })
    expect(all).toMatchObject([
      {
        name: "infra/edge/dns",
        address: { socketAddress: { protocol: "UDP" } },
        listenerFilters: [
          {
            name: "envoy.filters.udp_listener.udp_proxy",
            typedConfig: {
              statPrefix: "service",
              matcher: { onNoMatch: { action: { name: "route", typedConfig: { cluster: "EmptyCluster" } } } },
            },
          },
        ],
      },
      { name: "infra/edge/x", filterChains: [{ name: "EmptyCluster" }] },
    ])
    expect(clusters).toEqual([{ name: "EmptyCluster", type: "STATIC" }])
    expect(secrets).toEqual([])
  })

  it("answer readiness probes where the profile has them", () => {
    const all = listeners({ options: { ready: { address: "0.0.0.0", port: 19003, isIpv4Compatible: false } } })
    expect(all).toMatchObject([{ name: "envoy-gateway-proxy-ready-0.0.0.0-19003", bypassOverloadManager: true }])
    expect(httpFilterNames((all[0]!.filterChains as unknown[])[0])).toEqual(["health_check", "router"])
    expect(listeners({})).toEqual([])
  })

  it("log routes and connections", () => {
    const json = { type: "file-json", path: "/dev/stdout", format: {} } as const
    const text = { type: "file-text", path: "/log", format: "%REQ_WITHOUT_QUERY(:PATH)%" } as const
    const [only] = listeners({
      http: [httpListener("a")],
      options: {
        accessLogs: [
          { scope: "RouteAndListener", matches: ["response.code >= 500"], sink: json },
          { scope: "Route", matches: [], sink: text },
          { scope: "Upstream", matches: [], sink: text },
        ],
      },
    })
    const hcm = filtersOf(only?.defaultFilterChain)[0]?.typedConfig
    expect(only?.accessLog).toMatchObject([
      { filter: { andFilter: { filters: [{ extensionFilter: {} }, { responseFlagFilter: { flags: ["NR"] } }] } } },
    ])
    expect(hcm?.accessLog).toMatchObject([
      { typedConfig: { path: "/log", logFormat: { formatters: [{ name: "envoy.formatter.req_without_query" }] } } },
      {
        filter: { extensionFilter: { name: "envoy.access_loggers.extension_filters.cel" } },
        typedConfig: { logFormat: { jsonFormat: { start_time: "%START_TIME%" } } },
      },
    ])
    expect(hcm?.httpFilters).toMatchObject([
      { typedConfig: { upstreamLog: [{}], upstreamLogOptions: { flushUpstreamLogOnUpstreamStream: true } } },
    ])
  })

  it("trace as asked", () => {
    const {
      listeners: [only],
      clusters,
    } = emitted({
      http: [httpListener("a")],
      options: {
        requestIdTracing: "Disable",
        tracing: {
          serviceName: "edge.infra",
          authority: "otel.infra.svc",
          provider: "OpenTelemetry",
          destination: {
            name: "tracing",
            settings: [backendSetting("tracing/backend/-1", "otel", { protocol: "grpc" })],
          },
          sampling: { numerator: 1, denominator: 100 },
          spec: {
            clientSamplingFraction: { numerator: 20, denominator: 100 },
            customTags: {
              b: { type: "Literal", literal: { value: "1" } },
              a: { type: "Environment", environment: { name: "POD" } },
            },
            spanName: { server: "in", client: "out" },
          },
        },
      },
    })
    expect(filtersOf((only as Json).defaultFilterChain)[0]?.typedConfig).toMatchObject({
      requestIdExtension: { typedConfig: { packTraceReason: false, useRequestIdForTraceSampling: false } },
      tracing: {
        clientSampling: { value: 20 },
        randomSampling: { value: 1 },
        overallSampling: { value: 100 },
        spawnUpstreamSpan: true,
        operation: "in",
        upstreamOperation: "out",
        customTags: [
          { tag: "a", environment: { name: "POD" } },
          { tag: "b", literal: { value: "1" } },
        ],
        provider: {
          name: "envoy.tracers.opentelemetry",
          typedConfig: {
            serviceName: "edge.infra",
            grpcService: { envoyGrpc: { clusterName: "tracing", authority: "otel.infra.svc" } },
          },
        },
      },
    })
    expect(clusters).toMatchObject([{ name: "tracing" }])
  })
})

function cors() {
  return {
    allowOrigins: [],
    allowMethods: ["GET", "*"],
    allowHeaders: ["a", "b"],
    exposeHeaders: [],
    maxAge: 5,
    isCredentialsAllowed: false,
  }
}
