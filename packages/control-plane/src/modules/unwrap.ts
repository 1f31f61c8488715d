// From what a server sent to the module in it: gzip and tar, nested in any order, are taken off.
import { gunzipSync } from "node:zlib"
import { AttacheError } from "@attache/base"

/** Largest module, and largest thing taken off on the way, in bytes. Source: Envoy Gateway 1.9. */
export const maxModuleBytes = 268_435_456

/** Wrappings taken off at most; real modules have one or two. */
const maxDepth = 8

const wasmMagic = Uint8Array.of(0x00, 0x61, 0x73, 0x6d)

/** Whether bytes begin as a Wasm module does. */
export function isWasm(bytes: Uint8Array): boolean {
  return bytes.length >= 8 && wasmMagic.every((byte, i) => bytes[i] === byte)
}

/**
 * The module inside a download.
 *
 * Errors: ATT_MODULE_TOO_LARGE, ATT_MODULE_INVALID (also for archives that cannot be read). Source: Envoy Gateway 1.9.
 */
export function unwrapModule(download: Uint8Array, url: string): Uint8Array {
  let bytes = download
  for (let depth = 0; depth < maxDepth && !isWasm(bytes); depth++) {
    const inner = isGzip(bytes) ? inflate(bytes) : isTar(bytes) ? firstEntry(bytes) : undefined
    if (inner === undefined) break
    bytes = inner
  }
  if (!isWasm(bytes)) throw new AttacheError("ATT_MODULE_INVALID", `fetched Wasm binary from ${url} is invalid`, { facts: { url } })
  return bytes
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

function isTar(bytes: Uint8Array): boolean {
  return bytes.length >= 512 && Buffer.from(bytes.buffer, bytes.byteOffset + 257, 5).toString("latin1") === "ustar"
}

function inflate(bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxModuleBytes })
  } catch (error) {
    const isLarge = (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE"
    if (!isLarge) throw new AttacheError("ATT_MODULE_INVALID", "compressed wasm module cannot be read", { cause: error })
    throw new AttacheError("ATT_MODULE_TOO_LARGE", `decompressed wasm module size exceeds maximum size ${maxModuleBytes}`, { cause: error })
  }
}

/** Content of a tar archive's first entry, whatever its name: the name is never used as a path. */
function firstEntry(bytes: Uint8Array): Uint8Array | undefined {
  const size = Number.parseInt(Buffer.from(bytes.buffer, bytes.byteOffset + 124, 12).toString("latin1").replace(/[\0 ]+$/, ""), 8)
  if (!Number.isSafeInteger(size) || size < 0 || 512 + size > bytes.length) return undefined
  return bytes.subarray(512, 512 + size)
}
