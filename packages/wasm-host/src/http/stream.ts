import { MapId, Status } from "../abi/status.ts"
import type { Cluster, UpstreamRequest } from "../clusters.ts"
import type { LocalReply, RootContext } from "../context.ts"
import { EnvoyCrash, mistake, streamIsOver } from "../mistakes.ts"
import type { ProxyProcess } from "../process.ts"
import type { PropertySource } from "../properties.ts"
import { rootAttribute } from "../properties.ts"
import type { Vm } from "../vm.ts"
import type { FilterCallbacks } from "./filter-callbacks.ts"
import { createDirection, type Direction, type FilterSide, type NextHop } from "./filter-manager.ts"
import { createHeaderMap, type HeaderMap } from "./header-map.ts"
import { isGrpcRequest, ownReply, prepareLocalReply } from "./local-reply.ts"
import { type ClientSide, createResponseCodec } from "./response-codec.ts"
import { createRouter } from "./router.ts"
import { printAccessLog, type Route, type StreamInfo } from "./stream-info.ts"
import { createWasmFilter } from "./wasm-filter.ts"

/** A request an upstream saw: whole, or given up halfway. */
export type UpstreamSight =
  | UpstreamRequest
  | { readonly cluster: string; readonly path: string; readonly aborted: true }

/** One HTTP request and its response on their way through the proxy. */
export interface HttpStream {
  headers(map: HeaderMap, end: boolean): void
  data(bytes: Uint8Array, end: boolean): void
  trailers(map: HeaderMap): void
  /** The client is gone. */
  disconnect(): void
  readonly isEnded: boolean
  /** Whether the proxy reads no more of the request, as the store is full. */
  readonly isStalled: boolean
  readonly isPaused: boolean
  readonly info: StreamInfo
}

/** What a stream is made of. */
export interface StreamOptions {
  readonly process: ProxyProcess
  /** Undefined: the stream passes without the filter. */
  readonly filter: { readonly vm: Vm; readonly root: RootContext } | undefined
  readonly clusters: ReadonlyMap<string, Cluster>
  readonly routes: readonly Route[]
  readonly bufferLimit: number
  readonly info: StreamInfo
  readonly client: ClientSide
  readonly facts: () => PropertySource
  accessLog(line: string): void
}

/** A connection's read takes at least one slice of Envoy's buffers, however small the limit is. */
export const leastRead = 16384

/** After this a connection is closed whose client still sends. Source: Envoy `delayed_close_timeout`. */
const delayedCloseMs = 1000

/** A stream that waits for its request headers. Source: Envoy `FilterManager`, `Router::Filter`, `ConnectionManagerImpl`. */
export function createHttpStream(options: StreamOptions): HttpStream {
  const { process, client, info } = options
  let requestHeaders: HeaderMap | undefined
  let responseHeaders: HeaderMap | undefined
  let isEnded = false
  let isLocal = false
  let pending: LocalReply | undefined
  let depth = 0
  let decodeAborted = false
  let encodeAborted = false
  let isRequestComplete = false
  let isResetPending = false
  let isCut = false
  /** A stream that was cut can still be replied to while its end is logged. */
  let isCutAndLogged = false

  const isEncodeOver = (): boolean => (isEnded && !isCutAndLogged) || encodeAborted
  const isHead = (): boolean => requestHeaders?.get(":method") === "HEAD"

  /** Runs a filter call; a local reply asked for meanwhile is sent when the outermost one is over. */
  const inCall = <T>(call: () => T): T => {
    depth++
    try {
      return call()
    } finally {
      depth--
      if (depth === 0 && !isEnded) {
        const reply = pending
        pending = undefined
        if (isResetPending) reset()
        else if (reply !== undefined) startReply(reply)
      }
    }
  }

  const sendLocalReply = (reply: LocalReply): void => {
    if (isEnded) return
    info.details = reply.details
    if (codec.isHeadersSent) {
      reset()
      return
    }
    decodeAborted = true
    if (depth > 0) {
      pending ??= reply
      if (responseHeaders === undefined) info.responseCode = pending.status
      if (responseHeaders !== undefined) encodeAborted = true
      return
    }
    startReply(reply)
  }

  const startReply = (reply: LocalReply): void => {
    decodeAborted = true
    isLocal = true
    const prepared = prepareLocalReply(reply, isGrpcRequest(requestHeaders), isHead())
    info.responseCode = reply.status
    const isDirect = responseHeaders !== undefined
    router.giveUp()
    if (isDirect) {
      encodeAborted = true
      responseHeaders = prepared.headers
      codec.reply(prepared)
      return
    }
    responseHeaders = prepared.headers
    encode.headers(prepared.headers, prepared.body.length === 0)
    if (prepared.body.length > 0 && !isEncodeOver()) encode.data(prepared.body, true)
  }

  const finish = (): void => {
    if (isEnded) return
    isEnded = true
    info.endMs = process.loop.now()
    router.giveUp()
    isCutAndLogged = isCut
    filter?.log()
    isCutAndLogged = false
    options.accessLog(printAccessLog(info))
    filter?.destroy()
  }

  const reset = (): void => {
    if (isEnded) return
    isCut = true
    finish()
    // Envoy waits for the rest of a request before it closes the connection.
    if (isRequestComplete) client.reset()
    else process.loop.after(delayedCloseMs, () => client.reset())
  }

  /** A module closes the stream: done when its callback is over, so that what else it asked for still counts. */
  const closeByModule = (): void => {
    const isAnswered = pending !== undefined && responseHeaders !== undefined
    if (isEnded || isResetPending || isAnswered) {
      if (isRequestComplete) throw streamIsOver(process, "proxy_close_stream")
      return
    }
    if (depth === 0) {
      reset()
      return
    }
    isResetPending = true
    decodeAborted = true
    encodeAborted = true
  }

  const replyByModule = (reply: LocalReply): void => {
    if (isCutAndLogged) {
      // Whatever the response filters and the access log make of it; a client that left sees nothing.
      info.details = reply.details
      if (!codec.isHeadersSent) startReply(reply)
      return
    }
    const isAnswered = pending !== undefined && responseHeaders !== undefined
    if (isEnded || isAnswered || (isResetPending && codec.isHeadersSent)) {
      if (isRequestComplete) throw streamIsOver(process, "proxy_send_local_response")
      return
    }
    if (!isResetPending) {
      sendLocalReply(reply)
      return
    }
    // The reply of a stream that was just closed is seen only where the response was on its way.
    info.details = reply.details
    info.responseCode = reply.status
    if (responseHeaders === undefined) return
    isResetPending = false
    startReply(reply)
  }

  const clock = (): Date => new Date(process.epochMs + process.loop.now())
  const codec = createResponseCodec(client, info, isHead, clock, () => finish())

  /** A response without a status is replaced, without asking the filters again. Source: Envoy `checkRequiredResponseHeaders`. */
  const sendCheckedHeaders = (map: HeaderMap, end: boolean): void => {
    if (/^\d+$/.test(map.get(":status") ?? "")) {
      codec.headers(map, end)
      return
    }
    encodeAborted = true
    isLocal = true
    router.giveUp()
    info.details = "filter_removed_required_response_headers{missing_required_header:_:status}"
    const reply = ownReply(502, "missing required header: :status", info.details)
    const prepared = prepareLocalReply(reply, isGrpcRequest(requestHeaders), isHead())
    responseHeaders = prepared.headers
    codec.reply(prepared)
  }

  const encodeNext: NextHop = { headers: sendCheckedHeaders, data: codec.data, trailers: codec.trailers }

  const router = createRouter({
    process,
    clusters: options.clusters,
    routes: options.routes,
    info,
    readLimit: Math.max(options.bufferLimit, leastRead),
    sendLocalReply,
    reset: () => reset(),
    response: {
      headers: (map, end) => {
        if (isEnded || decodeAborted) return
        info.responseCode = Number(map.get(":status"))
        info.details = "via_upstream"
        responseHeaders = map
        encode.headers(map, end)
      },
      data: (bytes, end) => {
        if (!isEnded && !isLocal) encode.data(bytes, end)
      },
      trailers: (map) => {
        if (!isEnded && !isLocal) encode.trailers(map)
      },
    },
    isOver: () => isEnded || isLocal,
  })

  const callbacks: FilterCallbacks = {
    sendLocalReply: replyByModule,
    failStream: sendLocalReply,
    resumeRequest: () => {
      if (!isEnded && !decodeAborted) decode.resume()
    },
    resumeResponse: () => {
      if (isEnded && encode.hasHeaders) return
      if (!encode.hasHeaders) {
        const found = mistake(
          "ATT_WASM_CONTINUE_RESPONSE_EARLY",
          "proxy_continue_stream",
          "1.40 dies with a segmentation fault",
          true,
        )
        process.report(found)
        throw new EnvoyCrash(found)
      }
      encode.resume()
    },
    reset: closeByModule,
    setDetailsIfAbsent: (details) => {
      info.details ??= details
    },
    addToRequestBuffer: (data) => decode.addToBuffer(data),
    addToResponseBuffer: (data) => encode.addToBuffer(data),
    hasRequestBuffer: () => decode.hasBuffer,
    hasResponseBuffer: () => encode.hasBuffer,
    addRequestTrailers: () => decode.addTrailers(),
    addResponseTrailers: () => encode.addTrailers(),
    logMap: (id) => {
      if (id === MapId.RequestHeaders) return requestHeaders
      if (id === MapId.ResponseHeaders) return responseHeaders
      return id === MapId.ResponseTrailers ? info.responseTrailers : undefined
    },
    clearRouteCache: () => {},
    attribute: (name, maps) => {
      if (requestHeaders !== undefined && !router.isForwarded) router.look(requestHeaders)
      return rootAttribute(name, { ...options.facts(), stream: info, isHttp: true, ...maps })
    },
    setProperty: (name, value) => {
      info.filterState.set(`wasm.${name}`, value)
      return Status.Ok
    },
    get isResponseStarted() {
      return responseHeaders !== undefined
    },
  }

  const filter =
    options.filter === undefined ? undefined : createWasmFilter(options.filter.vm, options.filter.root, callbacks)
  const pass: FilterSide = { headers: () => "continue", data: () => "continue", trailers: () => "continue" }
  const decode: Direction = createDirection({
    filter: filter?.request ?? pass,
    next: router,
    limit: options.bufferLimit,
    isAborted: () => isEnded || decodeAborted,
    inCall,
    tooLarge: () => sendLocalReply(ownReply(413, "Payload Too Large", "request_payload_too_large")),
  })
  const encode: Direction = createDirection({
    filter: filter?.response ?? pass,
    next: encodeNext,
    limit: options.bufferLimit,
    isAborted: isEncodeOver,
    inCall,
    tooLarge: () => sendLocalReply(ownReply(500, "Internal Server Error", "response_payload_too_large")),
  })

  return {
    headers: (map, end) => {
      requestHeaders = map
      info.requestHeaders = map
      isRequestComplete = end
      decode.headers(map, end)
    },
    data: (bytes, end) => {
      info.requestBytes += bytes.length
      isRequestComplete = end
      if (!isEnded && !decodeAborted) decode.data(bytes, end)
    },
    trailers: (map) => {
      isRequestComplete = true
      if (!isEnded && !decodeAborted) decode.trailers(createHeaderMap(map.pairs()))
    },
    disconnect: () => {
      if (isEnded) return
      isCut = true
      info.details = "downstream_remote_disconnect"
      info.flags.add("DC")
      finish()
    },
    get isEnded() {
      return isEnded
    },
    get isStalled() {
      return decode.isAboveLimit
    },
    get isPaused() {
      return !isEnded && (decode.isHeld || encode.isHeld || decode.hasBuffer || encode.hasBuffer)
    },
    info,
  }
}
