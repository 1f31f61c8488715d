// XSalsa20-Poly1305, in which cosign encrypts private keys and which Node does not have. For keys, a few hundred bytes.
// Source: D. J. Bernstein, "Cryptography in NaCl" (2009) and "Extending the Salsa20 nonce" (2011); RFC 8439, 2.5.
import { timingSafeEqual } from "node:crypto"

const tagBytes = 16

/** Longest message; the arithmetic is written for few bytes. */
export const maxSecretboxBytes = 65_536

/**
 * The message in a box of NaCl; undefined when it is damaged or the key another.
 *
 * @param key 32 bytes
 * @param nonce 24 bytes
 */
export function openSecretbox(box: Uint8Array, nonce: Uint8Array, key: Uint8Array): Uint8Array | undefined {
  if (box.length < tagBytes || box.length > maxSecretboxBytes) return undefined
  const sealed = box.subarray(tagBytes)
  const stream = keyStream(key, nonce, sealed.length + 32)
  const tag = poly1305(sealed, stream.subarray(0, 32))
  return timingSafeEqual(tag, box.subarray(0, tagBytes)) ? mixed(sealed, stream.subarray(32)) : undefined
}

/** A box of NaCl with a message in it. A nonce must not be used twice with one key. */
export function sealSecretbox(message: Uint8Array, nonce: Uint8Array, key: Uint8Array): Uint8Array {
  const stream = keyStream(key, nonce, message.length + 32)
  const sealed = mixed(message, stream.subarray(32))
  return Buffer.concat([poly1305(sealed, stream.subarray(0, 32)), sealed])
}

function mixed(bytes: Uint8Array, stream: Uint8Array): Uint8Array {
  return bytes.map((byte, at) => byte ^ (stream[at] ?? 0))
}

/** XSalsa20: the first 16 bytes of the nonce make a key for Salsa20 with the other eight. */
function keyStream(key: Uint8Array, nonce: Uint8Array, length: number): Uint8Array {
  const first = salsa20(key, nonce.subarray(0, 16), false)
  const derived = Buffer.alloc(32)
  for (const [at, word] of [0, 5, 10, 15, 6, 7, 8, 9].entries()) derived.writeUInt32LE(first[word] ?? 0, at * 4)
  const stream = Buffer.alloc(Math.ceil(length / 64) * 64)
  const input = Buffer.alloc(16)
  input.set(nonce.subarray(16, 24))
  for (let at = 0; at < stream.length; at += 64) {
    input.writeUInt32LE(at / 64, 8)
    for (const [index, word] of salsa20(derived, input, true).entries()) stream.writeUInt32LE(word, at + index * 4)
  }
  return stream.subarray(0, length)
}

/** Places of the words that each quarter round mixes: columns, then rows. */
const quarters = [
  [0, 4, 8, 12],
  [5, 9, 13, 1],
  [10, 14, 2, 6],
  [15, 3, 7, 11],
  [0, 1, 2, 3],
  [5, 6, 7, 4],
  [10, 11, 8, 9],
  [15, 12, 13, 14],
] as const

/** One block of Salsa20/20. @param adds whether the input is added at the end, which the derivation of keys leaves out */
function salsa20(key: Uint8Array, input: Uint8Array, adds: boolean): Uint32Array {
  const words = (bytes: Uint8Array): number[] => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    return Array.from({ length: bytes.length / 4 }, (_, at) => view.getUint32(at * 4, true))
  }
  const [c0, c1, c2, c3] = words(Buffer.from("expand 32-byte k")) as [number, number, number, number]
  const [k, n] = [words(key), words(input)]
  const start = Uint32Array.from([c0, ...k.slice(0, 4), c1, ...n, c2, ...k.slice(4), c3])
  const state = start.slice()
  const turn = (to: number, a: number, b: number, by: number): void => {
    const sum = ((state[a] ?? 0) + (state[b] ?? 0)) >>> 0
    state[to] = (state[to] ?? 0) ^ ((sum << by) | (sum >>> (32 - by)))
  }
  for (let round = 0; round < 10; round++) {
    for (const [a, b, c, d] of quarters) {
      turn(b, a, d, 7)
      turn(c, b, a, 9)
      turn(d, c, b, 13)
      turn(a, d, c, 18)
    }
  }
  return adds ? state.map((word, at) => (word + (start[at] ?? 0)) >>> 0) : state
}

function poly1305(message: Uint8Array, key: Uint8Array): Uint8Array {
  const prime = (1n << 130n) - 5n
  const r = littleEndian(key.subarray(0, 16)) & 0x0ffffffc0ffffffc0ffffffc0fffffffn
  let sum = 0n
  for (let at = 0; at < message.length; at += 16) {
    const part = message.subarray(at, at + 16)
    sum = ((sum + littleEndian(part) + (1n << BigInt(part.length * 8))) * r) % prime
  }
  const tag = (sum + littleEndian(key.subarray(16, 32))) & ((1n << 128n) - 1n)
  return Buffer.from(tag.toString(16).padStart(32, "0"), "hex").reverse()
}

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString("hex") || "0"}`)
}
