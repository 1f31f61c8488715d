// From what an HTTP server sent to the module in it: gzip and tar, nested in any order, are taken off.
import { AttacheError } from "@attache/base"
import { collectBytes } from "../archive/byte-reader.ts"
import { compressionOf, decompress } from "../archive/decompress.ts"
import { isTar, parseTarHeader, tarBlockBytes, tarPadding } from "../archive/tar-header.ts"
import { checkWasm, isWasmOfAnyVersion } from "./wasm-head.ts"

/** Wrappings taken off at most; real modules have one or two. */
const maxDepth = 8

/** Entries looked at before a file must have come: folders and extended headers stand before it. */
const maxEntries = 64

/**
 * The module inside a download: itself, or in gzip or zstd, or the first file of a tar archive, or any nesting of these.
 *
 * Names in an archive are not used, so it does not matter what they are. Only the size is limited and no ratio, for what
 * Envoy Gateway takes is taken. Source: Envoy Gateway 1.9, without zstd there.
 * Errors: ATT_OCI_NOT_WASM, ATT_ARCHIVE_DAMAGED, ATT_ARCHIVE_TOO_LARGE.
 *
 * @param limitBytes largest result of each step
 */
export async function unwrapModule(download: Uint8Array, limitBytes: number): Promise<Uint8Array> {
  let bytes = download
  for (let depth = 0; depth < maxDepth && !isWasmOfAnyVersion(bytes); depth++) {
    const compression = compressionOf(bytes)
    const inner =
      compression !== "none"
        ? await collectBytes(
            decompress(once(bytes), compression, { expandedBytes: limitBytes, ratio: Number.POSITIVE_INFINITY }),
            limitBytes,
          )
        : isTar(bytes)
          ? firstFile(bytes)
          : undefined
    if (inner === undefined) break
    bytes = inner
  }
  checkWasm(bytes.subarray(0, 8), "the download")
  return bytes
}

/** Content of the first file of an archive, as a view; undefined when there is none. */
function firstFile(bytes: Uint8Array): Uint8Array | undefined {
  let at = 0
  for (let entry = 0; entry < maxEntries && at + tarBlockBytes <= bytes.length; entry++) {
    const { size, type } = parseTarHeader(bytes.subarray(at, at + tarBlockBytes))
    const begin = at + tarBlockBytes
    if (begin + size > bytes.length) throw new AttacheError("ATT_ARCHIVE_DAMAGED", "the archive ends too early")
    if (type === "0" || type === "7") return bytes.subarray(begin, begin + size)
    at = begin + size + tarPadding(size)
  }
  return undefined
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes
}
