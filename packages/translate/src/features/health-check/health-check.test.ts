import { describe, expect, it } from "vitest"
import { assignmentJson, backendSetting, clusterJson, endpoint } from "../../emit/test-plan.ts"
import type { ActiveSpec, HealthCheckSpec } from "./health-checker.ts"

const setting = backendSetting("c/backend/0", "cart")
const cluster = (spec: HealthCheckSpec, more: Record<string, unknown> = {}) =>
  clusterJson([setting], { traffic: { healthCheck: { ...spec }, ...more } })
const times = { timeout: "1s", interval: "3s", unhealthyThreshold: 3, healthyThreshold: 1 }
const ok = [{ start: "200", end: "201" }]
const fileLog = (eventLogPath: string) => [
  {
    name: "envoy.health_check.event_sinks.file",
    typedConfig: {
      "@type": "type.googleapis.com/envoy.extensions.health_check.event_sinks.file.v3.HealthCheckEventFileSink",
      eventLogPath,
    },
  },
]

describe("active health checks", () => {
  it.each<readonly [ActiveSpec, Record<string, unknown>]>([
    [{ type: "HTTP", http: { path: "/healthz" } }, { httpHealthCheck: { path: "/healthz", expectedStatuses: ok } }],
    [
      {
        type: "HTTP",
        http: {
          path: "/",
          hostname: "check.test",
          method: "post",
          expectedStatuses: [201, 200, 300, 200],
          retriableStatuses: [503, 500],
          expectedResponse: { type: "Text", text: "pong" },
          requestBody: { type: "Binary", binary: "cGluZw==" },
        },
      },
      {
        httpHealthCheck: {
          path: "/",
          host: "check.test",
          method: "POST",
          expectedStatuses: [
            { start: "200", end: "202" },
            { start: "300", end: "301" },
          ],
          retriableStatuses: [
            { start: "500", end: "501" },
            { start: "503", end: "504" },
          ],
          receive: [{ text: "706f6e67" }],
          send: { binary: "cGluZw==" },
        },
      },
    ],
    [
      {
        type: "TCP",
        tcp: { send: { type: "Text", text: "a" }, receive: { type: "Binary", text: "b", binary: "Yw==" } },
      },
      { tcpHealthCheck: { send: { text: "61" }, receive: [{ binary: "Yw==" }] } },
    ],
    [{ type: "TCP", tcp: {} }, { tcpHealthCheck: {} }],
    [{ type: "GRPC", grpc: { service: "cart.Cart" } }, { grpcHealthCheck: { serviceName: "cart.Cart" } }],
    [{ type: "GRPC" }, { grpcHealthCheck: {} }],
    [
      {
        type: "GRPC",
        timeout: "500ms",
        interval: "1m",
        unhealthyThreshold: 9,
        healthyThreshold: 2,
        initialJitter: "1s",
      },
      {
        timeout: "0.500s",
        interval: "60s",
        unhealthyThreshold: 9,
        healthyThreshold: 2,
        initialJitter: "1s",
        grpcHealthCheck: {},
      },
    ],
    [
      {
        type: "GRPC",
        healthCheckLog: { matches: ["FailureSeriesStart", "Success"], sinks: [{ file: { path: "/log" } }] },
      },
      { grpcHealthCheck: {}, alwaysLogHealthCheckSuccess: true, eventLogger: fileLog("/log") },
    ],
    [
      { type: "GRPC", healthCheckLog: { matches: ["Failure", "HealthyTransition"] } },
      { grpcHealthCheck: {}, alwaysLogHealthCheckFailures: true, eventLogger: fileLog("/dev/stdout") },
    ],
  ])("of %j", (active, expected) => {
    expect(cluster({ active }).healthChecks).toEqual([{ ...times, ...expected }])
  })

  it("are logged as the whole fleet says when they say nothing", () => {
    const healthCheckLog = { sinks: [{ file: { path: "/fleet" } }] }
    const eventLogger = fileLog("/fleet")
    expect(cluster({ active: { type: "GRPC" } }, { healthCheckLog }).healthChecks).toMatchObject([{ eventLogger }])
  })

  it.each<readonly [ActiveSpec, Record<string, unknown> | undefined]>([
    [{ type: "TCP" }, { hostname: "cart.test" }],
    [
      { type: "HTTP", http: { path: "/" }, overrides: { port: 9090 } },
      { hostname: "cart.test", portValue: 9090 },
    ],
    [{ type: "HTTP", http: { path: "/", hostname: "*" } }, { hostname: "cart.test" }],
    [{ type: "HTTP", http: { path: "/", hostname: "check.test" } }, undefined],
    [{ type: "HTTP", http: { path: "/", hostname: "check.test" }, overrides: { port: 9090 } }, { portValue: 9090 }],
  ])("ask an endpoint with a host name of its own, %j", (active, expected) => {
    const json = assignmentJson([setting], [{ ...endpoint("10.0.0.1"), hostname: "cart.test" }], {
      traffic: { healthCheck: { active } as Readonly<Record<string, unknown>> },
    })
    const [locality] = json.endpoints as unknown as { lbEndpoints: { endpoint: Record<string, unknown> }[] }[]
    expect(locality?.lbEndpoints[0]?.endpoint.healthCheckConfig).toEqual(expected)
  })
})

describe("passive health checks", () => {
  it.each<readonly [NonNullable<HealthCheckSpec["passive"]>, unknown]>([
    [{}, {}],
    [{ maxEjectionPercent: 0, splitExternalLocalOriginErrors: false }, {}],
    [
      {
        splitExternalLocalOriginErrors: true,
        interval: "3s",
        baseEjectionTime: "1m30s",
        consecutive5XxErrors: 5,
        consecutiveGatewayErrors: 0,
        consecutiveLocalOriginFailures: 6,
        maxEjectionPercent: 10,
        alwaysEjectOneEndpoint: false,
        failurePercentageThreshold: 85,
      },
      {
        splitExternalLocalOriginErrors: true,
        interval: "3s",
        baseEjectionTime: "90s",
        consecutive5xx: 5,
        consecutiveGatewayFailure: 0,
        enforcingConsecutiveGatewayFailure: 100,
        consecutiveLocalOriginFailure: 6,
        maxEjectionPercent: 10,
        alwaysEjectOneHost: false,
        failurePercentageThreshold: 85,
        enforcingFailurePercentage: 100,
      },
    ],
  ])("of %j", (passive, expected) => {
    expect(cluster({ passive }).outlierDetection).toEqual(expected)
  })
})

describe("the panic threshold", () => {
  it.each([
    [0, { healthyPanicThreshold: {} }],
    [66, { healthyPanicThreshold: { value: 66 } }],
    [50, {}],
  ])("of %d %%", (panicThreshold, expected) => {
    expect(cluster({ panicThreshold }).commonLbConfig).toEqual(expected)
  })
})
