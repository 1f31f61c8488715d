import { createHash } from "node:crypto"

/**
 * Sum of member hashes, 64 bits in two halves.
 *
 * Order does not matter, and replacing one member costs two additions however large the set is.
 */
export interface VersionSum {
  readonly high: number
  readonly low: number
}

/** The sum of nothing. */
export const zeroSum: VersionSum = { high: 0, low: 0 }

/** Member hash of one resource: name and content version. */
export function memberSum(name: string, version: string): VersionSum {
  const digest = createHash("sha256").update(name).update("\0").update(version).digest()
  return { high: digest.readUInt32BE(0), low: digest.readUInt32BE(4) }
}

/** Sum with one member more. */
export function addSum(a: VersionSum, b: VersionSum): VersionSum {
  const low = a.low + b.low
  const carry = low > 0xffffffff ? 1 : 0
  return { high: (a.high + b.high + carry) >>> 0, low: low >>> 0 }
}

/** Sum with one member less. */
export function subtractSum(a: VersionSum, b: VersionSum): VersionSum {
  const low = a.low - b.low
  const borrow = low < 0 ? 1 : 0
  return { high: (a.high - b.high - borrow) >>> 0, low: low >>> 0 }
}

/** The sum as a version: 16 hex characters. */
export function sumVersion(sum: VersionSum): string {
  return sum.high.toString(16).padStart(8, "0") + sum.low.toString(16).padStart(8, "0")
}

/**
 * The `version_info` of a state-of-the-world response: `HASH.N`.
 *
 * N counts the refusals of this type on this stream, so that going back to earlier content after a NACK is a
 * version the client has not seen: it may hold part of what it refused.
 */
export function sotwVersion(hash: string, refusals: number): string {
  return `${hash}.${refusals}`
}
