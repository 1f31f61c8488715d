import { describe, expect, it } from "vitest"
import { type ClusterSettings, clusterTraffic } from "./cluster-traffic.ts"

describe("backend settings", () => {
  it.each<readonly [ClusterSettings | undefined, ReturnType<typeof clusterTraffic>]>([
    [undefined, undefined],
    [{}, undefined],
    [{ timeout: { http: { requestTimeout: "1s", streamIdleTimeout: "2s" } } }, undefined],
    [{ connection: { socketBufferLimit: "1Mi" } }, undefined],
    [
      {
        timeout: {
          tcp: { connectTimeout: "3s" },
          http: { connectionIdleTimeout: "1m", maxConnectionDuration: "2m", maxStreamDuration: "3m" },
        },
      },
      {
        connectTimeout: "3s",
        http: { idleTimeout: "1m", maxConnectionDuration: "2m", maxStreamDuration: "3m" },
      },
    ],
    [
      { connection: { bufferLimit: "1Ki", preconnect: { perEndpointPercent: 150, predictivePercent: 200 } } },
      { bufferLimitBytes: 1024, preconnect: { perEndpointPercent: 150, predictivePercent: 200 } },
    ],
    [
      {
        circuitBreaker: {
          maxConnections: 1,
          perEndpoint: { maxConnections: 2 },
          retryBudget: { percent: { numerator: 1, denominator: 8 }, minRetryConcurrency: 4 },
        },
      },
      {
        circuitBreaker: {
          maxConnections: 1,
          perEndpointMaxConnections: 2,
          retryBudget: { percent: 12.5, minConcurrency: 4 },
        },
      },
    ],
    [
      { circuitBreaker: { retryBudget: { percent: { numerator: 20 } } } },
      { circuitBreaker: { retryBudget: { percent: 20 } } },
    ],
    [
      {
        http2: {
          initialStreamWindowSize: "64Ki",
          initialConnectionWindowSize: "1Mi",
          maxConcurrentStreams: 7,
          onInvalidMessage: "TerminateConnection",
          connectionKeepalive: { interval: "30s", timeout: "5s", idleInterval: "1m", intervalJitter: 15 },
        },
      },
      {
        http2: {
          initialStreamWindowSize: 65_536,
          initialConnectionWindowSize: 1_048_576,
          maxConcurrentStreams: 7,
          isStreamErrorTerminating: false,
          keepalive: { interval: "30s", timeout: "5s", idleInterval: "1m", jitterPercent: 15 },
        },
      },
    ],
    [
      { dns: { lookupFamily: "IPv6", dnsRefreshRate: "5s", respectDnsTtl: false } },
      { dns: { lookupFamily: "IPv6", refreshRate: "5s", respectTtl: false } },
    ],
    [
      { tcpKeepalive: { probes: 3, idleTime: "20m", interval: "1500ms" }, proxyProtocol: { version: "V2" } },
      { tcpKeepalive: { probes: 3, idleTimeSeconds: 1200, intervalSeconds: 1 }, proxyProtocol: "V2" },
    ],
    [
      {
        retry: {
          numRetries: 3,
          numAttemptsPerPriority: 1,
          retryOn: { triggers: ["reset", "5xx", "reset"], httpStatusCodes: [429] },
          perRetry: { timeout: "1s", backOff: { baseInterval: "100ms", maxInterval: "10s" } },
        },
      },
      {
        retry: {
          numRetries: 3,
          numAttemptsPerPriority: 1,
          retryOn: ["5xx", "reset"],
          statusCodes: [429],
          perTryTimeout: "1s",
          baseInterval: "100ms",
          maxInterval: "10s",
        },
      },
    ],
  ])("of %j become options of a cluster", (settings, expected) => {
    expect(clusterTraffic(settings)).toEqual(expected)
  })
})
