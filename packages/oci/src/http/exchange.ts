// One request and its response, without redirects and second attempts.
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from "node:http"
import { AttacheError, errorFrom, systemClock } from "@attache/base"
import type { Connections } from "./connections.ts"
import { defaultStallMs, type Pace, paced, stalled } from "./pace.ts"
import { giveBack } from "./slabs.ts"
import { straightBody } from "./straight-body.ts"
import { nodeHttp, nodeHttps } from "./transports.ts"

/** What is asked. */
export interface HttpRequest {
  /** Default GET. */
  readonly method?: string
  readonly url: URL
  readonly headers?: Readonly<Record<string, string>>
  /** A stream is sent as it comes; give its length in `content-length`. */
  readonly body?: Uint8Array | AsyncIterable<Uint8Array>
  readonly signal?: AbortSignal
}

/** What came back. Take the body or discard it, or its connection stays busy. */
export interface HttpResponse {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** Where it came from, after redirects. */
  readonly url: URL
  /** Bytes as they arrive; to be iterated once. Errors: ATT_HTTP_STALLED, ATT_HTTP_UNREACHABLE. */
  readonly body: AsyncIterable<Uint8Array>
  /** Ends a body that nobody reads; fulfilled when its connection serves the next request, or none any more. */
  discard(): Promise<void>
}

/**
 * Asks once.
 *
 * Errors: ATT_HTTP_ADDRESS_DENIED, ATT_HTTP_UNREACHABLE, ATT_HTTP_STALLED (no response, or none of the body taken, for
 * as long as the pace allows), ATT_HTTP_PROXY, the signal's reason.
 */
export async function exchange(connections: Connections, asked: HttpRequest, pace: Pace = {}): Promise<HttpResponse> {
  asked.signal?.throwIfAborted()
  const { headers, ...options } = await connections.optionsFor(asked.url)
  const { request: ask } = asked.url.protocol === "https:" ? nodeHttps() : nodeHttp()
  const request = ask({
    ...options,
    method: asked.method ?? "GET",
    headers: { ...(headers as Record<string, string>), ...asked.headers },
  })
  const abort = (): void => void request.destroy(reasonOf(asked.signal))
  asked.signal?.addEventListener("abort", abort, { once: true })
  const settled = (): void => asked.signal?.removeEventListener("abort", abort)
  try {
    const [incoming, straight] = await responseOf(request, asked, pace)
    incoming.once("close", settled)
    return respond(incoming, straight ?? incoming, asked, pace)
  } catch (error) {
    settled()
    request.destroy()
    throw failure(error, asked)
  }
}

function reasonOf(signal: AbortSignal | undefined): Error {
  return signal?.reason instanceof Error ? signal.reason : new Error("aborted")
}

function failure(error: unknown, { signal, url }: HttpRequest): unknown {
  if (signal?.aborted === true) return signal.reason
  const { code } = (error ?? {}) as NodeJS.ErrnoException
  const facts = { url: `${url.origin}${url.pathname}`, ...(typeof code === "string" ? { reason: code } : {}) }
  return errorFrom(error, "ATT_HTTP_UNREACHABLE", `${url.host} cannot be reached`, { retry: "later", facts })
}

/** The response, and its body where that does not come through the parser. */
type Arrived = readonly [IncomingMessage, AsyncIterable<Uint8Array> | undefined]

function responseOf(request: ClientRequest, asked: HttpRequest, pace: Pace): Promise<Arrived> {
  const { stallMs = defaultStallMs, clock = systemClock } = pace
  return new Promise((resolve, reject) => {
    const wait = (): (() => void) => clock.after(stallMs, () => request.destroy(stalled(asked.url.host, stallMs)))
    let cancel = wait()
    const progressed = (): void => {
      cancel()
      cancel = wait()
    }
    request.on("error", (error) => {
      cancel()
      reject(error)
    })
    const closed = (): void => {
      cancel()
      reject(new Error("the connection was closed"))
    }
    request.on("close", closed)
    request.on("response", (incoming) => {
      cancel()
      // An error for nobody costs as much as the request itself.
      request.off("close", closed)
      resolve([incoming, asked.method === "HEAD" ? undefined : straightBody(incoming)])
    })
    send(request, asked.body, progressed).catch((error: Error) => request.destroy(error))
  })
}

async function send(request: ClientRequest, body: HttpRequest["body"], progressed: () => void): Promise<void> {
  if (body === undefined || body instanceof Uint8Array) return void request.end(body)
  let isAnswered = false
  request.once("response", () => {
    isAnswered = true
  })
  for await (const chunk of body) {
    progressed()
    // A peer that answers before the end does not want the rest.
    if (isAnswered || request.destroyed) break
    const sent = (error?: Error | null): void => {
      if (!error) giveBack(chunk)
    }
    if (!request.write(chunk, sent)) await drained(request)
    progressed()
  }
  if (isAnswered) request.destroy()
  else request.end()
}

function drained(request: ClientRequest): Promise<void> {
  return new Promise((resolve) => {
    const events = ["drain", "close", "response"] as const
    const done = (): void => {
      for (const event of events) request.off(event, done)
      resolve()
    }
    for (const event of events) request.on(event, done)
  })
}

function respond(
  incoming: IncomingMessage,
  arriving: AsyncIterable<Uint8Array>,
  asked: HttpRequest,
  pace: Pace,
): HttpResponse {
  // Errors after the body was left alone concern nobody.
  incoming.on("error", () => {})
  return {
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    url: asked.url,
    body: bodyOf(incoming, arriving, asked, pace),
    discard: () => discard(incoming, asked),
  }
}

/** Most that is read of a body for the sake of its connection, in bytes. */
const cheapBytes = 16 * 1024

/** How long that may take, in milliseconds. */
const cheapMs = 1000

/** A connection whose response has ended serves the next request, which saves a handshake; a longer body costs more than that. */
function discard(incoming: IncomingMessage, { method }: HttpRequest): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    if (incoming.closed) resolve()
    else incoming.once("close", resolve)
  })
  const length = bodyLength(incoming, method)
  if (length > cheapBytes) incoming.destroy()
  else if (length === 0) incoming.resume()
  else readOut(incoming, closed)
  return closed
}

function readOut(incoming: IncomingMessage, closed: Promise<void>): void {
  let left = cheapBytes
  incoming.on("data", (chunk: Uint8Array) => {
    left -= chunk.length
    if (left < 0) incoming.destroy()
  })
  const late = setTimeout(() => incoming.destroy(), cheapMs).unref()
  void closed.then(() => clearTimeout(late))
}

/** Length of a body, NaN where it is not announced. Source: RFC 9112 section 6.3. */
function bodyLength({ statusCode, headers }: IncomingMessage, method: string | undefined): number {
  if (method === "HEAD" || statusCode === 204 || statusCode === 304) return 0
  return Number(headers["content-length"] ?? Number.NaN)
}

async function* bodyOf(
  incoming: IncomingMessage,
  arriving: AsyncIterable<Uint8Array>,
  asked: HttpRequest,
  pace: Pace,
): AsyncGenerator<Uint8Array> {
  let stopped: Error | undefined
  const stop = (error: Error): void => {
    stopped = error
    incoming.destroy(error)
  }
  try {
    yield* paced(arriving, pace, stop, asked.url.host)
  } catch (error) {
    throw failure(stopped ?? error, asked)
  }
}

/** A whole body in memory. Error: ATT_HTTP_TOO_LARGE, also before any byte when the response announces it. */
export async function readBody(response: HttpResponse, limitBytes: number): Promise<Uint8Array> {
  const announced = Number(response.headers["content-length"] ?? 0)
  const chunks: Uint8Array[] = []
  let size = announced > limitBytes ? announced : 0
  if (size === 0) {
    for await (const chunk of response.body) {
      size += chunk.length
      if (size > limitBytes) break
      chunks.push(chunk)
    }
  }
  if (size <= limitBytes) return Buffer.concat(chunks)
  await response.discard()
  const url = `${response.url.origin}${response.url.pathname}`
  throw new AttacheError("ATT_HTTP_TOO_LARGE", `the answer of ${url} has more than ${limitBytes} bytes`, {
    facts: { url, limitBytes },
  })
}
