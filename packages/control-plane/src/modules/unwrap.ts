import { AttacheError, errorFrom } from "@attache/base"
import { unwrapModule as unwrapArchive } from "@attache/oci"

/** Largest module, and largest thing taken off on the way, in bytes. Source: Envoy Gateway 1.9. */
export const maxModuleBytes = 268_435_456

/**
 * The module inside a download: itself, or in gzip or zstd, or the first file of a tar archive, or any nesting of these.
 *
 * Errors: ATT_MODULE_TOO_LARGE, ATT_MODULE_INVALID (also for archives that cannot be read), with Envoy Gateway's texts.
 *
 * @param limitBytes largest result of each step; default {@link maxModuleBytes}
 */
export async function unwrapModule(
  download: Uint8Array,
  url: string,
  limitBytes: number = maxModuleBytes,
): Promise<Uint8Array> {
  try {
    return await unwrapArchive(download, limitBytes)
  } catch (error) {
    throw moduleError(errorFrom(error, "ATT_MODULE_INVALID", `cannot read the module from ${url}`), url, limitBytes)
  }
}

function moduleError(cause: AttacheError, url: string, limitBytes: number): AttacheError {
  if (cause.code === "ATT_ARCHIVE_TOO_LARGE") {
    const text = `decompressed wasm module size exceeds maximum size ${limitBytes}: ${url}`
    return new AttacheError("ATT_MODULE_TOO_LARGE", text, { cause, facts: { url, limitBytes } })
  }
  const isDamaged = cause.code === "ATT_ARCHIVE_DAMAGED"
  const text = isDamaged
    ? `compressed wasm module from ${url} cannot be read`
    : `fetched Wasm binary from ${url} is invalid`
  return new AttacheError("ATT_MODULE_INVALID", text, {
    cause,
    hint: "the URL must give a module, plain, compressed or as the first file of a tar archive",
    facts: { url },
  })
}
