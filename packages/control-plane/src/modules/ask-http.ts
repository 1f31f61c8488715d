// One HTTP request to addresses that were judged before.
import { type IncomingMessage, type RequestOptions, request as requestHttp } from "node:http"
import { request as requestHttps } from "node:https"
import { rootCertificates } from "node:tls"
import { AttacheError } from "@attache/base"

/** What a request may do. */
export interface AskOptions {
  /** Addresses to connect to, in order of preference; names are not resolved. */
  readonly addresses: readonly string[]
  /** Largest body in bytes. Larger: ATT_MODULE_TOO_LARGE. */
  readonly limitBytes: number
  /** PEM text trusted beside the usual roots. */
  readonly caCertificate?: string
  readonly signal: AbortSignal
}

/** A body, or where to look for it. */
export type HttpAnswer = { readonly body: Uint8Array } | { readonly location: string }

/** Answers that a later attempt does not change although they are server errors. */
const finalStatuses: readonly number[] = [501, 505, 511]

/**
 * Asks for a URL once. Redirects are not followed.
 *
 * Errors: ATT_MODULE_REFUSED, ATT_MODULE_TOO_LARGE; transport errors come as Node gives them.
 */
export function askHttp(target: URL, options: AskOptions): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const request =
      target.protocol === "https:"
        ? requestHttps(target, tlsOptions(options))
        : requestHttp(target, plainOptions(options))
    request.on("error", reject)
    request.on("response", (response) => {
      const location = redirectOf(response)
      const failure = location === undefined ? refusalOf(response, target.href) : undefined
      if (location === undefined && failure === undefined) {
        readBody(response, options.limitBytes, target.href).then((body) => resolve({ body }), reject)
        return
      }
      // Nobody needs the body, and it may be endless.
      response.destroy()
      if (failure === undefined) resolve({ location: location ?? "" })
      else reject(failure)
    })
    request.end()
  })
}

function plainOptions({ addresses, signal }: AskOptions): RequestOptions {
  return {
    signal,
    // A kept connection may belong to another address than the one that was judged.
    agent: false,
    lookup: pinned(addresses),
    headers: { "user-agent": "attache", accept: "*/*" },
  }
}

function tlsOptions(options: AskOptions): Parameters<typeof requestHttps>[1] & object {
  const ca = options.caCertificate === undefined ? {} : { ca: [...rootCertificates, options.caCertificate] }
  return { ...plainOptions(options), minVersion: "TLSv1.2", ...ca }
}

function redirectOf({ statusCode = 0, headers }: IncomingMessage): string | undefined {
  return statusCode >= 300 && statusCode < 400 ? headers.location : undefined
}

function refusalOf({ statusCode = 0 }: IncomingMessage, url: string): AttacheError | undefined {
  if (statusCode === 200) return undefined
  const isTransient = statusCode >= 500 && !finalStatuses.includes(statusCode)
  return new AttacheError("ATT_MODULE_REFUSED", `wasm module download request failed: status code ${statusCode}`, {
    retry: isTransient ? "later" : "never",
    facts: { url, status: statusCode },
  })
}

async function readBody(response: IncomingMessage, limitBytes: number, url: string): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let size = Number(response.headers["content-length"] ?? 0)
  if (size <= limitBytes) {
    size = 0
    for await (const chunk of response as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > limitBytes) break
      chunks.push(chunk)
    }
  }
  if (size <= limitBytes) return Buffer.concat(chunks)
  response.destroy()
  throw new AttacheError("ATT_MODULE_TOO_LARGE", `wasm module size exceeds maximum size ${limitBytes}: ${url}`, {
    facts: { url, limitBytes },
  })
}

type Lookup = NonNullable<RequestOptions["lookup"]>

/** A resolver that knows nothing but these addresses. */
function pinned(addresses: readonly string[]): Lookup {
  const known = addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }))
  return (_host, options, done) => {
    const [first] = known
    if (options.all === true) done(null, known)
    else done(null, first?.address ?? "", first?.family ?? 0)
  }
}
