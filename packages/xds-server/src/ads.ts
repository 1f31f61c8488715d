/**
 * The order between types on an aggregated stream: make before break.
 *
 * Clusters, endpoints and secrets go out from the newest snapshot; listeners and routes from the front (`front.ts`); removals
 * when nothing that the client may hold refers to them any more (`removal.ts`).
 */

import { resourceTypeUrls as typeUrls } from "@attache/envoy-api"
import { endpointsOf } from "./cluster-endpoints.ts"
import { contentDelta, type DeltaRequest, receiveDelta } from "./delta.ts"
import { advanceFront, noteAnswer, noteClusters, noteEndpointsRequest } from "./front.ts"
import { type Pending, rebase } from "./held.ts"
import { endpointsWanted } from "./late-endpoints.ts"
import { rankOf } from "./order.ts"
import { mayRemove } from "./removal.ts"
import { sharedBy } from "./shared.ts"
import { namesOf, type Snapshot, type SnapshotResource, type SnapshotType, typeOf } from "./snapshot.ts"
import { type Answer, contentSotw, receiveSotw, type SotwRequest } from "./sotw.ts"
import { type StreamState, typeStateOf } from "./stream-state.ts"
import { markSent, offerInnocent, pendingFor, sendAgain, type TypeState } from "./type-state.ts"

/** A response to be encoded and written at once. */
export interface Outgoing {
  readonly typeUrl: string
  readonly nonce: string
  readonly version: string
  readonly resources: readonly SnapshotResource[]
  readonly removed: readonly string[]
  /** Names that are answered by a resource without content. */
  readonly absent: readonly string[]
}

/** Takes a request of a state-of-the-world stream; gives the ACK or NACK in it. */
export function takeSotw(stream: StreamState, request: SotwRequest, latest: Snapshot): Answer | undefined {
  const { typeUrl } = request
  if (typeUrl === typeUrls.cluster && !stream.types.has(typeUrl)) stream.isResumed = request.versionInfo !== ""
  const answer = receiveSotw(typeStateOf(stream, typeUrl), request, typeOf(latest, typeUrl))
  if (answer !== undefined) noteAnswer(stream, typeUrl, answer.inFlight)
  return answer
}

/** Takes a request of a delta stream; gives the ACK or NACK in it. */
export function takeDelta(stream: StreamState, request: DeltaRequest, latest: Snapshot): Answer | undefined {
  const { typeUrl } = request
  const suspects = stream.suspects.get(typeUrl) ?? new Set<string>()
  if (typeUrl === typeUrls.cluster && !stream.types.has(typeUrl)) {
    stream.isResumed = stream.doubtsWarmth = request.initialVersions.size + suspects.size > 0
  }
  const isFirst = !stream.types.has(typeUrl)
  const answer = receiveDelta(typeStateOf(stream, typeUrl), request, typeOf(latest, typeUrl), suspects)
  if (typeUrl === typeUrls.endpoint && isFirst) {
    noteEndpointsRequest(stream, latest)
    sendAgain(typeStateOf(stream, typeUrl), [...stream.endpointsToRepeat])
    stream.endpointsToRepeat.clear()
  }
  if (answer === undefined) return undefined
  noteAnswer(stream, typeUrl, answer.inFlight)
  if (answer.errorMessage === undefined) for (const name of answer.inFlight.changed) suspects.delete(name)
  return answer
}

/**
 * The next response that may go out now; undefined when there is none until a request or a snapshot arrives.
 *
 * The response counts as sent: the caller writes it. At most one response per type is unanswered at any time.
 */
export function nextResponse(stream: StreamState, latest: Snapshot): Outgoing | undefined {
  const sequence = [...stream.types.values()].sort((a, b) => rankOf(a.rule.typeUrl) - rankOf(b.rule.typeUrl))
  for (const state of sequence) {
    if (state.rule.source === "front") advanceFront(stream, latest)
    const outgoing = flush(stream, state, latest)
    if (outgoing !== undefined) return outgoing
  }
  // Again from the first, since what was settled above may have set removals free.
  for (const state of sequence) {
    const outgoing = state.rule.source === "latest" ? flush(stream, state, latest) : undefined
    if (outgoing !== undefined) return outgoing
  }
  return undefined
}

function flush(stream: StreamState, state: TypeState, latest: Snapshot): Outgoing | undefined {
  const isFront = stream.isAggregated && state.rule.source === "front"
  const source = isFront ? stream.front : latest
  if (state.inFlight !== undefined || !state.subscription.hasBegun || source === undefined) return undefined
  const outgoing = sendPending(stream, state, source, latest)
  if (outgoing !== undefined || state.refused.size === 0) return outgoing
  const wanted = typeOf(source, state.rule.typeUrl)
  if (pendingFor(state, wanted).put.length > 0) return undefined
  offerInnocent(state, wanted)
  return sendPending(stream, state, source, latest)
}

function sendPending(stream: StreamState, state: TypeState, source: Snapshot, latest: Snapshot): Outgoing | undefined {
  const { typeUrl } = state.rule
  const isOrdered = stream.isAggregated && typeUrl === typeUrls.endpoint
  const wanted = isOrdered ? endpointsWanted(stream, latest) : typeOf(source, typeUrl)
  const pending = pendingFor(state, wanted)
  const withheld = pending.remove.filter((name) => !mayRemove(stream, state, name, latest))
  if (pending.put.length > 0 || withheld.length < pending.remove.length || state.isUnanswered) {
    if (!mayPut(stream, state)) return undefined
    const [part, rest] = firstPart(stream, state, pending)
    // As long as parts are missing, the client still holds what it had from the source before.
    if (rest.length === 0) state.sentFrom = source
    return send(stream, state, source, wanted, part, [...withheld, ...rest])
  }
  if (state.held.base !== wanted) state.held = rebase(state.held, wanted, withheld)
  state.acceptedFrom = state.sentFrom = source
  return undefined
}

/** As much as one response may hold, and the names that are left for later ones. */
function firstPart(stream: StreamState, state: TypeState, pending: Pending): readonly [Pending, readonly string[]] {
  const limit = state.rule.isAlone ? 1 : stream.resourcesPerResponse
  const isWhole = stream.variant === "sotw" || state.rule.legacyWildcard || pending.put.length <= limit
  if (isWhole) return [pending, []]
  return [{ ...pending, put: pending.put.slice(0, limit) }, pending.put.slice(limit).map(({ name }) => name)]
}

function send(
  stream: StreamState,
  state: TypeState,
  source: Snapshot,
  wanted: SnapshotType,
  pending: Pending,
  withheld: readonly string[],
): Outgoing {
  const { typeUrl } = state.rule
  const isSotw = stream.variant === "sotw"
  const content = isSotw
    ? contentSotw(state, wanted, pending, withheld)
    : contentDelta(state, wanted, pending, withheld)
  const nonce = String(++stream.responses)
  const put = namesOf(content.resources)
  const absent = [...content.absent, ...(state.isUnanswered ? hostNamespaces(typeUrl, source) : [])]
  const gone = [...content.removed, ...absent]
  const names = gone.length === 0 ? put : [...put, ...gone]
  const sent = markSent(state, wanted, { nonce, version: content.version, names, pending, withheld })
  if (typeUrl === typeUrls.cluster && stream.isAggregated) {
    noteClusters(stream, pending.put, source, sent)
    repeatEndpoints(stream, pending.put)
  }
  return { typeUrl, nonce, ...content, absent }
}

/**
 * Whose virtual hosts are not there, when a client asks for none in particular.
 *
 * Envoy takes a response for a route configuration only when a name in it begins with that of the configuration.
 */
function hostNamespaces(typeUrl: string, source: Snapshot): readonly string[] {
  if (typeUrl !== typeUrls.virtualHost) return []
  return [...typeOf(source, typeUrls.route).resources.keys()].map((name) => `${name}/`)
}

/** Envoy warms a changed cluster until its endpoints arrive once more, also when they are the same and subscribed to. */
function repeatEndpoints(stream: StreamState, clusters: readonly SnapshotResource[]): void {
  const endpoints = stream.types.get(typeUrls.endpoint)
  const names = allEndpoints(clusters)
  if (endpoints !== undefined) sendAgain(endpoints, names)
  else if (stream.isResumed) for (const name of names) stream.endpointsToRepeat.add(name)
}

const allEndpoints = sharedBy((clusters: readonly SnapshotResource[]): readonly string[] =>
  clusters.map(endpointsOf).filter((name) => name !== undefined),
)

/**
 * Whether what a type would announce may go out before what other types still have to send.
 *
 * Endpoints never wait: Envoy answers for clusters only when they are warm, and for that it needs them.
 */
function mayPut(stream: StreamState, state: TypeState): boolean {
  const followsListeners = state.rule.source === "front" && state.rule.typeUrl !== typeUrls.listener
  if (!stream.isAggregated || !followsListeners || stream.front === undefined) return true
  return !hasUnsent(stream, typeUrls.listener, stream.front)
}

function hasUnsent(stream: StreamState, typeUrl: string, source: Snapshot): boolean {
  const state = stream.types.get(typeUrl)
  return state !== undefined && pendingFor(state, typeOf(source, typeUrl)).put.length > 0
}
