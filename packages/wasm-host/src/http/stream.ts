import { MapId, Status } from "../abi/status.ts"
import type { Cluster, UpstreamRequest } from "../clusters.ts"
import type { LocalReply, RootContext } from "../context.ts"
import { continuedEarly, streamIsOver } from "../mistakes.ts"
import type { Plugin } from "../plugin.ts"
import type { ProxyProcess } from "../process.ts"
import type { PropertySource } from "../properties.ts"
import { rootAttribute } from "../properties.ts"
import type { Vm } from "../vm.ts"
import type { FilterCallbacks } from "./filter-callbacks.ts"
import { createDirection, type Direction, laterHop, type NextHop } from "./filter-manager.ts"
import { createHeaderMap, type HeaderMap } from "./header-map.ts"
import { isGrpcRequest, ownReply, prepareLocalReply } from "./local-reply.ts"
import { type ClientSide, createResponseCodec } from "./response-codec.ts"
import { createRouter } from "./router.ts"
import { printAccessLog, type Route, type StreamInfo } from "./stream-info.ts"
import { createWasmFilter, type WasmFilter } from "./wasm-filter.ts"

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
  /** Filters in the order in which requests meet them. */
  readonly plugins: readonly { readonly vm: Vm; readonly root: RootContext }[]
  readonly clusters: ReadonlyMap<string, Cluster>
  readonly routes: readonly Route[]
  readonly bufferLimit: number
  readonly info: StreamInfo
  readonly client: ClientSide
  readonly facts: (plugin: Plugin) => PropertySource
  accessLog(line: string): void
}

/** A connection's read takes at least one slice of Envoy's buffers, however small the limit is. */
export const leastRead = 16384

/** After this a connection is closed whose client still sends. Source: Envoy `delayed_close_timeout`. */
export const delayedCloseMs = 1000

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
    encodeFirst.headers(prepared.headers, prepared.body.length === 0)
    if (prepared.body.length > 0 && !isEncodeOver()) encodeFirst.data(prepared.body, true)
  }

  const finish = (): void => {
    if (isEnded) return
    isEnded = true
    info.endMs = process.loop.now()
    router.giveUp()
    isCutAndLogged = isCut
    for (const { filter } of filters) filter.log()
    isCutAndLogged = false
    options.accessLog(printAccessLog(info))
    for (const { filter } of filters) filter.destroy()
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
    if (isEnded && isCut) return
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
    if (isEnded && isCut) return
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
        encodeFirst.headers(map, end)
      },
      data: (bytes, end) => {
        if (!isEnded && !isLocal) encodeFirst.data(bytes, end)
      },
      trailers: (map) => {
        if (!isEnded && !isLocal) encodeFirst.trailers(map)
      },
    },
    isOver: () => isEnded || isLocal,
  })

  /** What filter number `i` asks of the stream. */
  const callbacksOf = (i: number, plugin: Plugin): FilterCallbacks => ({
    sendLocalReply: replyByModule,
    failStream: sendLocalReply,
    resumeRequest: () => {
      if (!isEnded && !decodeAborted) filters[i]?.decode.resume()
    },
    resumeResponse: () => {
      if (responseHeaders === undefined) throw continuedEarly(process)
      if (!isEnded) filters[i]?.encode.resume()
    },
    reset: closeByModule,
    setDetailsIfAbsent: (details) => {
      info.details ??= details
    },
    addToRequestBuffer: (data) => directionOf(i, "decode").addToBuffer(data),
    addToResponseBuffer: (data) => directionOf(i, "encode").addToBuffer(data),
    hasRequestBuffer: () => directionOf(i, "decode").hasBuffer,
    hasResponseBuffer: () => directionOf(i, "encode").hasBuffer,
    addRequestTrailers: () => directionOf(i, "decode").addTrailers(),
    addResponseTrailers: () => directionOf(i, "encode").addTrailers(),
    logMap: (id) => {
      if (id === MapId.RequestHeaders) return requestHeaders
      if (id === MapId.ResponseHeaders) return responseHeaders
      return id === MapId.ResponseTrailers ? info.responseTrailers : undefined
    },
    clearRouteCache: () => {},
    attribute: (name, maps) => {
      if (requestHeaders !== undefined && !router.isForwarded) router.look(requestHeaders)
      return rootAttribute(name, { ...options.facts(plugin), stream: info, isHttp: true, ...maps })
    },
    setProperty: (name, value) => {
      info.filterState.set(`wasm.${name}`, value)
      return Status.Ok
    },
    get isResponseStarted() {
      return responseHeaders !== undefined
    },
  })

  /** A filter with its place in both directions; a response meets the filters from the last to the first. */
  interface Placed {
    readonly filter: WasmFilter
    readonly decode: Direction
    readonly encode: Direction
  }
  const filters: Placed[] = []
  const directionOf = (i: number, which: "decode" | "encode"): Direction => {
    const found = filters[i]
    if (found === undefined) throw new Error(`no filter ${i}`)
    return found[which]
  }
  options.plugins.forEach(({ vm, root }, i) => {
    const filter = createWasmFilter(vm, root, callbacksOf(i, root.plugin))
    const decode = createDirection({
      filter: filter.request,
      next: laterHop(() => filters[i + 1]?.decode ?? router),
      limit: options.bufferLimit,
      isAborted: () => isEnded || decodeAborted,
      inCall,
      tooLarge: () => sendLocalReply(ownReply(413, "Payload Too Large", "request_payload_too_large")),
    })
    const encode = createDirection({
      filter: filter.response,
      next: filters[i - 1]?.encode ?? encodeNext,
      limit: options.bufferLimit,
      isAborted: isEncodeOver,
      inCall,
      tooLarge: () => sendLocalReply(ownReply(500, "Internal Server Error", "response_payload_too_large")),
    })
    filters.push({ filter, decode, encode })
  })
  const decodeFirst: NextHop = filters[0]?.decode ?? router
  const encodeFirst: NextHop = filters.at(-1)?.encode ?? encodeNext
  const directions = filters.flatMap(({ decode, encode }) => [decode, encode])

  return {
    headers: (map, end) => {
      requestHeaders = map
      info.requestHeaders = map
      isRequestComplete = end
      decodeFirst.headers(map, end)
    },
    data: (bytes, end) => {
      info.requestBytes += bytes.length
      isRequestComplete = end
      if (!isEnded && !decodeAborted) decodeFirst.data(bytes, end)
    },
    trailers: (map) => {
      isRequestComplete = true
      if (!isEnded && !decodeAborted) decodeFirst.trailers(createHeaderMap(map.pairs()))
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
      return filters.some(({ decode }) => decode.isAboveLimit)
    },
    get isPaused() {
      return !isEnded && directions.some(({ isHeld, hasBuffer }) => isHeld || hasBuffer)
    },
    info,
  }
}
