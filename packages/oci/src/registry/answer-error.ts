import { AttacheError, type Clock, type Retry, systemClock } from "@attache/base"
import { isJsonObject } from "../content/read-fields.ts"
import type { HttpResponse } from "../http/exchange.ts"
import { retryAfterMs } from "../http/retry.ts"

/** Bytes of an error's body that are looked at. */
const maxErrorBytes = 16 * 1024
/** Characters of a registry's own words in a message. */
const maxWords = 300

/** A code and when to try again, by status. */
const byStatus: Readonly<Record<number, readonly [code: string, retry: Retry]>> = {
  401: ["ATT_OCI_UNAUTHORIZED", "never"],
  403: ["ATT_OCI_DENIED", "never"],
  404: ["ATT_OCI_NOT_FOUND", "never"],
  405: ["ATT_OCI_UNSUPPORTED", "never"],
  408: ["ATT_OCI_UNAVAILABLE", "later"],
  429: ["ATT_OCI_RATE_LIMITED", "later"],
  501: ["ATT_OCI_UNSUPPORTED", "never"],
  505: ["ATT_OCI_REFUSED", "never"],
}

/** Codes of registries that say more than the status. Source: OCI distribution specification 1.1, "Error Codes". */
const byRegistryCode: Readonly<Record<string, string>> = {
  DIGEST_INVALID: "ATT_OCI_DIGEST",
  SIZE_INVALID: "ATT_OCI_SIZE",
  UNSUPPORTED: "ATT_OCI_UNSUPPORTED",
}

const hints: Readonly<Record<string, string>> = {
  ATT_OCI_UNAUTHORIZED: "log in to the registry, or check user and password",
  ATT_OCI_DENIED: "ask for the right to do this, or log in as somebody who has it",
}

/**
 * The error for an answer that is none of those hoped for; takes or drops its body.
 *
 * @param what the operation, such as `pull of r.io/a:v1`
 */
export async function answerError(response: HttpResponse, what: string, clock?: Clock): Promise<AttacheError> {
  const { status, headers, url } = response
  const { codes, words } = await ownWords(response)
  const [code, retry] =
    byStatus[status] ?? (status >= 500 ? ["ATT_OCI_UNAVAILABLE", "later"] : ["ATT_OCI_REFUSED", "never"])
  const own = status === 400 ? codes.map((each) => byRegistryCode[each]).find((each) => each !== undefined) : undefined
  const wait = retry === "later" ? retryAfterMs(headers["retry-after"], (clock ?? systemClock).now()) : undefined
  const hint = hints[own ?? code]
  return new AttacheError(own ?? code, `${what} failed: status ${status} from ${url.host}${words}`, {
    retry,
    ...(hint === undefined ? {} : { hint }),
    facts: { url: `${url.origin}${url.pathname}`, status, ...(wait === undefined ? {} : { retryAfterMs: wait }) },
  })
}

interface OwnWords {
  readonly codes: readonly string[]
  /** With a separator before them, or "". */
  readonly words: string
}

async function ownWords(response: HttpResponse): Promise<OwnWords> {
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of response.body) {
      chunks.push(chunk)
      size += chunk.length
      if (size > maxErrorBytes) break
    }
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"))
    const errors = isJsonObject(body) && Array.isArray(body.errors) ? body.errors.filter(isJsonObject).slice(0, 10) : []
    const codes = errors.map(({ code }) => (typeof code === "string" ? code : ""))
    const messages = errors.map(({ message }, i) =>
      typeof message === "string" && message !== "" ? message : codes[i],
    )
    const words = messages
      .filter((each) => each !== "")
      .join("; ")
      .slice(0, maxWords)
    return { codes, words: words === "" ? "" : `: ${words}` }
  } catch {
    // A body in another form, or a connection that ends here, adds nothing to the status.
    return { codes: [], words: "" }
  } finally {
    await response.discard()
  }
}
