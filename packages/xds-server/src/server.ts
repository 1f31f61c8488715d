import { type Clock, type Logger, silentLogger, systemClock } from "@attache/base"
import { acksOf, type TypeAcks } from "./acks.ts"
import type { XdsClient, XdsEvent } from "./events.ts"
import type { Keepalive } from "./grpc/keepalive.ts"
import type { GrpcServerOptions } from "./grpc/server.ts"
import { defaultLimits, type XdsLimits } from "./limits.ts"
import { bindServer, type XdsAddress, type XdsListener } from "./listen.ts"
import { emptySnapshot, type Snapshot } from "./snapshot.ts"
import type { DiscoveryStream } from "./stream.ts"
import { createStreamRegistry } from "./stream-registry.ts"
import type { Variant } from "./type-state.ts"
import { createWaker } from "./waker.ts"
import { createWriteBudget } from "./write-budget.ts"

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
  /**
   * How connections are tried: a proxy that vanished without closing is noticed, and its memory given back. Default: a question
   * 30 s after the last answer, and 20 s for the answer.
   */
  readonly keepalive?: Keepalive
  /**
   * Longest wait of listeners and routes for an answer about clusters, in milliseconds. Default 2 s. Envoy answers when every
   * cluster is warm; after the wait one that does not get warm no longer stops the others.
   */
  readonly patienceMs?: number
  /**
   * Most resources in one delta response about endpoints, secrets, routes and whatever else is asked for by name. Default:
   * unlimited. With 1 a refusal is about one resource, at the price of a round trip each. Clusters and listeners always go
   * together: in its refusal Envoy names those it means.
   */
  readonly resourcesPerResponse?: number
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
  const clock = options.clock ?? systemClock
  const limits = { ...defaultLimits, ...options.limits }
  const registry = createStreamRegistry({
    clock,
    budget: createWriteBudget(clock),
    logger: options.logger ?? silentLogger,
    limits,
    identifier: options.identifier ?? "attache",
    onEvent: options.onEvent ?? (() => {}),
    patienceMs: options.patienceMs ?? 2000,
    resourcesPerResponse: options.resourcesPerResponse ?? Number.POSITIVE_INFINITY,
  })
  const { snapshots, leaving, streamsByKey } = registry
  const transport: GrpcServerOptions = {
    answer: registry.answer,
    limitBytes: limits.requestBytes,
    streams: limits.streams,
    keepalive: options.keepalive ?? defaultKeepalive,
    clock,
  }
  const wake = createWaker(clock)
  const listeners = new Set<XdsListener>()
  return {
    setSnapshot: (proxyKey, snapshot) => {
      snapshots.set(proxyKey, snapshot)
      leaving.delete(proxyKey)
      for (const stream of streamsByKey.get(proxyKey) ?? []) wake(stream)
    },
    removeSnapshot: (proxyKey) => {
      if (!snapshots.delete(proxyKey)) return
      const streams = streamsByKey.get(proxyKey)
      if (streams === undefined) return
      leaving.set(proxyKey, new Set(streams))
      for (const stream of streams) wake(stream)
    },
    snapshot: (proxyKey) => snapshots.get(proxyKey),
    streams: () => [...registry.streams].map(summaryOf),
    acks: (proxyKey) =>
      [...(streamsByKey.get(proxyKey) ?? [])].flatMap((stream) => clientAcks(stream, snapshots.get(proxyKey))),
    listen: async (address) => {
      const bound = await bindServer(transport, address)
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

const defaultKeepalive: Keepalive = { everyMs: 30_000, answerMs: 20_000 }

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
