import { Status } from "./abi/status.ts"
import { joinBytes } from "./byte-string.ts"

/** Bytes on their way through a filter; callbacks may change them. */
export interface BodyData {
  bytes: Uint8Array
}

/** What a buffer id stands for at the moment. Absent data: the buffer exists and is empty. */
export type BufferSource =
  | { readonly kind: "data"; readonly data: BodyData }
  | { readonly kind: "text"; readonly bytes: Uint8Array }
  | { readonly kind: "inactive" }

/** Bytes that can be read out of a buffer now. */
export function bufferBytes(source: BufferSource): Uint8Array {
  if (source.kind === "data") return source.data.bytes
  return source.kind === "text" ? source.bytes : new Uint8Array(0)
}

/**
 * Writes into a buffer: at 0 with length 0 in front, at 0 with a length in place of as many bytes, at or beyond the end behind.
 *
 * Any other start, and any buffer that is not a body or stream data, is refused. Source: Envoy `Buffer::copyFrom`.
 */
export function writeBuffer(source: BufferSource, start: number, length: number, bytes: Uint8Array): Status {
  if (source.kind !== "data") return Status.BadArgument
  const old = source.data.bytes
  if (start === 0) source.data.bytes = joinBytes([bytes, old.subarray(Math.min(length, old.length))])
  else if (start >= old.length) source.data.bytes = joinBytes([old, bytes])
  else return Status.BadArgument
  return Status.Ok
}
