const encoder = new TextEncoder()
const decoder = new TextDecoder("utf-8")

/**
 * A text as a byte string: one character for each UTF-8 byte.
 *
 * Header names and values are bytes; held like this they compare and join as texts and lose nothing.
 */
export function byteString(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: plain ASCII is its own byte string
  return /^[\x00-\x7f]*$/.test(text) ? text : fromBytes(encoder.encode(text))
}

/** The text whose UTF-8 a byte string holds; broken sequences become U+FFFD. */
export function textOf(bytes: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: plain ASCII is its own text
  return /^[\x00-\x7f]*$/.test(bytes) ? bytes : decoder.decode(toBytes(bytes))
}

/** The bytes of a byte string. */
export function toBytes(bytes: string): Uint8Array {
  const out = new Uint8Array(bytes.length)
  for (let i = 0; i < bytes.length; i++) out[i] = bytes.charCodeAt(i)
  return out
}

/** A byte string out of bytes. */
export function fromBytes(bytes: Uint8Array): string {
  let out = ""
  // Short texts, as most are, are quicker byte by byte than through arguments of a call.
  if (bytes.length <= 64) {
    for (const byte of bytes) out += String.fromCharCode(byte)
    return out
  }
  for (let i = 0; i < bytes.length; i += 8192) out += String.fromCharCode(...bytes.subarray(i, i + 8192))
  return out
}

/** UTF-8 of a text. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text)
}

/** The text of UTF-8 bytes; broken sequences become U+FFFD. */
export function decodeUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes)
}

/** Bytes of all parts, one after the other. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const only = parts[0]
  if (parts.length === 1 && only !== undefined) return only
  const out = new Uint8Array(parts.reduce((n, part) => n + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}
