import { describe, expect, it } from "vitest"
import { backendSetting, clusterJson, endpoint } from "./test-plan.ts"

const plain = backendSetting("c/backend/0", "cart")
const tls = {
  subjectAltNames: [],
  parameters: { minVersion: "1.2", maxVersion: "1.3" },
  clientCertificates: [],
  ca: { type: "system", secretName: "system_ca_certificates" },
} as const
const options = (json: ReturnType<typeof clusterJson>) =>
  (json.typedExtensionProtocolOptions as Record<string, Record<string, unknown>> | undefined)?.[
    "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"
  ]

describe("clusters", () => {
  it("have Envoy Gateway's defaults", () => {
    expect(clusterJson([plain], { metadata: { kind: "HTTPRoute", namespace: "shop", name: "cart" } })).toEqual({
      name: "c",
      type: "EDS",
      edsClusterConfig: { edsConfig: { ads: {}, resourceApiVersion: "V3" }, serviceName: "c" },
      connectTimeout: "10s",
      perConnectionBufferLimitBytes: 32768,
      commonLbConfig: {},
      dnsLookupFamily: "V4_PREFERRED",
      ignoreHealthOnHostRemoval: true,
      circuitBreakers: { thresholds: [{ maxRetries: 1024 }] },
      loadBalancingPolicy: {
        policies: [
          {
            typedExtensionConfig: {
              name: "envoy.load_balancing_policies.least_request",
              typedConfig: {
                "@type": "type.googleapis.com/envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest",
                localityLbConfig: { localityWeightedLbConfig: {} },
              },
            },
          },
        ],
      },
      metadata: {
        filterMetadata: { "envoy-gateway": { resources: [{ kind: "HTTPRoute", name: "cart", namespace: "shop" }] } },
      },
    })
  })

  it("resolve names by Envoy's DNS extension, with the endpoints inside", () => {
    const json = clusterJson([{ ...plain, addressType: "fqdn" }], {}, [endpoint("cart.test", 443)])
    expect(json).toMatchObject({
      clusterType: {
        name: "envoy.cluster.dns",
        typedConfig: { dnsRefreshRate: "30s", respectDnsTtl: true, dnsLookupFamily: "V4_PREFERRED" },
      },
      loadAssignment: { clusterName: "c" },
    })
    expect(clusterJson([{ ...plain, addressType: "fqdn" }], {}, [])).toMatchObject({ type: "EDS" })
  })

  it("resolve the request's own host for dynamic resolvers", () => {
    const json = clusterJson([{ ...plain, addressType: "dynamic-resolver", tls }])
    expect(json).toMatchObject({
      clusterType: {
        name: "envoy.clusters.dynamic_forward_proxy",
        typedConfig: { dnsCacheConfig: { name: "envoy-gateway-dfp-cache-v4_preferred-30000ms-default" } },
      },
      transportSocket: { name: "envoy.transport_sockets.tls" },
    })
    expect(json.transportSocketMatches).toBeUndefined()
    expect(options(json)?.upstreamHttpProtocolOptions).toEqual({ autoSni: true, autoSanValidation: true })
  })

  it.each([
    ["IPv4", undefined, "V4_ONLY"],
    ["IPv6", undefined, "V6_ONLY"],
    ["DualStack", undefined, "ALL"],
    ["DualStack", "IPv4", "V4_ONLY"],
    [undefined, "IPv6Preferred", undefined],
    [undefined, "IPv4AndIPv6", "ALL"],
  ] as const)(
    "look names up for Service %s and chosen %s (AUTO is Envoy's zero)",
    (ipFamily, lookupFamily, expected) => {
      const settings = [ipFamily === undefined ? plain : { ...plain, ipFamily }]
      const traffic = lookupFamily === undefined ? {} : { traffic: { dns: { lookupFamily } } }
      expect(clusterJson(settings, traffic).dnsLookupFamily).toBe(expected)
    },
  )

  it.each([
    [["http"], undefined],
    [["http", "grpc"], "http2ProtocolOptions"],
    [["http2"], "http2ProtocolOptions"],
    [["ws", "http"], "httpProtocolOptions"],
    [["tcp"], undefined],
  ] as const)("speak to %j", (protocols, expected) => {
    const found = options(clusterJson(protocols.map((protocol) => ({ ...plain, protocol }))))
    expect(found === undefined ? undefined : Object.keys(found.explicitHttpConfig as object)[0]).toBe(expected)
  })

  it("negotiate HTTP when all backends have TLS, over a socket that stands only for that", () => {
    const json = clusterJson([
      { ...plain, tls },
      { ...plain, name: "c/backend/1", tls: { ...tls, sni: "cart.test" } },
    ])
    expect(options(json)).toMatchObject({ autoConfig: { httpProtocolOptions: {} } })
    expect(json).toMatchObject({
      transportSocket: { name: "dummy.transport_socket" },
      transportSocketMatches: [
        { name: "c/tls/0", match: { name: "c/tls/0" } },
        { name: "c/tls/1", transportSocket: { typedConfig: { sni: "cart.test" } } },
      ],
    })
    expect(clusterJson([{ ...plain, tls }, plain]).transportSocket).toBeUndefined()
  })

  it("take the server's name from requests when nobody says it", () => {
    const json = clusterJson([{ ...plain, tls }])
    expect(options(json)?.upstreamHttpProtocolOptions).toEqual({ autoSni: true })
    expect(JSON.stringify(json.transportSocketMatches)).toContain('"autoSniSanValidation":true')
  })

  it.each([
    [{ sni: "cart.test" }, [{ sanType: "DNS", matcher: { exact: "cart.test" } }]],
    [
      { sni: "cart.test", subjectAltNames: [{ type: "uri", value: "spiffe://a" }] },
      [{ sanType: "URI", matcher: { exact: "spiffe://a" } }],
    ],
    [{ sni: "cart.test", isUnverified: true }, undefined],
  ] as const)("check the server against %j", (more, names) => {
    const [match] = clusterJson([{ ...plain, tls: { ...tls, ...more } }]).transportSocketMatches as unknown as {
      transportSocket: { typedConfig: { commonTlsContext: Record<string, Record<string, Record<string, unknown>>> } }
    }[]
    const { combinedValidationContext } = match!.transportSocket.typedConfig.commonTlsContext
    expect(combinedValidationContext?.defaultValidationContext?.matchTypedSubjectAltNames).toEqual(names)
  })

  it("wrap every socket for the PROXY protocol, the plain one too", () => {
    const json = clusterJson([{ ...plain, tls }, plain], { traffic: { proxyProtocol: "V2" } })
    const name = "envoy.transport_sockets.upstream_proxy_protocol"
    expect(json).toMatchObject({
      transportSocket: {
        name,
        typedConfig: { config: { version: "V2" }, transportSocket: { name: "envoy.transport_sockets.raw_buffer" } },
      },
      transportSocketMatches: [
        { transportSocket: { name, typedConfig: { transportSocket: { name: "envoy.transport_sockets.tls" } } } },
      ],
    })
  })

  it.each([
    [{}, {}],
    [
      { interval: "30s", timeout: "500ms", idleInterval: "1m", jitterPercent: 15 },
      { interval: "30s", timeout: "0.500s", connectionIdleInterval: "60s", intervalJitter: { value: 15 } },
    ],
  ] as const)("ask whether HTTP/2 connections live, every %j", (keepalive, expected) => {
    const http2 = (settings: Parameters<typeof clusterJson>[0]) =>
      options(clusterJson(settings, { traffic: { http2: { keepalive } } }))
    const found = { http2ProtocolOptions: { connectionKeepalive: expected } }
    expect(http2([{ ...plain, protocol: "grpc" }])).toMatchObject({ explicitHttpConfig: found })
    expect(http2([{ ...plain, tls }])).toMatchObject({ autoConfig: found })
    expect(http2([plain])).toBeUndefined()
  })

  it("take what backend settings say", () => {
    const json = clusterJson([{ ...plain, protocol: "grpc" }], {
      isRouteCluster: false,
      statName: "cart",
      traffic: {
        connectTimeout: "3s",
        bufferLimitBytes: 1024,
        circuitBreaker: {
          maxConnections: 5,
          maxParallelRetries: 7,
          perEndpointMaxConnections: 2,
          maxRequestsPerConnection: 9,
        },
        http2: { maxConcurrentStreams: 11, isStreamErrorTerminating: true },
        http: { idleTimeout: "1m", maxStreamDuration: "2m" },
        tcpKeepalive: { probes: 3, idleTimeSeconds: 30 },
        preconnect: { perEndpointPercent: 150 },
        loadBalancer: { type: "ConsistentHash", consistentHash: { type: "Header", header: { name: "x-user" } } },
        healthCheck: {
          active: { type: "HTTP", http: { path: "/healthz", expectedStatuses: [200, 201, 300] } },
          passive: { consecutiveGatewayErrors: 4 },
          panicThreshold: 20,
        },
        healthCheckLog: {},
      },
    })
    expect(json).toMatchObject({
      altStatName: "cart",
      connectTimeout: "3s",
      perConnectionBufferLimitBytes: 1024,
      circuitBreakers: {
        thresholds: [{ maxConnections: 5, maxRetries: 7 }],
        perHostThresholds: [{ maxConnections: 2 }],
      },
      upstreamConnectionOptions: { tcpKeepalive: { keepaliveProbes: 3, keepaliveTime: 30 } },
      preconnectPolicy: { perUpstreamPreconnectRatio: 1.5 },
      loadBalancingPolicy: { policies: [{ typedExtensionConfig: { name: "envoy.load_balancing_policies.maglev" } }] },
      healthChecks: [
        {
          timeout: "1s",
          interval: "3s",
          httpHealthCheck: {
            path: "/healthz",
            expectedStatuses: [
              { start: "200", end: "202" },
              { start: "300", end: "301" },
            ],
          },
          alwaysLogHealthCheckFailures: true,
          alwaysLogHealthCheckSuccess: true,
        },
      ],
      outlierDetection: { consecutiveGatewayFailure: 4, enforcingConsecutiveGatewayFailure: 100 },
      commonLbConfig: { healthyPanicThreshold: { value: 20 } },
    })
    expect(options(json)).toMatchObject({
      commonHttpProtocolOptions: { idleTimeout: "60s", maxStreamDuration: "120s", maxRequestsPerConnection: 9 },
      explicitHttpConfig: {
        http2ProtocolOptions: {
          initialStreamWindowSize: 65536,
          maxConcurrentStreams: 11,
          overrideStreamErrorOnInvalidHttpMessage: true,
        },
      },
      hashPolicy: [{ header: { headerName: "x-user" } }],
    })
  })

  it.each([
    ["RoundRobin", "round_robin"],
    ["Random", "random"],
    ["LeastRequest", "least_request"],
  ])("balance by %s", (type, name) => {
    const json = clusterJson([plain], { traffic: { loadBalancer: { type } } })
    expect(JSON.stringify(json.loadBalancingPolicy)).toContain(`"envoy.load_balancing_policies.${name}"`)
  })
})
