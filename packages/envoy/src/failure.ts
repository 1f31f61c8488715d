import { AttacheError, type AttacheErrorOptions } from "@attache/base"
import { codes, type EnvoyErrorCode } from "./codes.ts"

/** An {@link AttacheError} with a code of this package; its hint is the cure of the code unless another is given. */
export function failure(code: EnvoyErrorCode, message: string, options: AttacheErrorOptions = {}): AttacheError {
  return new AttacheError(code, message, { hint: codes[code].cure, ...options })
}

/** The `errno` name of a failed system call, such as `ENOENT`; undefined for anything else. */
export function errnoOf(error: unknown): string | undefined {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined
  return typeof code === "string" ? code : undefined
}

/** The {@link AttacheError} for a failed write below `path`: a full disk is named, the rest counts as not writable. */
export function writeFailure(error: unknown, path: string): AttacheError {
  const errno = errnoOf(error) ?? "unknown"
  if (errno === "ENOSPC" || errno === "EDQUOT") {
    return failure("ATT_ENVOY_DISK_FULL", `no space left while writing ${path}`, {
      cause: error,
      facts: { path },
      retry: "later",
    })
  }
  return failure("ATT_ENVOY_CACHE_READ_ONLY", `cannot write ${path} (${errno})`, {
    cause: error,
    facts: { path, errno },
  })
}
