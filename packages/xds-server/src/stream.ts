import { AttacheError, type Clock, isAttacheError, type Logger, messageOf } from "@attache/base"
import { resourceTypeUrls as typeUrls } from "@attache/envoy-api"
import { nextResponse, type Outgoing, takeDelta, takeSotw } from "./ads.ts"
import { type EncodedResponse, encodeDeltaDiscoveryResponse, encodeDiscoveryResponse } from "./envelope.ts"
import type { XdsClient, XdsEvent } from "./events.ts"
import { awaitedAnswer } from "./front.ts"
import type { CallHandlers, GrpcCall } from "./grpc/call.ts"
import { type GrpcStatus, grpcStatus } from "./grpc/status.ts"
import { checkLimits, type XdsLimits } from "./limits.ts"
import { type ClientNode, readDeltaRequest, readSotwRequest } from "./requests.ts"
import type { DiscoveryMethod } from "./services.ts"
import { emptySnapshot, type Snapshot } from "./snapshot.ts"
import type { Answer } from "./sotw.ts"
import { createStreamState, type StreamState } from "./stream-state.ts"
import { inheritSuspects, type SuspectNames } from "./suspects.ts"
import type { WriteBudget } from "./write-budget.ts"

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
  /** What the call tells. */
  readonly handlers: CallHandlers
}

/**
 * Joins a gRPC call to the state machine.
 *
 * At most one encoded message per stream waits to be written: the next is made when the transport has taken the last one, from
 * the newest snapshot then. A client that reads slowly skips snapshots, and holds on to one message, whose large parts it shares
 * with whoever was sent the same state.
 */
export function createStream(id: number, call: GrpcCall, method: DiscoveryMethod, host: StreamHost): DiscoveryStream {
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
    peer: call.peer,
    state,
    client: () => connection.client,
    pump: () => pump(connection, stream),
    fail: (error) => fail(connection, stream, error),
    handlers: {
      onMessage: (bytes) => {
        if (connection.isOpen) receiveOrFail(connection, stream, bytes)
      },
      onBadMessage: (error) => fail(connection, stream, error),
      onEnd: () => {
        call.end(grpcStatus.ok)
        close(connection, stream)
      },
      onClose: () => close(connection, stream),
    },
  }
  return stream
}

interface Connection {
  readonly call: GrpcCall
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

function receiveOrFail(connection: Connection, stream: DiscoveryStream, bytes: Uint8Array): void {
  try {
    receive(connection, stream, bytes)
  } catch (error) {
    if (!isAttacheError(error))
      connection.host.logger.error("xds stream failed", { stream: stream.id, cause: messageOf(error) })
    const failure = isAttacheError(error)
      ? error
      : new AttacheError("ATT_XDS_BAD_REQUEST", "internal error", { cause: error })
    fail(connection, stream, failure)
  }
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
  const { pieces, ownBytes } = encode(connection, outgoing)
  const done = budget.take(ownBytes)
  connection.written = done
  connection.isWriting = true
  connection.call.send(pieces, () => {
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

function encode(connection: Connection, outgoing: Outgoing): EncodedResponse {
  const { typeUrl, version, nonce, resources, removed, absent } = outgoing
  const head = { typeUrl, version, nonce, identifier: connection.host.identifier }
  return connection.state.variant === "sotw"
    ? encodeDiscoveryResponse(head, resources)
    : encodeDeltaDiscoveryResponse(head, resources, removed, absent)
}

const statusByCode: Readonly<Record<string, GrpcStatus>> = {
  ATT_XDS_NODE_MISSING: grpcStatus.invalidArgument,
  ATT_XDS_BAD_REQUEST: grpcStatus.invalidArgument,
  ATT_XDS_REQUEST_TOO_LARGE: grpcStatus.resourceExhausted,
  ATT_XDS_TOO_MANY_NAMES: grpcStatus.resourceExhausted,
  ATT_XDS_TOO_MANY_TYPES: grpcStatus.resourceExhausted,
  ATT_XDS_TOO_MANY_STREAMS: grpcStatus.resourceExhausted,
}

function fail(connection: Connection, stream: DiscoveryStream, error: AttacheError): void {
  if (!connection.isOpen) return
  const { call, host } = connection
  host.logger.warn("xds stream ended", { code: error.code, cause: error.message, peer: call.peer })
  call.end(statusByCode[error.code] ?? grpcStatus.internal, `${error.message} [${error.code}]`)
  close(connection, stream)
}

function close(connection: Connection, stream: DiscoveryStream): void {
  if (!connection.isOpen) return
  connection.isOpen = false
  connection.written()
  connection.cancelAwait()
  connection.host.onEnd(stream)
}
