import { heldVersion, owed, type Pending, withExceptions } from "./held.ts"
import type { SnapshotType } from "./snapshot.ts"
import type { Answer, ResponseContent } from "./sotw.ts"
import { isSubscribed, subscribeDelta } from "./subscription.ts"
import { changeSubscription, settle, type TypeState } from "./type-state.ts"

/** The parts of a `DeltaDiscoveryRequest` that the protocol acts on. */
export interface DeltaRequest {
  readonly typeUrl: string
  readonly subscribe: readonly string[]
  readonly unsubscribe: readonly string[]
  /** What a client that reconnects has; read from the first request of a type only. */
  readonly initialVersions: ReadonlyMap<string, string>
  readonly responseNonce: string
  /** Presence makes a request a NACK. */
  readonly errorMessage: string | undefined
}

/**
 * Takes a delta request.
 *
 * Subscription changes count whatever the nonce; the answer only with the nonce of the response in flight.
 *
 * @param suspects names the same client refused, or had not answered for, when its last stream ended: what it says it
 * has of them is not believed, because Envoy keeps reporting the version before a response it took in part
 * @returns the ACK or NACK in it
 */
export function receiveDelta(
  state: TypeState,
  request: DeltaRequest,
  latest: SnapshotType,
  suspects: ReadonlySet<string> = new Set(),
): Answer | undefined {
  const { responseNonce: nonce, errorMessage } = request
  const answers = state.inFlight !== undefined && nonce === state.inFlight.nonce
  const answer = answers ? { inFlight: settle(state, errorMessage), errorMessage } : undefined
  const isFirst = !state.subscription.hasBegun
  const claims = isFirst ? request.initialVersions : new Map<string, string>()
  const legacyWildcard = state.rule.legacyWildcard
  const change = subscribeDelta(state.subscription, request.subscribe, request.unsubscribe, legacyWildcard)
  changeSubscription(state, change, claims, latest)
  // Envoy asks for virtual hosts by naming none at first, and its listener warms until it is answered.
  if (isFirst && request.subscribe.length === 0) state.isUnanswered = true
  const doubted = isFirst ? [...suspects].filter((name) => isSubscribed(state.subscription, name)) : []
  if (doubted.length > 0)
    state.held = withExceptions(
      state.held,
      doubted.map((name) => [name, owed] as const),
    )
  return answer
}

/**
 * The delta response for what is pending.
 *
 * A name that was asked for and does not exist is answered as removed, as the protocol wants, but only when what refers
 * to it is settled: until then it may merely be late. For secrets and extension configs it is never answered
 * ({@link TypeRule.tellsRemoval}), for virtual hosts as a resource without content. The name is remembered in every case.
 */
export function contentDelta(
  state: TypeState,
  wanted: SnapshotType,
  pending: Pending,
  withheld: readonly string[],
): ResponseContent {
  const waiting = new Set(withheld)
  const gone = pending.remove.filter((name) => !waiting.has(name))
  const isEmpty = (name: string): boolean => state.rule.isAbsenceEmpty && heldVersion(state.held, name) === undefined
  return {
    version: wanted.version,
    resources: pending.put,
    removed: gone.filter((name) => !isEmpty(name)),
    absent: gone.filter(isEmpty),
  }
}
