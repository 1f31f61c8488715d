// What of `backendSettings` the schemas let pass and Envoy Gateway 1.9 refuses, in its words.
import { milliseconds, wholeQuantity } from "../quantity.ts"
import type { ClusterSettings } from "./cluster-traffic.ts"

/** Flow control windows of HTTP/2, in bytes. */
const smallestWindow = 65_535
const largestWindow = 2_147_483_647
const largestTable = 5_000_011

/**
 * Why settings cannot be used, or undefined when they can: the first of the timeouts, the connection's buffer, TCP's
 * keep-alive, the circuit breakers, the load balancer's hash table, HTTP/2's options and the intervals between retries.
 * Timeouts and HTTP/2's options have a line for each fault.
 */
export function clusterSettingsError(settings: ClusterSettings | undefined): string | undefined {
  if (settings === undefined) return undefined
  return (
    timeoutErrors(settings) ??
    bufferError(settings) ??
    tcpKeepaliveError(settings) ??
    breakerError(settings) ??
    tableError(settings) ??
    http2Errors(settings) ??
    backOffError(settings)
  )
}

function timeoutErrors({ timeout }: ClusterSettings): string | undefined {
  return lines([
    durationError("ConnectTimeout", timeout?.tcp?.connectTimeout),
    durationError("ConnectionIdleTimeout", timeout?.http?.connectionIdleTimeout),
    durationError("MaxConnectionDuration", timeout?.http?.maxConnectionDuration),
    durationError("RequestTimeout", timeout?.http?.requestTimeout),
    durationError("MaxStreamDuration", timeout?.http?.maxStreamDuration),
    durationError("StreamIdleTimeout", timeout?.http?.streamIdleTimeout),
  ])
}

function durationError(field: string, text: string | undefined): string | undefined {
  return text === undefined || milliseconds(text) !== undefined ? undefined : `invalid ${field} value ${text}`
}

function lines(errors: readonly (string | undefined)[]): string | undefined {
  const found = errors.filter((error) => error !== undefined)
  return found.length === 0 ? undefined : found.join("\n")
}

function bufferError({ connection }: ClusterSettings): string | undefined {
  const limit = connection?.bufferLimit
  if (limit === undefined) return undefined
  const bytes = wholeQuantity(limit)
  if (bytes === undefined) return `invalid BufferLimit value ${limit}`
  return bytes < 0 || bytes >= 2 ** 32 ? `BufferLimit value ${limit} is out of range` : undefined
}

function tcpKeepaliveError({ tcpKeepalive }: ClusterSettings): string | undefined {
  return durationError("IdleTime", tcpKeepalive?.idleTime) ?? durationError("Interval", tcpKeepalive?.interval)
}

const breakerFields = [
  "maxConnections",
  "maxParallelRequests",
  "maxPendingRequests",
  "maxParallelRetries",
  "maxRequestsPerConnection",
] as const

function breakerError({ circuitBreaker }: ClusterSettings): string | undefined {
  for (const field of breakerFields) {
    const value = circuitBreaker?.[field]
    if (value !== undefined && (value < 0 || value >= 2 ** 32))
      return `invalid ${field.replace("max", "Max")} value ${value}`
  }
  return undefined
}

function tableError({ loadBalancer }: ClusterSettings): string | undefined {
  const size = loadBalancer?.type === "ConsistentHash" ? loadBalancer.consistentHash?.tableSize : undefined
  if (size === undefined || (size <= largestTable && isPrime(size))) return undefined
  return `ConsistentHash: invalid TableSize value ${size}`
}

/** Maglev spreads evenly only over a prime number of places. */
function isPrime(size: number): boolean {
  if (size < 2) return false
  for (let divisor = 2; divisor * divisor <= size; divisor++) if (size % divisor === 0) return false
  return true
}

function http2Errors({ http2 }: ClusterSettings): string | undefined {
  const keepalive = http2?.connectionKeepalive
  return lines([
    windowError("InitialStreamWindowSize", http2?.initialStreamWindowSize),
    windowError("InitialConnectionWindowSize", http2?.initialConnectionWindowSize),
    durationError("ConnectionKeepalive.Interval", keepalive?.interval),
    durationError("ConnectionKeepalive.Timeout", keepalive?.timeout),
    durationError("ConnectionKeepalive.IdleInterval", keepalive?.idleInterval),
  ])
}

function windowError(field: string, value: number | string | undefined): string | undefined {
  if (value === undefined) return undefined
  const bytes = wholeQuantity(value)
  if (bytes === undefined) return `invalid ${field} value ${value}`
  if (bytes >= smallestWindow && bytes <= largestWindow) return undefined
  return `${field} value ${value} is out of range, must be between ${smallestWindow} and ${largestWindow}`
}

function backOffError({ retry }: ClusterSettings): string | undefined {
  const backOff = retry?.perRetry?.backOff
  const base = milliseconds(backOff?.baseInterval)
  const max = milliseconds(backOff?.maxInterval)
  if (base === 0) return "baseInterval cannot be set to 0s"
  if (max === 0) return "maxInterval cannot be set to 0s"
  return base !== undefined && max !== undefined && base > max
    ? "maxInterval cannot be less than baseInterval"
    : undefined
}
