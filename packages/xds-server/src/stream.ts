import { AttacheError, type Clock, isAttacheError, type Logger, messageOf } from "@attache/base"
import { resourceTypeUrls as typeUrls } from "@attache/envoy-api"
import { type ServerDuplexStream, status } from "@grpc/grpc-js"
import { nextResponse, type Outgoing, takeDelta, takeSotw } from "./ads.ts"
import { encodeDeltaDiscoveryResponse, encodeDiscoveryResponse } from "./envelope.ts"
import type { XdsClient, XdsEvent } from "./events.ts"
import { awaitedAnswer } from "./front.ts"
import { checkLimits, type XdsLimits } from "./limits.ts"
import { type ClientNode, readDeltaRequest, readSotwRequest } from "./requests.ts"
import type { DiscoveryMethod } from "./services.ts"
import { emptySnapshot, type Snapshot } from "./snapshot.ts"
import type { Answer } from "./sotw.ts"
import { createStreamState, type StreamState } from "./stream-state.ts"
import { inheritSuspects, type SuspectNames } from "./suspects.ts"
import type { WriteBudget } from "./write-budget.ts"

/** A bidirectional call of raw messages. */
export type DiscoveryCall = ServerDuplexStream<Uint8Array, Uint8Array>

/** What a stream needs from its server. */
export interface StreamHost {
  readonly logger: Logger
  readonly limits: XdsLimits
  /** `control_plane.identifier` of responses. */
  readonly identifier: string
  readonly budget: WriteBudget
  readonly clock: Clock
  /** How long listeners and routes wait for a client to answer about clusters, in milliseconds. */
  readonly patienceMs: number
  /** Most resources in one delta response of a type that is asked for by name. */
  readonly resourcesPerResponse: number
  /** What a proxy should have; undefined as long as nobody knows it. */
  snapshotOf(proxyKey: string): Snapshot | undefined
  onEvent(event: XdsEvent): void
  /** The stream said who it is: it will get snapshots from now on. */
  onIdentified(stream: DiscoveryStream): void
  onEnd(stream: DiscoveryStream): void
  /** Names of which nobody knows what the client holds since its last stream. */
  takeSuspects(client: XdsClient): SuspectNames
}

/** One connected stream. */
export interface DiscoveryStream {
  readonly id: number
  readonly method: DiscoveryMethod
  readonly peer: string
  readonly state: StreamState
  /** Undefined before the first request. */
  client(): XdsClient | undefined
  /** Sends what may be sent now. Does nothing while a message is still being written. */
  pump(): void
  /** Ends the stream with a status. */
  fail(error: AttacheError): void
}

/**
 * Joins a gRPC call to the state machine.
 *
 * At most one encoded message per stream waits to be written: the next is made when the transport has taken the last one, from
 * the newest snapshot then. A client that reads slowly skips snapshots and costs no memory.
 */
export function createStream(
  id: number,
  call: DiscoveryCall,
  method: DiscoveryMethod,
  host: StreamHost,
): DiscoveryStream {
  const state = createStreamState(method.variant, method.typeUrl === undefined, host.resourcesPerResponse)
  const connection: Connection = {
    call,
    host,
    state,
    client: undefined,
    isWriting: false,
    written: () => {},
    awaited: "",
    cancelAwait: () => {},
    isOpen: true,
  }
  const stream: DiscoveryStream = {
    id,
    method,
    peer: call.getPeer(),
    state,
    client: () => connection.client,
    pump: () => pump(connection, stream),
    fail: (error) => fail(connection, error),
  }
  call.on("data", (bytes: Uint8Array) => {
    if (!connection.isOpen) return
    try {
      receive(connection, stream, bytes)
    } catch (error) {
      if (!isAttacheError(error)) host.logger.error("xds stream failed", { stream: id, cause: messageOf(error) })
      fail(
        connection,
        isAttacheError(error) ? error : new AttacheError("ATT_XDS_BAD_REQUEST", "internal error", { cause: error }),
      )
    }
  })
  call.on("end", () => {
    if (connection.isOpen) call.end()
    close(connection, stream)
  })
  call.on("cancelled", () => close(connection, stream))
  call.on("error", () => close(connection, stream))
  call.on("close", () => close(connection, stream))
  return stream
}

interface Connection {
  readonly call: DiscoveryCall
  readonly host: StreamHost
  readonly state: StreamState
  client: XdsClient | undefined
  isWriting: boolean
  /** Gives back what the last message took of the budget; the transport forgets it when a stream breaks off. */
  written: () => void
  /** Nonce of the answer about clusters that is being waited for, and the end of the wait. */
  awaited: string
  cancelAwait: () => void
  isOpen: boolean
}

function receive(connection: Connection, stream: DiscoveryStream, bytes: Uint8Array): void {
  const { host, state } = connection
  const { typeUrl: implied } = stream.method
  if (state.variant === "sotw") {
    const { request, node } = readSotwRequest(bytes, implied)
    identify(connection, stream, node)
    checkLimits(state, host.limits, request.typeUrl, request.resourceNames.length)
    report(connection, request.typeUrl, takeSotw(state, request, latestOf(connection) ?? emptySnapshot))
  } else {
    const { request, node } = readDeltaRequest(bytes, implied)
    identify(connection, stream, node)
    checkLimits(state, host.limits, request.typeUrl, request.subscribe.length + request.initialVersions.size)
    report(connection, request.typeUrl, takeDelta(state, request, latestOf(connection) ?? emptySnapshot))
  }
  pump(connection, stream)
}

/** Notes the node of the first request. Later ones may leave it out, and cannot change it. */
function identify(connection: Connection, stream: DiscoveryStream, node: ClientNode | undefined): void {
  if (connection.client !== undefined) return
  if (node === undefined || node.cluster === "" || node.id === "") {
    const missing = node === undefined || node.cluster === "" ? "node.cluster" : "node.id"
    throw new AttacheError("ATT_XDS_NODE_MISSING", `the first request of a stream has no ${missing}`, {
      hint: "set node.id and node.cluster in the bootstrap",
    })
  }
  connection.client = { proxyKey: node.cluster, nodeId: node.id, streamId: stream.id }
  inheritSuspects(connection.state, connection.host.takeSuspects(connection.client))
  connection.host.onIdentified(stream)
}

function report(connection: Connection, typeUrl: string, answer: Answer | undefined): void {
  if (answer === undefined || connection.client === undefined) return
  const { version, names, changed } = answer.inFlight
  const event = { ...connection.client, typeUrl, version, resources: names, changed }
  if (answer.errorMessage === undefined) connection.host.onEvent({ type: "ack", ...event })
  else connection.host.onEvent({ type: "nack", ...event, message: answer.errorMessage })
}

function latestOf(connection: Connection): Snapshot | undefined {
  return connection.client === undefined ? undefined : connection.host.snapshotOf(connection.client.proxyKey)
}

function pump(connection: Connection, stream: DiscoveryStream): void {
  const { budget } = connection.host
  if (connection.isWriting || !connection.isOpen || !budget.admits(stream.pump)) return
  const latest = latestOf(connection)
  const outgoing = latest === undefined ? undefined : nextResponse(connection.state, latest)
  if (outgoing === undefined) {
    if (latest !== undefined) awaitClusters(connection, stream, latest)
    return
  }
  const bytes = encode(connection, outgoing)
  const done = budget.take(bytes.length)
  connection.written = done
  connection.isWriting = true
  connection.call.write(bytes, () => {
    done()
    connection.isWriting = false
    pump(connection, stream)
  })
}

function awaitClusters(connection: Connection, stream: DiscoveryStream, latest: Snapshot): void {
  const nonce = awaitedAnswer(connection.state, latest)
  if (nonce === undefined || nonce === connection.awaited) return
  connection.awaited = nonce
  connection.cancelAwait()
  connection.cancelAwait = connection.host.clock.after(connection.host.patienceMs, () => {
    const isUnanswered = connection.state.types.get(typeUrls.cluster)?.inFlight?.nonce === nonce
    if (!isUnanswered || !connection.isOpen) return
    connection.host.logger.warn("routes no longer wait for clusters that do not get warm", { ...connection.client })
    connection.state.isImpatient = true
    pump(connection, stream)
  })
}

function encode(connection: Connection, outgoing: Outgoing): Uint8Array {
  const { typeUrl, version, nonce, resources, removed } = outgoing
  const head = { typeUrl, version, nonce, identifier: connection.host.identifier }
  return connection.state.variant === "sotw"
    ? encodeDiscoveryResponse(head, resources)
    : encodeDeltaDiscoveryResponse(head, resources, removed)
}

const statusByCode: Readonly<Record<string, status>> = {
  ATT_XDS_NODE_MISSING: status.INVALID_ARGUMENT,
  ATT_XDS_BAD_REQUEST: status.INVALID_ARGUMENT,
  ATT_XDS_TOO_MANY_NAMES: status.RESOURCE_EXHAUSTED,
  ATT_XDS_TOO_MANY_TYPES: status.RESOURCE_EXHAUSTED,
  ATT_XDS_TOO_MANY_STREAMS: status.RESOURCE_EXHAUSTED,
}

function fail(connection: Connection, error: AttacheError): void {
  if (!connection.isOpen) return
  connection.host.logger.warn("xds stream ended", {
    code: error.code,
    cause: error.message,
    peer: connection.call.getPeer(),
  })
  connection.call.emit("error", {
    code: statusByCode[error.code] ?? status.INTERNAL,
    details: `${error.message} [${error.code}]`,
  })
}

function close(connection: Connection, stream: DiscoveryStream): void {
  if (!connection.isOpen) return
  connection.isOpen = false
  connection.written()
  connection.cancelAwait()
  connection.host.onEnd(stream)
}
