// @ts-nocheck: editors know neither the compiler's decorators nor its runtime.
// Base64, for credentials and tokens in headers: import it from "@attache/wasm-sdk/assembly/base64".

/** Value of a character in either alphabet, or -1. */
function valueOf(code: i32): i32 {
  if (code >= 0x41 && code <= 0x5a) return code - 0x41
  if (code >= 0x61 && code <= 0x7a) return code - 0x47
  if (code >= 0x30 && code <= 0x39) return code + 4
  if (code == 0x2b || code == 0x2d) return 62
  return code == 0x2f || code == 0x5f ? 63 : -1
}

/** The bytes of a text in base64 or base64url, padded or not; null when it is neither. */
export function decodeBase64(text: string): Uint8Array | null {
  let length = text.length
  if (length % 4 == 0) for (let i = 0; i < 2 && length > 0 && text.charCodeAt(length - 1) == 0x3d; i++) length -= 1
  if (length % 4 == 1) return null
  const bytes = new Uint8Array((length * 3) >> 2)
  let bits = 0
  let at = 0
  for (let i = 0; i < length; i++) {
    const value = valueOf(text.charCodeAt(i))
    if (value < 0) return null
    bits = (bits << 6) | value
    if ((i & 3) != 0) bytes[at++] = (bits >> (6 - 2 * (i & 3))) as u8
  }
  return bytes
}

/** Base64 with padding, or base64url without. */
export function encodeBase64(bytes: Uint8Array, isUrl: bool = false): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + (isUrl ? "-_" : "+/")
  const length = (bytes.length * 4 + 2) / 3
  const all = isUrl ? length : (length + 3) & ~3
  const text = __new((all as usize) << 1, idof<string>())
  for (let i = 0; i < all; i++) {
    const from = (i * 6) >> 3
    const pair = (byteAt(bytes, from) << 8) | byteAt(bytes, from + 1)
    const code = i < length ? alphabet.charCodeAt((pair >> (10 - ((i * 6) & 7))) & 63) : 0x3d
    store<u16>(text + ((i as usize) << 1), code as u16)
  }
  return changetype<string>(text)
}

function byteAt(bytes: Uint8Array, index: i32): u32 {
  return index < bytes.length ? (unchecked(bytes[index]) as u32) : 0
}
