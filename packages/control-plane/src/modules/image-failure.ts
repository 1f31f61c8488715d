import { AttacheError, errorFrom } from "@attache/base"

/** What follows from a failure to get an image. */
export interface ImageFailure {
  /** With the text for the policy's status; its `retry` says whether trying again may help. */
  readonly error: AttacheError
  /** Whether what the policy had before may be used no longer. */
  readonly isDenied: boolean
  /** Whether the registry said that it does not give the image to who asks. */
  readonly isRefused: boolean
}

/** A registry may answer "not found" for what it does not show to who asks. */
const refusals: readonly string[] = ["ATT_OCI_UNAUTHORIZED", "ATT_OCI_DENIED", "ATT_OCI_NOT_FOUND"]

/** Not put right by pushing the image anew. */
const mistakes: readonly string[] = ["ATT_OCI_REFERENCE", "ATT_OCI_CREDENTIALS", "ATT_HTTP_ADDRESS_DENIED"]

/**
 * Judges a failure.
 *
 * An outage takes nothing from anybody. A login that is refused and content that is wrong do, and both may be put right
 * without the policy, by another right or another push, so they are tried again. An image that is gone is tried again too.
 *
 * @param isMovable whether the name may come to mean another image
 */
export function imageFailure(cause: unknown, url: string, isMovable: boolean): ImageFailure {
  const failure = errorFrom(cause, "ATT_MODULE_UNREACHABLE", `${url} cannot be read`, { retry: "later" })
  const { code, hint, facts } = failure
  const isRefused = refusals.includes(code)
  const isPassing = failure.retry !== "never"
  const isLater = isPassing || isRefused || (isMovable && !mistakes.includes(code))
  const error = new AttacheError(code, failure.message, {
    retry: isLater ? "later" : "never",
    cause: failure,
    ...(hint === undefined ? {} : { hint }),
    facts: { ...facts, url },
  })
  return { error, isDenied: !isPassing && code !== "ATT_OCI_NOT_FOUND", isRefused }
}

/** Does one step of getting an image; its failures say which in Envoy Gateway's words. Source: Envoy Gateway 1.9. */
export async function inStep<T>(
  step: "could not fetch Wasm OCI image" | "could not fetch Wasm binary",
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const failure = errorFrom(error, "ATT_MODULE_UNREACHABLE", "it cannot be read", { retry: "later" })
    const { code, retry, hint, facts } = failure
    throw new AttacheError(code, `${step}: ${failure.message}`, {
      retry,
      cause: failure,
      ...(hint === undefined ? {} : { hint }),
      facts,
    })
  }
}
