// Downloads a module over HTTP, with limits on bytes, time, redirects and attempts.
import { AttacheError, type Clock, errorFrom, isAttacheError, systemClock } from "@attache/base"
import { type AddressPolicy, createHttpClient, type HostResolver, type HttpResponse, readBody } from "@attache/oci"
import { maxModuleBytes } from "./unwrap.ts"

/** How downloads are done. */
export interface FetchOptions {
  /** Which addresses may be asked; checked after name resolution, on every redirect. */
  readonly addresses: AddressPolicy
  /** PEM text trusted beside the usual roots. */
  readonly caCertificate?: string
  readonly signal: AbortSignal
  /** Attempts in all. Default 5. Source: Envoy Gateway 1.9. */
  readonly attempts?: number
  /** Pause before the second attempt, doubled for each further one and spread by half, in milliseconds. Default 500. */
  readonly pauseMs?: number
  /** Longest time of one attempt, redirects included, in milliseconds. Default 15 s. Source: Envoy Gateway 1.9. */
  readonly attemptTimeoutMs?: number
  /** Largest answer in bytes. Default {@link maxModuleBytes}. */
  readonly limitBytes?: number
  /** Default: the system's. */
  readonly resolveHost?: HostResolver
  /** Default: the machine's. */
  readonly clock?: Clock
}

/** Redirects followed at most. */
const maxRedirects = 5

/**
 * Bytes at a URL.
 *
 * Transport errors and answers of 500 and above are tried again, other answers are final.
 * Errors: ATT_MODULE_UNREACHABLE, ATT_MODULE_REFUSED, ATT_MODULE_TOO_LARGE, ATT_MODULE_ADDRESS_DENIED.
 */
export async function fetchHttp(url: string, options: FetchOptions): Promise<Uint8Array> {
  const attempts = options.attempts ?? 5
  for (let attempt = 1; ; attempt++) {
    options.signal.throwIfAborted()
    try {
      return await attemptOnce(url, options)
    } catch (error) {
      options.signal.throwIfAborted()
      const unreachable = { retry: "later", facts: { url } } as const
      const failure = errorFrom(error, "ATT_MODULE_UNREACHABLE", `wasm module download of ${url} failed`, unreachable)
      if (failure.retry === "never" || attempt === attempts) throw finalFailure(failure, url, attempt)
      await pause((options.pauseMs ?? 500) * 2 ** (attempt - 1) * (0.5 + Math.random()), options)
    }
  }
}

function finalFailure(failure: AttacheError, url: string, attempts: number): AttacheError {
  const text = `wasm module download failed after ${attempts} attempts, last error: ${failure.message}`
  return new AttacheError(failure.code, text, {
    retry: failure.retry,
    cause: failure,
    ...(failure.hint === undefined ? {} : { hint: failure.hint }),
    facts: { ...failure.facts, url, attempts },
  })
}

async function attemptOnce(url: string, options: FetchOptions): Promise<Uint8Array> {
  const timeoutMs = options.attemptTimeoutMs ?? 15_000
  const timeout = AbortSignal.timeout(timeoutMs)
  const signal = AbortSignal.any([options.signal, timeout])
  try {
    return await askOnce(url, options, signal)
  } catch (error) {
    if (!timeout.aborted) throw error
    const text = `wasm module download of ${url} took longer than ${timeoutMs / 1000} s`
    throw new AttacheError("ATT_MODULE_UNREACHABLE", text, { retry: "later", cause: error, facts: { url, timeoutMs } })
  }
}

async function askOnce(url: string, options: FetchOptions, signal: AbortSignal): Promise<Uint8Array> {
  const { addresses, caCertificate, resolveHost } = options
  using client = createHttpClient({
    addresses,
    maxRedirects,
    isKept: false,
    // The time of the whole attempt is limited instead.
    pace: { stallMs: Number.POSITIVE_INFINITY },
    ...(caCertificate === undefined ? {} : { caCertificate }),
    ...(resolveHost === undefined ? {} : { resolveHost }),
  })
  try {
    const response = await client.ask({ url: parseUrl(url), headers: { accept: "*/*" }, signal })
    await refuse(response, url)
    return await readBody(response, options.limitBytes ?? maxModuleBytes)
  } catch (error) {
    throw moduleError(error, url, options)
  }
}

/** Answers that a later attempt does not change although they are server errors. */
const finalStatuses: readonly number[] = [501, 505, 511]

async function refuse(response: HttpResponse, url: string): Promise<void> {
  const { status } = response
  if (status === 200) return
  await response.discard()
  const isTransient = status >= 500 && !finalStatuses.includes(status)
  throw new AttacheError("ATT_MODULE_REFUSED", `wasm module download request failed: status code ${status}`, {
    retry: isTransient ? "later" : "never",
    facts: { url, status },
  })
}

/** Codes of modules for those of requests; statuses of policies and their readers know the former. */
const moduleCodes: Readonly<Record<string, string>> = {
  ATT_HTTP_ADDRESS_DENIED: "ATT_MODULE_ADDRESS_DENIED",
  ATT_HTTP_REDIRECT: "ATT_MODULE_REFUSED",
  ATT_HTTP_TOO_LARGE: "ATT_MODULE_TOO_LARGE",
  ATT_HTTP_UNREACHABLE: "ATT_MODULE_UNREACHABLE",
}

function moduleError(error: unknown, url: string, { limitBytes = maxModuleBytes }: FetchOptions): unknown {
  const code = isAttacheError(error) ? moduleCodes[error.code] : undefined
  if (!isAttacheError(error) || code === undefined) return error
  const isLarge = code === "ATT_MODULE_TOO_LARGE"
  return new AttacheError(
    code,
    isLarge ? `wasm module size exceeds maximum size ${limitBytes}: ${url}` : error.message,
    {
      retry: error.retry,
      cause: error,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      facts: { ...error.facts, url },
    },
  )
}

function parseUrl(url: string): URL {
  if (!URL.canParse(url)) throw refused(url, `${url} is not a URL`)
  const target = new URL(url)
  if (target.protocol === "http:" || target.protocol === "https:") return target
  throw refused(url, `${url} is neither http nor https`)
}

function refused(url: string, text: string): AttacheError {
  return new AttacheError("ATT_MODULE_REFUSED", text, { facts: { url } })
}

function pause(ms: number, { signal, clock = systemClock }: FetchOptions): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      cancel()
      signal.removeEventListener("abort", done)
      resolve()
    }
    const cancel = clock.after(ms, done)
    signal.addEventListener("abort", done, { once: true })
  })
}
