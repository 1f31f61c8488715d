import { BufferId, FailState, PeerId, Status, StreamId } from "./abi/status.ts"
import type { BodyData, BufferSource } from "./buffer.ts"
import { joinBytes } from "./byte-string.ts"
import { connectMs } from "./clusters.ts"
import type { Context, RootContext } from "./context.ts"
import type { StreamInfo } from "./http/stream-info.ts"
import type { Loop } from "./loop.ts"
import { type Plugin, streamLogPrefix } from "./plugin.ts"
import { type PropertySource, rootAttribute } from "./properties.ts"
import { callMap, createSharedBuffers } from "./root-context.ts"
import type { Vm } from "./vm.ts"

/** The server behind a TCP connection: what it sends back for what it gets. */
export interface TcpServer {
  /** Bytes sent back, if any; they arrive a virtual millisecond later. */
  data(bytes: Uint8Array): Uint8Array | undefined
  /** The client's side ended; whether the server ends its own. Default true. */
  end?(): boolean
}

/** One TCP connection through the proxy, as the client drives it; answers arrive while the host's time passes. */
export interface TcpConnection {
  send(bytes: Uint8Array | string): void
  /** Ends the client's side. */
  end(): void
  /** Cuts the connection from the client's side. */
  reset(): void
  /** The proxy closes it, as it does when it stops. */
  close(): void
  /** What the client received, piece by piece, and what the server did. */
  readonly received: readonly Uint8Array[]
  readonly serverReceived: readonly Uint8Array[]
  readonly isClientEnded: boolean
  readonly isServerEnded: boolean
  readonly isClosed: boolean
}

/** What a connection is made of. */
export interface TcpOptions {
  readonly loop: Loop
  readonly filter: { readonly vm: Vm; readonly root: RootContext } | undefined
  readonly server: TcpServer
  readonly info: StreamInfo
  readonly facts: (plugin: Plugin) => PropertySource
  /** Runs what may end the proxy. */
  guard(run: () => void): void
}

type Outcome = "continue" | "stop" | "closed"

/** Opens a connection: the filter hears of it, then data can flow. Source: Envoy `network/wasm`, `Context::onNewConnection`, `onData`, `onWrite`. */
export function createTcpConnection(options: TcpOptions): TcpConnection {
  const received: Uint8Array[] = []
  const serverReceived: Uint8Array[] = []
  const stored: BodyData = { bytes: new Uint8Array(0) }
  const held: BodyData = { bytes: new Uint8Array(0) }
  let hasServer = false
  let isReading = false
  let isClientEnded = false
  let isServerEnded = false
  let isServerTold = false
  let isClosed = false
  let hasClientEnd = false
  let isReset = false
  let isOpening = true

  const closeBoth = (peer: number): void => {
    if (isClosed) return
    isClosed = true
    // What the client sent meanwhile is never read, and so it is told by a reset.
    isReset ||= isOpening || (!isReading && stored.bytes.length > 0)
    // A reset goes on as a reset, not as an end.
    if (hasServer && !isReset) isServerTold = true
    filter?.closed(peer)
  }
  const filter =
    options.filter === undefined
      ? undefined
      : createTcpFilter(options.filter.vm, options.filter.root, options, () => closeBoth(PeerId.Local), resumeReading)

  function resumeReading(): void {
    if (isClosed) return
    if (isReading) {
      if (stored.bytes.length > 0) forward(hasClientEnd)
      return
    }
    // What came while the new connection was held is read when there is a server, by the filter first.
    isReading = true
    connectServer()
    options.loop.after(connectMs, () =>
      options.guard(() => {
        if (stored.bytes.length > 0 || hasClientEnd) read(new Uint8Array(0), hasClientEnd)
        if (isReset) closeBoth(PeerId.Remote)
      }),
    )
  }

  /** The connection to the server follows at once when the filter lets the new one pass. */
  const connectServer = (): void => {
    hasServer = true
    Object.assign(options.info, {
      ...{ attempts: 1, cluster: "upstream", hasCluster: true, isConnected: true, upstreamAddress: "127.0.0.1:18000" },
    })
  }

  const forward = (end: boolean): void => {
    const bytes = stored.bytes
    stored.bytes = new Uint8Array(0)
    if (bytes.length > 0) {
      serverReceived.push(bytes)
      const reply = options.server.data(bytes)
      if (reply !== undefined) answer(reply, false)
    }
    if (!end || isClosed) return
    isServerTold = true
    if (options.server.end?.() ?? true) {
      isServerEnded = true
      answer(new Uint8Array(0), true)
    }
  }
  const answer = (bytes: Uint8Array, end: boolean): void => {
    options.loop.after(1, () => {
      if (!isClosed) write(bytes, end)
    })
  }

  const write = (bytes: Uint8Array, end: boolean): void => {
    held.bytes = joinBytes([held.bytes, bytes])
    const outcome = filter?.upstreamData(held, end) ?? "continue"
    if (isClosed || outcome === "closed") {
      closeBoth(PeerId.Local)
      return
    }
    if (outcome === "stop") {
      // When both sides have ended the connection is closed, whatever is held.
      if (end && hasClientEnd) closeBoth(PeerId.Local)
      return
    }
    if (held.bytes.length > 0) received.push(held.bytes)
    options.info.responseBytes += held.bytes.length
    held.bytes = new Uint8Array(0)
    if (!end) return
    isClientEnded = true
    if (hasClientEnd) closeBoth(PeerId.Local)
  }

  const read = (bytes: Uint8Array, end: boolean): void => {
    if (isClosed) return
    hasClientEnd ||= end
    options.info.requestBytes += bytes.length
    stored.bytes = joinBytes([stored.bytes, bytes])
    if (!isReading) return
    const outcome = filter?.downstreamData(stored, end) ?? "continue"
    if (isClosed) return
    if (outcome === "closed") closeBoth(PeerId.Local)
    else if (outcome === "continue" && !isReset) forward(end)
  }

  let opened: Outcome = "closed"
  options.guard(() => {
    opened = filter?.open() ?? "continue"
  })
  if (opened === "closed") closeBoth(PeerId.Local)
  else if (opened === "continue" && !isClosed) {
    isReading = true
    connectServer()
  }
  isOpening = false
  return {
    send: (bytes) =>
      options.guard(() => read(typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes, false)),
    end: () => options.guard(() => read(new Uint8Array(0), true)),
    reset: () => {
      isReset = true
      // A proxy that does not read does not notice.
      if (isReading) options.guard(() => closeBoth(PeerId.Remote))
    },
    close: () => options.guard(() => closeBoth(PeerId.Local)),
    received,
    serverReceived,
    get isClientEnded() {
      return isClientEnded || (isClosed && !isReset)
    },
    get isServerEnded() {
      return isServerTold || isServerEnded
    },
    get isClosed() {
      return isClosed
    },
  }
}

interface TcpFilter {
  open(): Outcome
  downstreamData(data: BodyData, end: boolean): Outcome
  upstreamData(data: BodyData, end: boolean): Outcome
  closed(peer: number): void
}

function createTcpFilter(
  vm: Vm,
  root: RootContext,
  options: TcpOptions,
  close: () => void,
  resume: () => void,
): TcpFilter {
  let id = 0
  let isCreated = false
  let isGone = false
  let downstream: BodyData | undefined
  let upstream: BodyData | undefined
  const isFailed = (): boolean => vm.failState !== FailState.Ok
  const run = (name: string, args: readonly number[]): Outcome => {
    if (isGone) return "continue"
    if (isFailed()) return root.plugin.isLegacyFailOpen ? "continue" : "closed"
    if (!isCreated || !vm.has(name)) return "continue"
    const result = vm.call(name, context, [id, ...args])
    vm.runDeferred()
    if (isFailed()) return root.plugin.isLegacyFailOpen ? "continue" : "closed"
    return result === undefined || result === 0 ? "continue" : "stop"
  }
  const own = (bufferId: number): BufferSource | undefined => {
    const data =
      bufferId === BufferId.DownstreamData ? downstream : bufferId === BufferId.UpstreamData ? upstream : undefined
    return data === undefined ? undefined : { kind: "data", data }
  }
  const context: Context = {
    get id() {
      return id
    },
    parentId: root.id,
    root,
    logPrefix: streamLogPrefix(root.plugin),
    inAccessLog: false,
    map: (mapId) => callMap(mapId, root.call),
    mutableMap: () => undefined,
    buffer: (bufferId) => buffers(bufferId, own(bufferId)),
    sendLocalReply: () => Status.Ok,
    continueStream: (stream) => {
      if (stream === StreamId.Downstream) vm.defer(resume)
      return stream === StreamId.Upstream ? Status.Unimplemented : Status.Ok
    },
    closeStream: (stream) => {
      if (stream >= StreamId.Downstream) vm.defer(close)
      return Status.Ok
    },
    attribute: (name) => rootAttribute(name, { ...options.facts(root.plugin), stream: options.info }),
    setProperty: (name, value) => {
      options.info.filterState.set(`wasm.${name}`, value)
      return Status.Ok
    },
    clearRouteCache: () => {},
    declared: new Set(),
  }
  const buffers = createSharedBuffers(
    vm,
    () => root,
    () => root.call,
  )
  return {
    open: () => {
      if (isFailed()) return root.plugin.isLegacyFailOpen ? "continue" : "closed"
      id = vm.nextContextId()
      vm.contexts.set(id, context)
      isCreated = true
      vm.call("proxy_on_context_create", context, [id, root.id])
      vm.runDeferred()
      return run("proxy_on_new_connection", [])
    },
    downstreamData: (data, end) => {
      downstream = data
      const outcome = run("proxy_on_downstream_data", [data.bytes.length, Number(end)])
      if (outcome === "continue") downstream = undefined
      return outcome
    },
    upstreamData: (data, end) => {
      upstream = data
      const outcome = run("proxy_on_upstream_data", [data.bytes.length, Number(end)])
      if (outcome === "continue") upstream = undefined
      if (end && !isFailed()) run("proxy_on_upstream_connection_close", [PeerId.Unknown])
      return outcome
    },
    closed: (peer) => {
      if (!isCreated || isGone) return
      run("proxy_on_downstream_connection_close", [peer])
      for (const name of ["proxy_on_done", "proxy_on_log", "proxy_on_delete"]) {
        if (!isFailed()) vm.call(name, context, [id])
        vm.runDeferred()
      }
      isGone = true
      vm.contexts.delete(id)
    },
  }
}
