import { fromBytes, toBytes } from "./byte-string.ts"

/** Key and value as byte strings. */
export type Pair = readonly [key: string, value: string]

/** The reader's bounds. Source: proxy-wasm-cpp-host `pairs_util.cc`. */
export const pairLimits = { bytes: 1024 * 1024, count: 1024 } as const

/** Pairs in the ABI's serialized form; no pairs give no bytes, as the host writes them. */
export function encodePairs(pairs: readonly Pair[]): Uint8Array {
  if (pairs.length === 0) return new Uint8Array(0)
  const size = pairs.reduce((n, [key, value]) => n + key.length + value.length + 10, 4)
  const out = new Uint8Array(size)
  const view = new DataView(out.buffer)
  view.setUint32(0, pairs.length, true)
  let lengths = 4
  let at = 4 + pairs.length * 8
  for (const [key, value] of pairs) {
    view.setUint32(lengths, key.length, true)
    view.setUint32(lengths + 4, value.length, true)
    lengths += 8
    out.set(toBytes(key), at)
    at += key.length + 1
    out.set(toBytes(value), at)
    at += value.length + 1
  }
  return out
}

/**
 * Pairs out of the serialized form; anything malformed gives no pairs at all, without an error.
 *
 * Bounds are {@link pairLimits}; the length must be exact and every NUL in place, as in the host library.
 */
export function decodePairs(bytes: Uint8Array): readonly Pair[] {
  if (bytes.length < 4 || bytes.length > pairLimits.bytes) return []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const count = view.getUint32(0, true)
  if (count > pairLimits.count || 4 + count * 8 > bytes.length) return []
  const pairs: Pair[] = []
  let at = 4 + count * 8
  const take = (length: number): string | undefined => {
    const end = at + length
    if (end >= bytes.length || bytes[end] !== 0) return undefined
    const text = fromBytes(bytes.subarray(at, end))
    at = end + 1
    return text
  }
  for (let i = 0; i < count; i++) {
    const key = take(view.getUint32(4 + i * 8, true))
    if (key === undefined) return []
    const value = take(view.getUint32(8 + i * 8, true))
    if (value === undefined) return []
    pairs.push([key, value])
  }
  return at === bytes.length ? pairs : []
}
