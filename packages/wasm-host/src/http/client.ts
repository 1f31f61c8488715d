import { byteString, decodeUtf8, joinBytes, utf8 } from "../byte-string.ts"
import type { Loop } from "../loop.ts"
import { createHeaderMap, type HeaderInput, lowerCase, pairsOf, textPairs } from "./header-map.ts"
import type { ClientSide } from "./response-codec.ts"
import { delayedCloseMs, type HttpStream, leastRead } from "./stream.ts"
import { requestHeadSize, slices } from "./wire.ts"

/** A request of a client over HTTP/1.1, one connection each. */
export interface HttpRequest {
  /** Default GET. */
  readonly method?: string
  /** Default `/`. */
  readonly path?: string
  /** Default `test.example`. */
  readonly authority?: string
  /** Default `http`. */
  readonly scheme?: string
  readonly headers?: HeaderInput
  /** Sent with content-length. */
  readonly body?: string | Uint8Array
  /** Sent one after the other with chunked coding, instead of `body`. */
  readonly chunks?: readonly (string | Uint8Array)[]
  /** Between two chunks, default 1. */
  readonly chunkGapMs?: number
  readonly trailers?: HeaderInput
  /** Leaves the request open after its headers, for `data` and `trailers` of the exchange. */
  readonly isOpen?: boolean
  /** Sizes in which the connection's reads deliver `body`; default as large as Envoy reads. */
  readonly readSizes?: readonly number[]
  /** After this the client gives up, default 60 000. */
  readonly timeoutMs?: number
}

/** What the client got. */
export interface HttpResult {
  readonly outcome: "complete" | "cut" | "timeout" | "crash"
  /** Absent when no headers came. */
  readonly status?: number
  /** The status as it was on the wire. */
  readonly statusText?: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Uint8Array
  readonly trailers: readonly (readonly [string, string])[]
  /** Bytes that came beyond content-length, which a client takes for a broken next response. */
  readonly overflow: Uint8Array
}

/** A request under way. */
export interface HttpExchange {
  readonly isDone: boolean
  /** Whether the plugin holds the request or response back. */
  readonly isPaused: boolean
  /** Feeds body bytes now; only for requests with `isOpen`. */
  data(bytes: Uint8Array | string, end: boolean): void
  trailers(headers: HeaderInput): void
  /** The client goes away. */
  disconnect(): void
  /** The client's patience is over. */
  giveUp(): void
  result(): HttpResult
  /** Body of the response so far, as text. */
  text(): string
}

/** From the last announced byte of a response to the end of the client's connection. */
const closeMs = 1

/** Sends a request into a stream: headers at once, the body as it arrives. */
export function openExchange(
  request: HttpRequest,
  loop: Loop,
  readLimit: number,
  create: (client: ClientSide) => HttpStream,
  guard: (run: () => void) => void,
  isCrashed: () => boolean,
  gaveUp: (exchange: HttpExchange) => void,
): HttpExchange {
  let statusText: string | undefined
  let headers: readonly (readonly [string, string])[] = []
  let trailers: readonly (readonly [string, string])[] = []
  let length: number | undefined
  let outcome: HttpResult["outcome"] | undefined
  const parts: Uint8Array[] = []
  let received = 0
  let isFeeding = false
  const isBodiless = (): boolean => request.method === "HEAD" || statusText === "204" || statusText === "304"
  /** Bytes of body the client takes. */
  const expected = (): number => (request.method === "HEAD" ? 0 : (length ?? received))
  const client: ClientSide = {
    headers: (status, wire) => {
      if (outcome !== undefined) return
      statusText = status
      headers = wire.headers
      length = wire.contentLength
    },
    data: (bytes) => {
      if (outcome === "timeout") return
      parts.push(bytes)
      received += bytes.length
      if (length === undefined || received < length || outcome !== undefined || isBodiless()) return
      // A client that has what was announced closes its connection, whatever the proxy still waits for.
      outcome = "complete"
      loop.after(closeMs, () => feed(() => stream.disconnect()))
    },
    trailers: (pairs) => {
      trailers = pairs
    },
    end: () => {
      if (length === undefined || isBodiless() || received >= length) outcome ??= "complete"
      // A response that is over while the request is still being read is followed by a slow close.
      else if (!isFeeding) outcome ??= "cut"
      else
        loop.after(delayedCloseMs, () => {
          outcome ??= "cut"
        })
    },
    reset: () => {
      outcome ??= "cut"
    },
  }
  const stream = create(client)
  const feed = (run: () => void): void => {
    if (stream.isEnded) return
    isFeeding = true
    guard(run)
    isFeeding = false
  }
  feed(() => begin(request, stream, loop, readLimit, feed))
  const exchange: HttpExchange = {
    get isDone() {
      return outcome !== undefined || isCrashed()
    },
    get isPaused() {
      return stream.isPaused
    },
    data: (bytes, end) => feed(() => stream.data(typeof bytes === "string" ? utf8(bytes) : bytes, end)),
    trailers: (own) => feed(() => stream.trailers(createHeaderMap(pairsOf(own)))),
    disconnect: () => feed(() => stream.disconnect()),
    giveUp: () => {
      gaveUp(exchange)
      outcome ??= "timeout"
      feed(() => stream.disconnect())
    },
    result: () => ({
      outcome: outcome ?? (isCrashed() ? "crash" : "timeout"),
      ...(statusText === undefined ? {} : { status: Number(statusText), statusText }),
      headers,
      body: joinBytes(parts).slice(0, expected()),
      trailers,
      overflow: joinBytes(parts).slice(expected()),
    }),
    text: () => decodeUtf8(joinBytes(parts)),
  }
  return exchange
}

/** Headers of a client that a proxy at the edge keeps to itself. Source: Envoy `ConnectionManagerUtility::cleanInternalHeaders`. */
const consumed = new Set(["host", "connection", "transfer-encoding", "x-envoy-internal"])

function begin(
  request: HttpRequest,
  stream: HttpStream,
  loop: Loop,
  readLimit: number,
  feed: (run: () => void) => void,
): void {
  const method = request.method ?? "GET"
  const path = request.path ?? "/"
  const authority = request.authority ?? "test.example"
  const own = pairsOf(request.headers).map(([name, value]) => [lowerCase(name), value] as const)
  const body =
    request.body === undefined ? undefined : typeof request.body === "string" ? utf8(request.body) : request.body
  const hasLength = own.some(([name]) => name === "content-length")
  const expectsBody = !["GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "CONNECT"].includes(method)
  const isBare = body === undefined && request.chunks === undefined && request.isOpen !== true
  const announced =
    hasLength || request.chunks !== undefined
      ? []
      : body !== undefined
        ? [["content-length", String(body.length)] as const]
        : isBare && expectsBody
          ? [["content-length", "0"] as const]
          : []
  // A proxy in front that says so decides the scheme.
  const forwarded = own.find(([name]) => name === "x-forwarded-proto")?.[1]
  const scheme = forwarded ?? byteString(request.scheme ?? "http")
  const map = createHeaderMap(
    [
      [":authority", byteString(authority)],
      [":path", byteString(path)],
      [":method", byteString(method)],
      [":scheme", scheme],
      ...own.filter(([name]) => !consumed.has(name)),
      ...announced,
      ...(forwarded === undefined ? [["x-forwarded-proto", scheme] as const] : []),
    ],
    true,
  )
  const isEnd = isBare || (body !== undefined && body.length === 0)
  stream.headers(map, isEnd)
  if (isEnd || request.isOpen === true) return
  if (body !== undefined) {
    const head = requestHeadSize(method, path, [
      ["host", authority],
      ...textPairs(own),
      ["Connection", "close"],
      ...announced,
    ])
    sendWhole(pieces(body, head, readLimit, request.readSizes), stream, loop, feed)
    return
  }
  const chunks = (request.chunks ?? []).map((chunk) => (typeof chunk === "string" ? utf8(chunk) : chunk))
  // The first chunk comes in the same read as the headers.
  const [first, ...others] = chunks
  const gap = request.chunkGapMs ?? 1
  if (first !== undefined) feed(() => stream.data(first, false))
  others.forEach((chunk, i) => {
    loop.after((i + 1) * gap, () => feed(() => stream.data(chunk, false)))
  })
  loop.after(chunks.length * gap, () =>
    feed(() => {
      if (request.trailers === undefined) stream.data(new Uint8Array(0), true)
      else stream.trailers(createHeaderMap(pairsOf(request.trailers)))
    }),
  )
}

function pieces(
  body: Uint8Array,
  head: number,
  limit: number,
  sizes: readonly number[] | undefined,
): readonly Uint8Array[] {
  if (sizes === undefined) return slices(body, head, Math.max(limit, leastRead))
  const out: Uint8Array[] = []
  let at = 0
  for (const size of sizes) {
    if (at >= body.length) break
    out.push(body.subarray(at, at + size))
    at += size
  }
  return at < body.length ? [...out, body.subarray(at)] : out
}

/** The first read comes with the headers; a stalled stream reads no further. */
function sendWhole(
  parts: readonly Uint8Array[],
  stream: HttpStream,
  loop: Loop,
  feed: (run: () => void) => void,
): void {
  const step = (i: number): void => {
    if (stream.isEnded) return
    const part = parts[i]
    // The end of a request comes with the read of its last piece, whatever is stored.
    if (part !== undefined && stream.isStalled) {
      loop.after(1, () => step(i))
      return
    }
    if (part === undefined) {
      feed(() => stream.data(new Uint8Array(0), true))
      return
    }
    feed(() => stream.data(part, false))
    if (i + 1 < parts.length) loop.after(0.1, () => step(i + 1))
    else step(i + 1)
  }
  step(0)
}
