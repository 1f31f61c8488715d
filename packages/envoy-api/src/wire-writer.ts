// One buffer for all encoding: messages are encoded one after the other, and only their exact bytes are copied out.
const firstSize = 1 << 16
const keepSize = 1 << 22

let buffer = Buffer.allocUnsafe(firstSize)
let at = 0

/** The bytes that `write` puts. Not to be called from within `write`. */
export function written(write: () => void): Uint8Array {
  at = 0
  write()
  const bytes = new Uint8Array(at)
  bytes.set(buffer.subarray(0, at))
  if (buffer.length > keepSize) buffer = Buffer.allocUnsafe(firstSize)
  return bytes
}

function reserve(size: number): void {
  if (at + size <= buffer.length) return
  const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, at + size))
  buffer.copy(larger, 0, 0, at)
  buffer = larger
}

/** Begins content whose length is not known yet; give the result to {@link closeLength}. */
export function openLength(): number {
  reserve(1)
  return ++at
}

/** Puts the length in front of what was written since {@link openLength}. */
export function closeLength(start: number): void {
  const length = at - start
  if (length < 128) {
    buffer[start - 1] = length
    return
  }
  const extra = varintSize(length) - 1
  reserve(extra)
  buffer.copyWithin(start + extra, start, at)
  at = start - 1
  putVarint(length)
  at += length
}

function varintSize(value: number): number {
  return value < 128 ? 1 : value < 16_384 ? 2 : value < 2_097_152 ? 3 : value < 268_435_456 ? 4 : 5
}

/** A number from 0 to 2^32-1: a tag, a length, an unsigned value. */
export function putVarint(value: number): void {
  reserve(5)
  let rest = value
  while (rest > 127) {
    buffer[at++] = (rest & 127) | 128
    rest >>>= 7
  }
  buffer[at++] = rest
}

/** The low 64 bits of an integer. */
export function putVarint64(value: bigint): void {
  const bits = BigInt.asUintN(64, value)
  let low = Number(bits & 0xffffffffn)
  let high = Number(bits >> 32n)
  reserve(10)
  while (high > 0 || low > 127) {
    buffer[at++] = (low & 127) | 128
    low = ((low >>> 7) | (high << 25)) >>> 0
    high >>>= 7
  }
  buffer[at++] = low
}

/** Text as UTF-8 with its length in front. */
export function putString(text: string): void {
  const length = text.length
  reserve(length * 3 + 5)
  if (length < 48 && putAscii(text, length)) return
  const prefix = varintSize(length)
  const size = buffer.write(text, at + prefix, "utf8")
  const actual = varintSize(size)
  if (actual !== prefix) buffer.copyWithin(at + actual, at + prefix, at + prefix + size)
  putVarint(size)
  at += size
}

// Calling into the runtime costs more than this loop for short text, and nearly all text here is short and ASCII.
function putAscii(text: string, length: number): boolean {
  let end = at + 1
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    if (code > 127) return false
    buffer[end++] = code
  }
  buffer[at] = length
  at = end
  return true
}

/** Bytes with their length in front. */
export function putBytes(bytes: Uint8Array): void {
  putVarint(bytes.length)
  putRaw(bytes)
}

/** Bytes as they are. */
export function putRaw(bytes: Uint8Array): void {
  reserve(bytes.length)
  buffer.set(bytes, at)
  at += bytes.length
}

/** Four bytes, little endian, of an integer from -2^31 to 2^32-1. */
export function putFixed32(value: number): void {
  reserve(4)
  buffer.writeUInt32LE(value >>> 0, at)
  at += 4
}

/** Eight bytes, little endian, the low 64 bits of an integer. */
export function putFixed64(value: bigint): void {
  reserve(8)
  buffer.writeBigUInt64LE(BigInt.asUintN(64, value), at)
  at += 8
}

/** IEEE 754, four bytes. */
export function putFloat(value: number): void {
  reserve(4)
  at = buffer.writeFloatLE(value, at)
}

/** IEEE 754, eight bytes. */
export function putDouble(value: number): void {
  reserve(8)
  at = buffer.writeDoubleLE(value, at)
}
