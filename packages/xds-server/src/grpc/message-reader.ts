import { gunzipSync } from "node:zlib"
import { AttacheError, messageOf } from "@attache/base"

/** Cuts what a client sends into messages. */
export interface MessageReader {
  /** Takes more bytes. Errors: ATT_XDS_REQUEST_TOO_LARGE, ATT_XDS_BAD_REQUEST; it must not be called after one. */
  push(chunk: Uint8Array): void
}

/** How messages are read. */
export interface MessageReaderOptions {
  /** Most bytes of one message, unpacked. */
  readonly limitBytes: number
  /** Messages that are marked so are packed with gzip; otherwise such a message is an error. */
  readonly isPacked: boolean
  readonly onMessage: (bytes: Uint8Array) => void
}

/** Mark and length stand before each message. Source: gRPC over HTTP/2, `Length-Prefixed-Message`. */
const prefixBytes = 5

/** A reader that has read nothing. A message that is longer than it may be is refused by its length, before it is held. */
export function createMessageReader({ limitBytes, isPacked, onMessage }: MessageReaderOptions): MessageReader {
  let held: Uint8Array[] = []
  let heldBytes = 0
  let wanted = prefixBytes
  let prefix: Buffer | undefined

  /** Exactly the bytes that are wanted. */
  const take = (): Buffer => {
    const [first] = held
    const all = held.length === 1 && first !== undefined ? asBuffer(first) : Buffer.concat(held)
    const rest = all.subarray(wanted)
    held = rest.length === 0 ? [] : [rest]
    heldBytes = rest.length
    return all.subarray(0, wanted)
  }
  return {
    push: (chunk) => {
      held.push(chunk)
      heldBytes += chunk.length
      while (heldBytes >= wanted) {
        if (prefix === undefined) {
          prefix = take()
          wanted = prefix.readUInt32BE(1)
          if (wanted > limitBytes) throw tooLarge(limitBytes)
          continue
        }
        const isMarked = prefix[0] === 1
        if ((prefix[0] ?? 0) > 1 || (isMarked && !isPacked)) throw badRequest("a message is packed in an unknown way")
        prefix = undefined
        const bytes = take()
        wanted = prefixBytes
        onMessage(isMarked ? unpack(bytes, limitBytes) : bytes)
      }
    },
  }
}

/** What stands before a message of a length. */
export function messagePrefix(length: number): Buffer {
  const prefix = Buffer.alloc(prefixBytes)
  prefix.writeUInt32BE(length, 1)
  return prefix
}

function unpack(bytes: Buffer, limitBytes: number): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: limitBytes })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(limitBytes)
    throw badRequest(`a message cannot be unpacked: ${messageOf(cause)}`)
  }
}

function tooLarge(limit: number): AttacheError {
  return new AttacheError("ATT_XDS_REQUEST_TOO_LARGE", `a request has more than ${limit} bytes`, { facts: { limit } })
}

function badRequest(message: string): AttacheError {
  return new AttacheError("ATT_XDS_BAD_REQUEST", message)
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
