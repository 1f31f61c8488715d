import { textOf } from "../byte-string.ts"
import type { HeaderMap } from "./header-map.ts"

/** What goes out besides the headers a map holds. */
export interface WireHeaders {
  /** Texts in order: for requests `host` first. */
  readonly headers: readonly (readonly [string, string])[]
  readonly isChunked: boolean
  /** Announced length of the body. */
  readonly contentLength: number | undefined
}

const bodiless = new Set(["GET", "HEAD", "DELETE", "TRACE", "CONNECT"])

/** Headers of a request as Envoy's HTTP/1 codec writes them. Source: Envoy `StreamEncoderImpl::encodeHeadersBase`. */
export function requestOnWire(map: HeaderMap, end: boolean): WireHeaders {
  return finish(map, plain(map), end, !bodiless.has(map.get(":method") ?? ""), true, true)
}

/** Headers of a response as Envoy's HTTP/1 codec writes them. @param isHead whether the request was HEAD */
export function responseOnWire(map: HeaderMap, end: boolean, isHead: boolean): WireHeaders {
  const status = Number(map.get(":status") ?? "0")
  const mayHaveBody = status >= 200 && status !== 204 && status !== 304
  return finish(map, plain(map), end, mayHaveBody && !isHead, mayHaveBody)
}

function finish(
  map: HeaderMap,
  headers: WireHeaders["headers"],
  end: boolean,
  announcesEmpty: boolean,
  mayChunk: boolean,
  isRequest = false,
): WireHeaders {
  const length = map.get("content-length")
  if (length !== undefined) return { headers, isChunked: false, contentLength: Number(length) }
  if (end && announcesEmpty)
    return { headers: [...headers, ["content-length", "0"]], isChunked: false, contentLength: 0 }
  // A response to HEAD announces the chunks its body would have had.
  if (end && isRequest) return { headers, isChunked: false, contentLength: 0 }
  if (!mayChunk) return { headers, isChunked: false, contentLength: undefined }
  return { headers: [...headers, ["transfer-encoding", "chunked"]], isChunked: true, contentLength: undefined }
}

/** Headers without the pseudo ones; `:authority` is `host` on the wire, also in a response. */
function plain(map: HeaderMap): readonly (readonly [string, string])[] {
  return map.pairs().flatMap(([name, value]) => {
    if (name === ":authority") return [["host", textOf(value)] as const]
    return name.startsWith(":") ? [] : [[textOf(name), textOf(value)] as const]
  })
}

/** Pieces in which a connection's reads deliver a body. @param head bytes before the body in the first read @param limit most bytes read at once */
export function slices(bytes: Uint8Array, head: number, limit: number): readonly Uint8Array[] {
  if (bytes.length + head <= limit) return [bytes]
  const out: Uint8Array[] = []
  for (let at = 0, size = Math.max(1, limit - head); at < bytes.length; at += size, size = limit) {
    out.push(bytes.subarray(at, at + size))
  }
  return out
}

/** Bytes of an HTTP/1 request head as Node's client writes it. */
export function requestHeadSize(method: string, path: string, headers: readonly (readonly [string, string])[]): number {
  return (
    method.length + path.length + 12 + headers.reduce((n, [name, value]) => n + name.length + value.length + 4, 0) + 2
  )
}
