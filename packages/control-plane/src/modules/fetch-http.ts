// Downloads a module over HTTP, with limits on bytes, time and attempts.
import { request as requestHttp } from "node:http"
import { request as requestHttps } from "node:https"
import { rootCertificates } from "node:tls"
import { AttacheError, errorFrom, isAttacheError } from "@attache/base"
import { checkAddress, type AddressPolicy } from "./address-policy.ts"
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
  /** Pause before the second attempt, doubled for each further one, in milliseconds. Default 500. */
  readonly pauseMs?: number
}

const attemptTimeoutMs = 15_000
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
    try {
      return await fetchOnce(url, options, maxRedirects)
    } catch (error) {
      const failure = errorFrom(error, "ATT_MODULE_UNREACHABLE", `wasm module download of ${url} failed`, { retry: "later", facts: { url } })
      if (failure.retry === "never" || attempt === attempts || options.signal.aborted) {
        const text = `wasm module download failed after ${attempt} attempts, last error: ${failure.message}`
        throw new AttacheError(failure.code, text, { retry: failure.retry, cause: failure, facts: { url, attempts: attempt } })
      }
      await pause((options.pauseMs ?? 500) * 2 ** (attempt - 1) * (0.5 + Math.random()), options.signal)
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener("abort", () => {
      clearTimeout(timer)
      reject(signal.reason)
    }, { once: true })
  })
}

async function fetchOnce(url: string, options: FetchOptions, redirects: number): Promise<Uint8Array> {
  const target = parseUrl(url)
  const address = await checkAddress(target.hostname.replace(/^\[|\]$/g, ""), options.addresses)
  const answer = await ask(target, address, options)
  if (!("location" in answer)) return answer.body
  if (redirects === 0) throw new AttacheError("ATT_MODULE_REFUSED", `too many redirects from ${url}`, { facts: { url } })
  return fetchOnce(new URL(answer.location, target).href, options, redirects - 1)
}

function parseUrl(url: string): URL {
  if (!URL.canParse(url)) throw new AttacheError("ATT_MODULE_REFUSED", `${url} is not a URL`)
  const target = new URL(url)
  if (target.protocol === "http:" || target.protocol === "https:") return target
  throw new AttacheError("ATT_MODULE_REFUSED", `${url} is neither http nor https`, { facts: { url } })
}

type Answer = { readonly body: Uint8Array } | { readonly location: string }

/** One request, to the address that was checked. */
function ask(target: URL, address: string, options: FetchOptions): Promise<Answer> {
  const ca = options.caCertificate === undefined ? undefined : [...rootCertificates, options.caCertificate]
  const shared = {
    signal: AbortSignal.any([options.signal, AbortSignal.timeout(attemptTimeoutMs)]),
    lookup: pinned(address),
    headers: { "user-agent": "attache", accept: "*/*" },
  }
  return new Promise((resolve, reject) => {
    const request =
      target.protocol === "https:"
        ? requestHttps(target, { ...shared, minVersion: "TLSv1.2", ...(ca === undefined ? {} : { ca }) })
        : requestHttp(target, shared)
    request.on("error", reject)
    request.on("response", (response) => {
      const status = response.statusCode ?? 0
      const location = response.headers.location
      if (status >= 300 && status < 400 && location !== undefined) {
        response.resume()
        resolve({ location })
        return
      }
      if (status !== 200) {
        response.resume()
        const isTransient = status >= 500 && ![501, 505, 511].includes(status)
        const text = `wasm module download request failed: status code ${status}`
        reject(new AttacheError("ATT_MODULE_REFUSED", text, { retry: isTransient ? "later" : "never", facts: { status } }))
        return
      }
      const chunks: Buffer[] = []
      let size = 0
      response.on("data", (chunk: Buffer) => {
        size += chunk.length
        if (size > maxModuleBytes) {
          response.destroy(new AttacheError("ATT_MODULE_TOO_LARGE", `wasm module size exceeds maximum size ${maxModuleBytes}`))
        } else chunks.push(chunk)
      })
      response.on("error", reject)
      response.on("end", () => resolve({ body: Buffer.concat(chunks) }))
    })
    request.end()
  })
}

type Lookup = NonNullable<Parameters<typeof requestHttp>[1]["lookup"]>

/** A resolver that knows one answer: the address that was judged, so that a name cannot change its mind in between. */
function pinned(address: string): Lookup {
  const family = address.includes(":") ? 6 : 4
  return ((_host: string, options: { all?: boolean }, done: (error: null, ...answer: unknown[]) => void) => {
    if (options.all === true) done(null, [{ address, family }])
    else done(null, address, family)
  }) as unknown as Lookup
}

/** Whether an error is ours; for callers that only know `unknown`. */
export const isFetchError = isAttacheError
