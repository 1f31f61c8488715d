import { textOf } from "../byte-string.ts"
import type { NextHop } from "./filter-manager.ts"
import type { HeaderMap } from "./header-map.ts"
import type { PreparedReply } from "./local-reply.ts"
import type { StreamInfo } from "./stream-info.ts"
import { responseOnWire, type WireHeaders } from "./wire.ts"

/** What the client of a stream gets, as it arrives. */
export interface ClientSide {
  headers(status: string, wire: WireHeaders): void
  data(bytes: Uint8Array): void
  trailers(pairs: readonly (readonly [string, string])[]): void
  end(): void
  /** The connection was cut before the response was complete. */
  reset(): void
}

/** What leaves towards a client. */
export interface ResponseCodec extends NextHop {
  /** Sends a reply past the filters. */
  reply(prepared: PreparedReply): void
  readonly isHeadersSent: boolean
}

/** A codec of HTTP/1 for one response. @param clock the time a response's `date` tells @param ended called when the response is complete. Source: Envoy `ConnectionManagerImpl::ActiveStream::encodeHeaders` */
export function createResponseCodec(
  client: ClientSide,
  info: StreamInfo,
  isHead: () => boolean,
  clock: () => Date,
  ended: () => void,
): ResponseCodec {
  let isHeadersSent = false
  let isChunked = false
  const complete = (): void => {
    client.end()
    ended()
  }
  const codec: ResponseCodec = {
    headers: (map, end) => {
      addOwnHeaders(map, clock())
      const wire = responseOnWire(map, end, isHead())
      isHeadersSent = true
      isChunked = wire.isChunked
      info.responseCode = Number(map.get(":status") ?? "0")
      client.headers(map.get(":status") ?? "", wire)
      if (end) complete()
    },
    data: (bytes, end) => {
      info.responseBytes += bytes.length
      client.data(bytes)
      if (end) complete()
    },
    trailers: (map) => {
      info.responseTrailers = map
      if (isChunked) client.trailers(map.pairs().map(([name, value]) => [textOf(name), textOf(value)]))
      complete()
    },
    reply: ({ headers, body }) => {
      codec.headers(headers, body.length === 0)
      if (body.length > 0) codec.data(body, true)
    },
    get isHeadersSent() {
      return isHeadersSent
    },
  }
  return codec
}

function addOwnHeaders(map: HeaderMap, now: Date): void {
  for (const name of ["connection", "transfer-encoding", "keep-alive", "proxy-connection"]) map.remove(name)
  if (map.get("date") === undefined) map.add("date", now.toUTCString())
  map.set("server", "envoy")
  map.add("connection", "close")
}
