// From what a server sent to the module in it: gzip and tar, nested in any order, are taken off.
import { promisify } from "node:util"
import { gunzip } from "node:zlib"
import { AttacheError } from "@attache/base"
import { fileInTar, isTar } from "./tar.ts"

/** Largest module, and largest thing taken off on the way, in bytes. Source: Envoy Gateway 1.9. */
export const maxModuleBytes = 268_435_456

/** Wrappings taken off at most; real modules have one or two. */
const maxDepth = 8

const wasmMagic = Uint8Array.of(0x00, 0x61, 0x73, 0x6d)

// On a thread of its own: a module of the largest size takes a second.
const inflateBytes = promisify(gunzip)

/** Whether bytes begin as a Wasm module does. */
export function isWasm(bytes: Uint8Array): boolean {
  return bytes.length >= 8 && wasmMagic.every((byte, i) => bytes[i] === byte)
}

/**
 * The module inside a download: itself, or in gzip, or the first file of a tar archive, or any nesting of these.
 *
 * Errors: ATT_MODULE_TOO_LARGE, ATT_MODULE_INVALID (also for archives that cannot be read). Source: Envoy Gateway 1.9.
 *
 * @param limitBytes largest result of each step; default {@link maxModuleBytes}
 */
export async function unwrapModule(
  download: Uint8Array,
  url: string,
  limitBytes: number = maxModuleBytes,
): Promise<Uint8Array> {
  let bytes = download
  for (let depth = 0; depth < maxDepth && !isWasm(bytes); depth++) {
    const inner = isGzip(bytes) ? await inflate(bytes, url, limitBytes) : isTar(bytes) ? fileInTar(bytes) : undefined
    if (inner === undefined) break
    bytes = inner
  }
  if (isWasm(bytes)) return bytes
  throw new AttacheError("ATT_MODULE_INVALID", `fetched Wasm binary from ${url} is invalid`, {
    hint: "the URL must give a module, plain, gzipped or as the first file of a tar archive",
    facts: { url },
  })
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

async function inflate(bytes: Uint8Array, url: string, limitBytes: number): Promise<Uint8Array> {
  try {
    return await inflateBytes(bytes, { maxOutputLength: limitBytes })
  } catch (error) {
    const isLarge = (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE"
    throw isLarge
      ? new AttacheError(
          "ATT_MODULE_TOO_LARGE",
          `decompressed wasm module size exceeds maximum size ${limitBytes}: ${url}`,
          { cause: error, facts: { url, limitBytes } },
        )
      : new AttacheError("ATT_MODULE_INVALID", `compressed wasm module from ${url} cannot be read`, {
          cause: error,
          facts: { url },
        })
  }
}
