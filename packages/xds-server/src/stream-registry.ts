import { AttacheError, type Clock, type Logger } from "@attache/base"
import type { XdsClient, XdsEvent } from "./events.ts"
import type { CallHandlers, GrpcCall } from "./grpc/call.ts"
import type { XdsLimits } from "./limits.ts"
import { discoveryMethods, methodPath } from "./services.ts"
import { emptySnapshot, type Snapshot } from "./snapshot.ts"
import { createStream, type DiscoveryStream, type StreamHost } from "./stream.ts"
import { createSuspectStore, type SuspectStore, suspectsOf } from "./suspects.ts"
import type { Variant } from "./type-state.ts"
import type { WriteBudget } from "./write-budget.ts"

/** The open streams of a server and what they are served. */
export interface StreamRegistry {
  readonly snapshots: Map<string, Snapshot>
  /** Streams that were open when their key was removed: they get the empty snapshot. */
  readonly leaving: Map<string, ReadonlySet<DiscoveryStream>>
  readonly streams: Set<DiscoveryStream>
  readonly streamsByKey: Map<string, Set<DiscoveryStream>>
  /** Takes a call of a method in as a stream; undefined: there is no such method. */
  answer(path: string): ((call: GrpcCall) => CallHandlers) | undefined
}

/** What a registry needs to know. */
export interface StreamRegistryOptions {
  readonly logger: Logger
  readonly limits: XdsLimits
  readonly identifier: string
  readonly onEvent: (event: XdsEvent) => void
  readonly budget: WriteBudget
  readonly clock: Clock
  /** How long listeners and routes wait for a client to answer about clusters, in milliseconds. */
  readonly patienceMs: number
  /** Most resources in one delta response of a type that is asked for by name. */
  readonly resourcesPerResponse: number
}

/** A registry without streams. */
export function createStreamRegistry(options: StreamRegistryOptions): StreamRegistry {
  const registry: Registry = {
    options,
    suspects: createSuspectStore(),
    snapshots: new Map(),
    leaving: new Map(),
    streams: new Set(),
    streamsByKey: new Map(),
    lastId: 0,
  }
  const answers = new Map(
    discoveryMethods.map((method) => [methodPath(method), (call: GrpcCall) => open(registry, call, method)]),
  )
  const { snapshots, leaving, streams, streamsByKey } = registry
  return { snapshots, leaving, streams, streamsByKey, answer: (path) => answers.get(path) }
}

interface Registry extends Omit<StreamRegistry, "answer"> {
  readonly options: StreamRegistryOptions
  readonly suspects: SuspectStore
  lastId: number
}

function open(registry: Registry, call: GrpcCall, method: DiscoveryStream["method"]): CallHandlers {
  const { limits } = registry.options
  const stream: DiscoveryStream = createStream(
    ++registry.lastId,
    call,
    method,
    hostOf(registry, () => stream),
  )
  if (registry.streams.size < limits.streams) {
    registry.streams.add(stream)
    return stream.handlers
  }
  const message = `${limits.streams} streams are open already`
  stream.fail(new AttacheError("ATT_XDS_TOO_MANY_STREAMS", message, { retry: "later" }))
  return stream.handlers
}

function hostOf(registry: Registry, current: () => DiscoveryStream): StreamHost {
  const { snapshots, leaving, suspects, options } = registry
  return {
    ...options,
    snapshotOf: (proxyKey) => {
      const isLeaving = leaving.get(proxyKey)?.has(current()) === true
      return snapshots.get(proxyKey) ?? (isLeaving ? emptySnapshot : undefined)
    },
    onIdentified: (stream) => identified(registry, stream),
    onEnd: (stream) => ended(registry, stream),
    takeSuspects: (client) => suspects.take(clientKey(client, current())),
  }
}

function identified(registry: Registry, stream: DiscoveryStream): void {
  const client = stream.client()
  if (client === undefined) return
  const others = registry.streamsByKey.get(client.proxyKey) ?? new Set()
  registry.streamsByKey.set(client.proxyKey, others.add(stream))
  registry.options.onEvent({ type: "connect", ...client, ...kindOf(stream) })
}

function ended(registry: Registry, stream: DiscoveryStream): void {
  registry.streams.delete(stream)
  const client = stream.client()
  if (client === undefined) return
  const others = registry.streamsByKey.get(client.proxyKey)
  if (others?.delete(stream) === true && others.size === 0) {
    registry.streamsByKey.delete(client.proxyKey)
    registry.leaving.delete(client.proxyKey)
  }
  registry.suspects.keep(clientKey(client, stream), suspectsOf(stream.state))
  registry.options.onEvent({ type: "disconnect", ...client, ...kindOf(stream) })
}

/** Suspect names belong to one client on one method: a single-type stream must not take those of an aggregated one. */
function clientKey(client: XdsClient, stream: DiscoveryStream): string {
  return [stream.method.method, client.proxyKey, client.nodeId].join("\0")
}

function kindOf(stream: DiscoveryStream): { variant: Variant; typeUrl?: string } {
  const { variant, typeUrl } = stream.method
  return typeUrl === undefined ? { variant } : { variant, typeUrl }
}
