// Requests with redirects followed, under one policy of addresses.
import { AttacheError } from "@attache/base"
import { type ConnectionOptions, createConnections } from "./connections.ts"
import { exchange, type HttpRequest, type HttpResponse } from "./exchange.ts"
import type { Pace } from "./pace.ts"

/** How requests are made. */
export interface HttpClientOptions extends ConnectionOptions {
  readonly pace?: Pace
  /** Redirects followed at most, of GET and HEAD. Default 5. */
  readonly maxRedirects?: number
  /** Default `attache`. */
  readonly userAgent?: string
}

/** Asks for URLs. Disposing closes its connections. */
export interface HttpClient extends Disposable {
  /**
   * The answer, whatever its status, after redirects of GET and HEAD.
   *
   * Credentials go to the first host only. Errors: those of one exchange, ATT_HTTP_REDIRECT.
   */
  ask(request: HttpRequest): Promise<HttpResponse>
}

/** Default of {@link HttpClientOptions.maxRedirects}. */
const defaultMaxRedirects = 5

/** Headers that say who we are, for the host they were made for. */
const credentialHeaders: readonly string[] = ["authorization", "cookie", "proxy-authorization"]

/** A client whose every connection, also behind redirects, leads to an allowed address. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const connections = createConnections(options)
  const userAgent = { "user-agent": options.userAgent ?? "attache" }
  return {
    ask: async (first) => {
      let request: HttpRequest = { ...first, headers: { ...userAgent, ...first.headers } }
      for (let left = options.maxRedirects ?? defaultMaxRedirects; ; left--) {
        const response = await exchange(connections, request, options.pace)
        const location = redirectOf(request, response)
        if (location === undefined) return response
        // Nobody needs the body, and it may be endless.
        await response.discard()
        request = redirected(request, location, left)
      }
    },
    [Symbol.dispose]: () => connections[Symbol.dispose](),
  }
}

function redirectOf({ method = "GET" }: HttpRequest, { status, headers }: HttpResponse): string | undefined {
  const isFollowed = (method === "GET" || method === "HEAD") && [301, 302, 303, 307, 308].includes(status)
  return isFollowed ? headers.location : undefined
}

function redirected(request: HttpRequest, location: string, left: number): HttpRequest {
  const from = request.url
  if (left === 0) throw refused(from, `too many redirects, the last from ${plain(from)}`)
  if (!URL.canParse(location, from.href)) throw refused(from, `${plain(from)} redirects to what is no URL`)
  const url = new URL(location, from)
  if (url.protocol !== "https:" && url.protocol !== from.protocol) {
    throw refused(from, `${plain(from)} redirects from ${from.protocol.slice(0, -1)} to ${url.protocol.slice(0, -1)}`)
  }
  if (url.username !== "" || url.password !== "") throw refused(from, `${plain(from)} redirects to a URL with a user`)
  if (url.origin === from.origin) return { ...request, url }
  const kept = Object.entries(request.headers ?? {}).filter(([name]) => !credentialHeaders.includes(name.toLowerCase()))
  return { ...request, url, headers: Object.fromEntries(kept) }
}

/** Without the query, where storage services put signatures. */
function plain({ origin, pathname }: URL): string {
  return `${origin}${pathname}`
}

function refused(from: URL, text: string): AttacheError {
  return new AttacheError("ATT_HTTP_REDIRECT", text, { facts: { url: plain(from) } })
}
