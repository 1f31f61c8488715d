import { BufferId, FailState, MapId, Status, StreamId } from "../abi/status.ts"
import type { BodyData, BufferSource } from "../buffer.ts"
import type { Context, LocalReply, RootContext } from "../context.ts"
import { type EnvoyCrash, mistake, streamIsOver } from "../mistakes.ts"
import { streamLogPrefix } from "../plugin.ts"
import { callMap, createSharedBuffers } from "../root-context.ts"
import type { Vm } from "../vm.ts"
import type { FilterCallbacks } from "./filter-callbacks.ts"
import type { FilterSide, HeadersStatus } from "./filter-manager.ts"
import { type CallbackOutcome, dataStatus, headersStatus, trailersStatus } from "./filter-status.ts"
import type { HeaderMap } from "./header-map.ts"

/** A Wasm filter in one HTTP stream. */
export interface WasmFilter {
  readonly request: FilterSide
  readonly response: FilterSide
  /** Access log at the end of the stream. */
  log(): void
  destroy(): void
}

const failReply: LocalReply = {
  status: 503,
  body: new Uint8Array(0),
  headers: [],
  grpcStatus: 14,
  details: "wasm_fail_stream",
}

/** State of one direction as Envoy's context keeps it: pointers that are there or not. */
interface Side {
  headers: HeaderMap | undefined
  body: BodyData | undefined
  trailers: HeaderMap | undefined
  isBuffering: boolean
  isEnd: boolean
}

/** A filter of a plugin's root for one stream. Source: Envoy `Context::decodeHeaders` and what follows, proxy-wasm-cpp-host `context.cc`. */
export function createWasmFilter(vm: Vm, root: RootContext, callbacks: FilterCallbacks): WasmFilter {
  const plugin = root.plugin
  const sides: Readonly<Record<"request" | "response", Side>> = { request: newSide(), response: newSide() }
  // The number is taken when the chain is made; the module hears of it with the request headers.
  const id = vm.nextContextId()
  let isCreated = false
  let isDestroyed = false
  let isFailReplySent = false
  let replies = 0
  let logging = false

  const isFailed = (): boolean => vm.failState !== FailState.Ok
  const failStream = (): void => {
    if (isFailReplySent) return
    isFailReplySent = true
    if (plugin.failurePolicy === "FAIL_OPEN" && isCreated) {
      vm.process.report(
        mistake("ATT_WASM_FAIL_OPEN_ANSWERS_503", "failure_policy", "answers 503 with details wasm_fail_stream"),
      )
    }
    callbacks.failStream(failReply)
  }

  const run = (name: string, args: readonly number[]): CallbackOutcome => {
    if (isDestroyed || (isFailReplySent && name.includes("_response_"))) return "skip"
    if (isFailed()) return afterFailure()
    if (!vm.has(name)) return "skip"
    const result = vm.call(name, context, [id, ...args])
    const isStopped = vm.isIterationStopped
    if (isFailed()) {
      vm.runDeferred()
      return afterFailure()
    }
    const answer = isStopped ? 0xffff : (result ?? 0)
    return answer
  }
  const afterFailure = (): "open" | "failed" => {
    if (plugin.isLegacyFailOpen) return "open"
    failStream()
    return "failed"
  }

  const create = (): void => {
    if (isCreated || isFailed()) return
    isCreated = true
    movedBy = undefined
    vm.call("proxy_on_context_create", context, [id, root.id])
    if (movedBy === "proxy_close_stream") throw crash(movedBy)
    vm.runDeferred()
  }

  const sideOf = (kind: "request" | "response"): FilterSide => {
    const side = sides[kind]
    const hasHeadersFlag = vm.code.abi !== "0.1.0"
    return {
      headers: (map, end) => {
        if (kind === "request") create()
        else if (!isCreated && !isFailed()) return "continue"
        side.headers = map
        side.isEnd = end
        const args = hasHeadersFlag ? [map.size, Number(end)] : [map.size]
        const status = headersStatus(run(`proxy_on_${kind}_headers`, args), plugin.allowsStopIteration)
        noticeDoubleContinue(kind, status)
        vm.runDeferred()
        if (status === "continue") side.headers = undefined
        return status
      },
      data: (data, end) => {
        if (!isCreated && !isFailed()) return "continue"
        side.body = data
        side.isEnd = end
        const size = bodyBuffer(kind).bytes.length
        // Looking at its size makes this the buffer that id 8 shows.
        context.buffer(kind === "request" ? BufferId.RequestBody : BufferId.ResponseBody)
        const status = dataStatus(run(`proxy_on_${kind}_body`, [size, Number(end)]))
        vm.runDeferred()
        side.isBuffering = status === "stop-buffer"
        if (status === "continue") side.body = undefined
        return status
      },
      trailers: (map) => {
        if (!isCreated && !isFailed()) return "continue"
        side.trailers = map
        movedBy = undefined
        const status = trailersStatus(run(`proxy_on_${kind}_trailers`, [map.size]))
        vm.runDeferred()
        if (status === "stop") return status
        // What comes next is the end of a stream that is gone or has ended.
        if (kind === "response" && movedBy !== undefined) throw crash(movedBy)
        side.trailers = undefined
        return status
      },
    }
  }

  const crash = (where: string): EnvoyCrash => streamIsOver(vm.process, where)

  const noticeDoubleContinue = (kind: "request" | "response", status: HeadersStatus): void => {
    if (wasContinued === kind && status === "continue") {
      const to = kind === "request" ? "upstream" : "client"
      vm.process.report(
        mistake("ATT_WASM_CONTINUE_TWICE", `proxy_on_${kind}_headers`, `sends the ${kind} to the ${to} twice`),
      )
    }
    wasContinued = undefined
  }
  let wasContinued: "request" | "response" | undefined
  /** The host call that closed or continued the response in the callback that runs. */
  let movedBy: string | undefined

  const bodyBuffer = (kind: "request" | "response"): BodyData => {
    const side = sides[kind]
    const body = side.body ?? { bytes: new Uint8Array(0) }
    const hasStored = kind === "request" ? callbacks.hasRequestBuffer() : callbacks.hasResponseBuffer()
    if (!side.isBuffering || !hasStored) return body
    return kind === "request" ? callbacks.addToRequestBuffer(body) : callbacks.addToResponseBuffer(body)
  }

  const streamBuffer = (bufferId: number): BufferSource | undefined => {
    const kind =
      bufferId === BufferId.RequestBody ? "request" : bufferId === BufferId.ResponseBody ? "response" : undefined
    if (kind === undefined || (sides[kind].body === undefined && !sides[kind].isBuffering)) return undefined
    if (sides[kind].body === undefined) return undefined
    return { kind: "data", data: bodyBuffer(kind) }
  }

  const ownMap = (mapId: number): HeaderMap | undefined => {
    if (mapId === MapId.RequestHeaders) return sides.request.headers
    if (mapId === MapId.RequestTrailers) return sides.request.trailers
    if (mapId === MapId.ResponseHeaders) return sides.response.headers
    return mapId === MapId.ResponseTrailers ? sides.response.trailers : undefined
  }

  const context: Context = {
    id,
    parentId: root.id,
    root,
    logPrefix: streamLogPrefix(plugin),
    get inAccessLog() {
      return logging
    },
    map: (mapId) => {
      const call = callMap(mapId, root.call)
      if (call !== undefined) return call
      return logging ? callbacks.logMap(mapId) : ownMap(mapId)
    },
    mutableMap: (mapId) => {
      const { request, response } = sides
      if (
        mapId === MapId.RequestTrailers &&
        request.trailers === undefined &&
        request.body !== undefined &&
        request.isEnd
      ) {
        request.trailers = callbacks.addRequestTrailers()
      }
      if (
        mapId === MapId.ResponseTrailers &&
        response.trailers === undefined &&
        response.body !== undefined &&
        response.isEnd
      ) {
        response.trailers = callbacks.addResponseTrailers()
      }
      return ownMap(mapId)
    },
    buffer: (bufferId) => buffers(bufferId, streamBuffer(bufferId)),
    sendLocalReply: (reply) => {
      replies++
      if (replies === 2) {
        vm.process.report(
          mistake(
            "ATT_WASM_REPLY_TWICE",
            "proxy_send_local_response",
            "answers with the first reply and the details of the last",
          ),
        )
      }
      vm.defer(() => callbacks.sendLocalReply(reply))
      return Status.Ok
    },
    continueStream: (stream) => {
      if (stream === StreamId.Upstream) return Status.Unimplemented
      if (stream > StreamId.Upstream) return Status.BadArgument
      if (stream === StreamId.Downstream) return Status.Ok
      if (stream === StreamId.Request) {
        if (sides.request.headers !== undefined && vm.current() === context) wasContinued = "request"
        vm.defer(() => callbacks.resumeRequest())
      } else {
        movedBy = "proxy_continue_stream"
        if (sides.response.headers !== undefined && vm.current() === context) wasContinued = "response"
        vm.defer(() => callbacks.resumeResponse())
      }
      forget(sides.request)
      return Status.Ok
    },
    closeStream: (stream) => {
      if (stream > StreamId.Upstream) return Status.BadArgument
      if (stream > StreamId.Response) return Status.Ok
      callbacks.setDetailsIfAbsent("wasm_close_stream")
      movedBy = "proxy_close_stream"
      vm.defer(() => callbacks.reset())
      return Status.Ok
    },
    attribute: (name) => {
      const at = logging ? callbacks.logMap : ownMap
      return callbacks.attribute(name, {
        requestHeaders: at(MapId.RequestHeaders),
        responseHeaders: at(MapId.ResponseHeaders),
        responseTrailers: at(MapId.ResponseTrailers),
      })
    },
    setProperty: (name, value) => callbacks.setProperty(name, value),
    clearRouteCache: () => callbacks.clearRouteCache(),
    declared: new Set(),
  }
  const buffers = createSharedBuffers(
    vm,
    () => root,
    () => root.call,
  )

  vm.contexts.set(id, context)
  return {
    request: sideOf("request"),
    response: sideOf("response"),
    log: () => {
      if (isFailed()) return
      create()
      logging = true
      run("proxy_on_log", [])
      vm.runDeferred()
      logging = false
    },
    destroy: () => {
      if (isDestroyed) return
      isDestroyed = true
      if (isCreated && !isFailed()) vm.call("proxy_on_done", context, [id])
      vm.runDeferred()
      if (isCreated && !isFailed()) vm.call("proxy_on_delete", context, [id])
      vm.contexts.delete(id)
      vm.runDeferred()
    },
  }
}

function newSide(): Side {
  return { headers: undefined, body: undefined, trailers: undefined, isBuffering: false, isEnd: false }
}

function forget(side: Side): void {
  side.headers = undefined
  side.body = undefined
  side.trailers = undefined
}
