// What of `backendSettings` the schemas let pass and Envoy Gateway 1.9 refuses, in its words.
import { milliseconds, wholeQuantity } from "../quantity.ts"
import type { ClusterSettings } from "./cluster-traffic.ts"

/** Flow control windows of HTTP/2, in bytes. */
const smallestWindow = 65_535
const largestWindow = 2_147_483_647
const largestTable = 5_000_011

/**
 * Why settings cannot be used, or undefined when they can: the first of the connection's buffer, the load balancer's hash
 * table, HTTP/2's windows (one line for each) and the intervals between retries.
 */
export function clusterSettingsError(settings: ClusterSettings | undefined): string | undefined {
  if (settings === undefined) return undefined
  return bufferError(settings) ?? tableError(settings) ?? windowErrors(settings) ?? backOffError(settings)
}

function bufferError({ connection }: ClusterSettings): string | undefined {
  const limit = connection?.bufferLimit
  if (limit === undefined) return undefined
  const bytes = wholeQuantity(limit)
  if (bytes === undefined) return `invalid BufferLimit value ${limit}`
  return bytes < 0 || bytes >= 2 ** 32 ? `BufferLimit value ${limit} is out of range` : undefined
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

function windowErrors({ http2 }: ClusterSettings): string | undefined {
  const errors = [
    windowError("InitialStreamWindowSize", http2?.initialStreamWindowSize),
    windowError("InitialConnectionWindowSize", http2?.initialConnectionWindowSize),
  ].filter((error) => error !== undefined)
  return errors.length === 0 ? undefined : errors.join("\n")
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
