import { AttacheError, type Clock, type Logger, silentLogger, systemClock } from "@attache/base"
import { Server, type ServerOptions } from "@grpc/grpc-js"
import { acksOf, type TypeAcks } from "./acks.ts"
import type { XdsClient, XdsEvent } from "./events.ts"
import { defaultLimits, type XdsLimits } from "./limits.ts"
import { bindServer, type XdsAddress, type XdsListener } from "./listen.ts"
import { discoveryMethods, discoveryServices, methodPath } from "./services.ts"
import { emptySnapshot, type Snapshot } from "./snapshot.ts"
import { createStream, type DiscoveryCall, type DiscoveryStream, type StreamHost } from "./stream.ts"
import { createSuspectStore, suspectsOf } from "./suspects.ts"
import type { Variant } from "./type-state.ts"

/** How a server behaves; everything has a default. */
export interface XdsServerOptions {
  /** Default: silent. */
  readonly logger?: Logger
  /** Default: the machine's. */
  readonly clock?: Clock
  /** Default: dropped. */
  readonly onEvent?: (event: XdsEvent) => void
  /** `control_plane.identifier` of responses. Default `attache`. */
  readonly identifier?: string
  readonly limits?: Partial<XdsLimits>
}

/** A connected stream, for people and metrics. */
export interface StreamSummary extends Omit<XdsClient, "proxyKey" | "nodeId"> {
  /** Undefined before the first request. */
  readonly proxyKey: string | undefined
  readonly nodeId: string | undefined
  readonly variant: Variant
  readonly peer: string
  readonly typeUrls: readonly string[]
}

/** Where one client of a proxy key stands. */
export interface ClientAcks extends XdsClient {
  readonly variant: Variant
  /** By type URL. */
  readonly types: ReadonlyMap<string, TypeAcks>
}

/** Delivers snapshots to proxies and knows what they took. */
export interface XdsServer {
  /** What proxies of a key should have from now on. Snapshots that arrive faster than a client answers are coalesced. */
  setSnapshot(proxyKey: string, snapshot: Snapshot): void
  /** Empties connected proxies of a key and forgets it: a client that connects later waits for a snapshot. */
  removeSnapshot(proxyKey: string): void
  snapshot(proxyKey: string): Snapshot | undefined
  streams(): readonly StreamSummary[]
  /** One entry per stream of the key. */
  acks(proxyKey: string): readonly ClientAcks[]
  /** Opens an address; several may be open. Errors as in {@link bindServer}. */
  listen(address: XdsAddress): Promise<XdsListener>
  /** Closes every address and ends every stream. */
  close(): Promise<void>
}

/**
 * An xDS server: every version 3 discovery service, state of the world and delta, aggregated and single type.
 *
 * The proxy key of a client is its `node.cluster`. A client of an unknown key keeps its stream and gets its answer when a snapshot
 * arrives.
 */
export function createXdsServer(options: XdsServerOptions = {}): XdsServer {
  const core = createCore(options)
  const { snapshots, streamsByKey, wake } = core
  const listeners = new Set<XdsListener>()
  return {
    setSnapshot: (proxyKey, snapshot) => {
      snapshots.set(proxyKey, snapshot)
      core.leaving.delete(proxyKey)
      for (const stream of streamsByKey.get(proxyKey) ?? []) wake(stream)
    },
    removeSnapshot: (proxyKey) => {
      if (!snapshots.delete(proxyKey)) return
      const streams = streamsByKey.get(proxyKey)
      if (streams === undefined) return
      core.leaving.set(proxyKey, new Set(streams))
      for (const stream of streams) wake(stream)
    },
    snapshot: (proxyKey) => snapshots.get(proxyKey),
    streams: () => [...core.streams].map(summaryOf),
    acks: (proxyKey) =>
      [...(streamsByKey.get(proxyKey) ?? [])].flatMap((stream) => clientAcks(stream, snapshots.get(proxyKey))),
    listen: async (address) => {
      const bound = await bindServer(core.createServer(), address)
      const close = (): Promise<void> => {
        listeners.delete(listener)
        return bound.close()
      }
      const listener = { ...bound, close }
      listeners.add(listener)
      return listener
    },
    close: async () => void (await Promise.all([...listeners].map((listener) => listener.close()))),
  }
}

interface Core {
  readonly snapshots: Map<string, Snapshot>
  /** Streams that were open when their key was removed: they get the empty snapshot. */
  readonly leaving: Map<string, ReadonlySet<DiscoveryStream>>
  readonly streams: Set<DiscoveryStream>
  readonly streamsByKey: Map<string, Set<DiscoveryStream>>
  wake(stream: DiscoveryStream): void
  createServer(): Server
}

function createCore(options: XdsServerOptions): Core {
  const limits = { ...defaultLimits, ...options.limits }
  const logger = options.logger ?? silentLogger
  const onEvent = options.onEvent ?? (() => {})
  const suspects = createSuspectStore()
  const snapshots = new Map<string, Snapshot>()
  const leaving = new Map<string, ReadonlySet<DiscoveryStream>>()
  const streams = new Set<DiscoveryStream>()
  const streamsByKey = new Map<string, Set<DiscoveryStream>>()
  const wake = createWaker(options.clock ?? systemClock)
  let lastId = 0
  const host = (current: () => DiscoveryStream): StreamHost => ({
    logger,
    limits,
    identifier: options.identifier ?? "attache",
    snapshotOf: (proxyKey) =>
      snapshots.get(proxyKey) ?? (leaving.get(proxyKey)?.has(current()) === true ? emptySnapshot : undefined),
    onEvent,
    onIdentified: (stream) => {
      const client = stream.client()
      if (client === undefined) return
      streamsByKey.set(client.proxyKey, (streamsByKey.get(client.proxyKey) ?? new Set()).add(stream))
      onEvent({ type: "connect", ...client, ...kindOf(stream) })
    },
    onEnd: (stream) => {
      streams.delete(stream)
      const client = stream.client()
      if (client === undefined) return
      const others = streamsByKey.get(client.proxyKey)
      if (others?.delete(stream) === true && others.size === 0) {
        streamsByKey.delete(client.proxyKey)
        leaving.delete(client.proxyKey)
      }
      suspects.keep(clientKey(client, stream), suspectsOf(stream.state))
      onEvent({ type: "disconnect", ...client, ...kindOf(stream) })
    },
    takeSuspects: (client) => suspects.take(clientKey(client, current())),
  })
  const open = (call: DiscoveryCall, method: DiscoveryStream["method"]): void => {
    const stream: DiscoveryStream = createStream(
      ++lastId,
      call,
      method,
      host(() => stream),
    )
    if (streams.size >= limits.streams) {
      const message = `${limits.streams} streams are open already`
      stream.fail(new AttacheError("ATT_XDS_TOO_MANY_STREAMS", message, { retry: "later" }))
      return
    }
    streams.add(stream)
  }
  const handlers = Object.fromEntries(
    discoveryMethods.map((method) => [methodPath(method), (call: DiscoveryCall) => open(call, method)]),
  )
  const createServer = (): Server => {
    const server = new Server(serverOptions(limits))
    server.addService(discoveryServices, handlers)
    return server
  }
  return { snapshots, leaving, streams, streamsByKey, wake, createServer }
}

/** Suspect names belong to one client on one method: a single-type stream must not take those of an aggregated one. */
function clientKey(client: XdsClient, stream: DiscoveryStream): string {
  return [stream.method.method, client.proxyKey, client.nodeId].join("\0")
}

function kindOf(stream: DiscoveryStream): { variant: Variant; typeUrl?: string } {
  const { variant, typeUrl } = stream.method
  return typeUrl === undefined ? { variant } : { variant, typeUrl }
}

function serverOptions(limits: XdsLimits): ServerOptions {
  return {
    "grpc.max_receive_message_length": limits.requestBytes,
    "grpc.max_send_message_length": -1,
    // A proxy that vanished without closing is noticed within a minute, and its memory is given back.
    "grpc.keepalive_time_ms": 30_000,
    "grpc.keepalive_timeout_ms": 20_000,
    "grpc.keepalive_permit_without_calls": 1,
  }
}

/**
 * Lets streams send, many in a row but never for longer than a slice, so that requests are read in between.
 *
 * Waking a stream twice before its turn counts once: snapshots set in the same turn of the event loop are sent as one.
 */
function createWaker(clock: Clock, sliceMs = 10): (stream: DiscoveryStream) => void {
  const awake = new Set<DiscoveryStream>()
  let isScheduled = false
  const run = (): void => {
    isScheduled = false
    const end = clock.now() + sliceMs
    for (const stream of awake) {
      awake.delete(stream)
      stream.pump()
      if (clock.now() >= end) break
    }
    if (awake.size > 0) schedule()
  }
  const schedule = (): void => {
    if (isScheduled) return
    isScheduled = true
    setImmediate(run)
  }
  return (stream) => {
    awake.add(stream)
    schedule()
  }
}

function summaryOf(stream: DiscoveryStream): StreamSummary {
  const client = stream.client()
  return {
    streamId: stream.id,
    proxyKey: client?.proxyKey,
    nodeId: client?.nodeId,
    variant: stream.method.variant,
    peer: stream.peer,
    typeUrls: [...stream.state.types.keys()],
  }
}

function clientAcks(stream: DiscoveryStream, snapshot: Snapshot | undefined): readonly ClientAcks[] {
  const client = stream.client()
  if (client === undefined) return []
  return [{ ...client, variant: stream.method.variant, types: acksOf(stream.state, snapshot ?? emptySnapshot) }]
}
