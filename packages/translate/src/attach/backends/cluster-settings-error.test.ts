import { describe, expect, it } from "vitest"
import { clusterSettingsError } from "./cluster-settings-error.ts"
import type { ClusterSettings } from "./cluster-traffic.ts"

const hash = (tableSize: number): ClusterSettings => ({
  loadBalancer: { type: "ConsistentHash", consistentHash: { type: "SourceIP", tableSize } },
})
const backOff = (baseInterval?: string, maxInterval?: string): ClusterSettings => ({
  retry: {
    perRetry: {
      backOff: {
        ...(baseInterval === undefined ? {} : { baseInterval }),
        ...(maxInterval === undefined ? {} : { maxInterval }),
      },
    },
  },
})
const windows = "is out of range, must be between 65535 and 2147483647"

describe("settings of a backend", () => {
  it.each<readonly [string, ClusterSettings | undefined, string | undefined]>([
    ["none", undefined, undefined],
    [
      "times that are none",
      { timeout: { tcp: { connectTimeout: "22mib" }, http: { maxStreamDuration: "1.5h", requestTimeout: "soon" } } },
      "invalid ConnectTimeout value 22mib\ninvalid RequestTimeout value soon",
    ],
    ["a probe that is none", { tcpKeepalive: { idleTime: "1m", interval: "x" } }, "invalid Interval value x"],
    ["a buffer", { connection: { bufferLimit: "20Mi" } }, undefined],
    ["a buffer in exponents", { connection: { bufferLimit: "1e3" } }, undefined],
    ["half a byte", { connection: { bufferLimit: "1500m" } }, "invalid BufferLimit value 1500m"],
    ["a negative buffer", { connection: { bufferLimit: "-1" } }, "BufferLimit value -1 is out of range"],
    ["a buffer beyond 32 bits", { connection: { bufferLimit: "100G" } }, "BufferLimit value 100G is out of range"],
    ["circuit breakers", { circuitBreaker: { maxConnections: 0, maxParallelRequests: 4_294_967_295 } }, undefined],
    [
      "a circuit breaker below nothing",
      { circuitBreaker: { maxConnections: 1, maxPendingRequests: -1, maxParallelRetries: -2 } },
      "invalid MaxPendingRequests value -1",
    ],
    ["a prime table", hash(65_537), undefined],
    ["the largest table", hash(5_000_011), undefined],
    ["a table that is not prime", hash(1024), "ConsistentHash: invalid TableSize value 1024"],
    ["a table that is too large", hash(5_000_077), "ConsistentHash: invalid TableSize value 5000077"],
    [
      "a table of a load balancer without hashes",
      { loadBalancer: { type: "Random", consistentHash: { type: "SourceIP", tableSize: 4 } } },
      undefined,
    ],
    ["windows", { http2: { initialStreamWindowSize: "64Ki", initialConnectionWindowSize: 65_535 } }, undefined],
    [
      "both windows out of range",
      { http2: { initialStreamWindowSize: "1Ki", initialConnectionWindowSize: "1Ti" } },
      `InitialStreamWindowSize value 1Ki ${windows}\nInitialConnectionWindowSize value 1Ti ${windows}`,
    ],
    ["intervals", backOff("100ms", "1s"), undefined],
    ["no base interval", backOff(undefined, "1s"), undefined],
    ["a base interval of nothing", backOff("0s", "1s"), "baseInterval cannot be set to 0s"],
    ["a maximum of nothing", backOff("1s", "0ms"), "maxInterval cannot be set to 0s"],
    ["intervals upside down", backOff("1m", "59s"), "maxInterval cannot be less than baseInterval"],
    [
      "the first of several",
      { ...backOff("0s"), connection: { bufferLimit: "5Gi" } },
      "BufferLimit value 5Gi is out of range",
    ],
  ])("with %s", (_, settings, expected) => {
    expect(clusterSettingsError(settings)).toBe(expected)
  })
})
