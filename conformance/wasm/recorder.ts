// What the recorder's client and servers make of what passes: they are Node's, with Node's parsers.
import type { HttpRequest, HttpResult, UpstreamSight } from "@attache/wasm-host"
import type { ClientRecord, RequestRecord } from "./corpus.ts"
import { pieceGapMs } from "./test-upstream.ts"

/** Bodies longer than this are recorded as their length. */
const shownBody = 4096

/** A request as the recorder's client sends it. @param readSizes how the kernel cut its body, where that was recorded */
export function httpRequest(request: RequestRecord, readSizes: readonly number[] | undefined): HttpRequest {
  const body = request.bodySize === undefined ? request.body : "b".repeat(request.bodySize)
  return {
    path: request.path,
    ...(request.method === undefined ? {} : { method: request.method }),
    ...(request.headers === undefined ? {} : { headers: joinCookies(request.headers) }),
    ...(body === undefined ? {} : { body }),
    ...(request.chunks === undefined ? {} : { chunks: request.chunks, chunkGapMs: pieceGapMs }),
    ...(request.trailers === undefined ? {} : { trailers: request.trailers }),
    ...(readSizes === undefined || request.bodySize === undefined ? {} : { readSizes }),
  }
}

/** The recorder's client sends its cookies in one line. */
function joinCookies(headers: NonNullable<RequestRecord["headers"]>): NonNullable<RequestRecord["headers"]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) =>
      name.toLowerCase() === "cookie" && Array.isArray(value) ? [name, value.join("; ")] : [name, value],
    ),
  )
}

/** What the recorder's client wrote down of a result. */
export function clientRecord(result: HttpResult): ClientRecord {
  if (result.outcome === "timeout" && result.status === undefined) return { timeout: true, error: "ECONNRESET" }
  if (result.status === undefined || result.statusText === undefined) return { error: "ECONNRESET" }
  if (!/^[1-9]\d\d$/.test(result.statusText)) return { error: "HPE_INVALID_STATUS" }
  const isBodiless = /^(1\d\d|204|304)$/.test(result.statusText)
  const error = result.headers.map(headerError).find((found) => found !== undefined)
  if (error !== undefined) return { error }
  const headers = result.headers.map(([name, value]) => [name, name === "date" ? "<date>" : asRead(value)] as const)
  const text = new TextDecoder().decode(result.body)
  const head = {
    status: result.status,
    headers,
    body: text.length > shownBody ? `<${result.body.length} bytes>` : text,
  }
  // What follows a response that has no body breaks the client's parser; after 101 it is somebody else's protocol.
  if (isBodiless && text !== "" && result.status < 200) return { ...head, body: "" }
  if (isBodiless && text !== "") return { ...head, body: "", error: "HPE_CLOSED_CONNECTION", incomplete: true }
  if (result.overflow.length > 0) return { ...head, body: "", error: "HPE_CLOSED_CONNECTION", incomplete: true }
  if (result.outcome === "timeout") return { ...head, timeout: true, error: "ECONNRESET", incomplete: true }
  if (result.outcome !== "complete") return { ...head, error: "ECONNRESET", incomplete: true }
  return { ...head, ...(result.trailers.length === 0 ? {} : { trailers: result.trailers }) }
}

/** What the recorder's servers wrote down of a request. */
export function upstreamRecord(sight: UpstreamSight): Readonly<Record<string, unknown>> {
  if ("aborted" in sight) return sight
  const { cluster, method, path, headers, trailers } = sight
  const text = new TextDecoder().decode(sight.body)
  return {
    cluster,
    method,
    path,
    headers: headers.map(([name, value]) => [name, name === "x-request-id" ? "<id>" : asRead(value)]),
    body: text.length > shownBody ? `<${text.length} bytes>` : text,
    ...(trailers.length === 0 ? {} : { trailers }),
  }
}

/** A header's value as Node reads it: bytes as Latin-1, without the space around. */
function asRead(value: string): string {
  return Buffer.from(value, "utf8").toString("latin1").trim()
}

/** Why Node's parser refuses a response with such a header. */
function headerError([name, value]: readonly [string, string]): string | undefined {
  if (!/^[-!#$%&'*+.^_`|~0-9A-Za-z]+$/.test(name)) return "HPE_INVALID_HEADER_TOKEN"
  const wrong = /[^\t -~\u0080-\u{10ffff}]/u.exec(value)?.[0]
  if (wrong === undefined) return undefined
  return wrong === "\n" ? "HPE_CR_EXPECTED" : wrong === "\r" ? "HPE_LF_EXPECTED" : "HPE_INVALID_HEADER_TOKEN"
}
