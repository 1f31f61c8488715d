import { heldResource, owed, type Pending, withExceptions } from "./held.ts"
import { listOf, resourceSum, type SnapshotResource, type SnapshotType } from "./snapshot.ts"
import { isSubscribed, subscribeSotw } from "./subscription.ts"
import { changeSubscription, type InFlight, settle, type TypeState } from "./type-state.ts"
import { addSum, sotwVersion, sumVersion, zeroSum } from "./version.ts"

/** The parts of a `DiscoveryRequest` that the protocol acts on. */
export interface SotwRequest {
  readonly typeUrl: string
  readonly resourceNames: readonly string[]
  readonly responseNonce: string
  /** Last accepted version; not empty on the first request after a reconnect. Only reported. */
  readonly versionInfo: string
  /** Presence makes a request a NACK, whatever the version says. */
  readonly errorMessage: string | undefined
}

/** The answer that was part of a request, if it had one. */
export interface Answer {
  readonly inFlight: InFlight
  /** Why it was refused; undefined: accepted. */
  readonly errorMessage: string | undefined
}

/**
 * Takes a state-of-the-world request.
 *
 * A request with a nonce that is not the newest changes no subscription: the client repeats its full list with the newest
 * one. Only the names it leaves out are remembered, for if they come back then, the client has dropped what it held of them. A version from before a reconnect is not believed, because a client that refused a listener or cluster response
 * holds a part of it and still reports the version before: everything asked for is sent once per stream.
 *
 * @returns the ACK or NACK in it
 */
export function receiveSotw(state: TypeState, request: SotwRequest, latest: SnapshotType): Answer | undefined {
  const { responseNonce: nonce, errorMessage } = request
  if (nonce !== "" && state.lastNonce !== "" && nonce !== state.lastNonce) {
    dropMeanwhile(state, new Set(request.resourceNames))
    return undefined
  }
  const answers = state.inFlight !== undefined && nonce === state.inFlight.nonce
  const answer = answers ? { inFlight: settle(state, errorMessage), errorMessage } : undefined
  const change = subscribeSotw(state.subscription, request.resourceNames, state.rule.legacyWildcard)
  changeSubscription(state, change, undefined, latest)
  return answer
}

function dropMeanwhile(state: TypeState, names: ReadonlySet<string>): void {
  const dropped = [...state.subscription.names].filter((name) => !names.has(name))
  if (dropped.length > 0)
    state.held = withExceptions(
      state.held,
      dropped.map((name) => [name, owed] as const),
    )
}

/** What a response carries, before it is encoded. */
export interface ResponseContent {
  readonly version: string
  readonly resources: readonly SnapshotResource[]
  /** Delta only. */
  readonly removed: readonly string[]
  /** Delta only: names that are answered by a resource without content. */
  readonly absent: readonly string[]
}

/**
 * The state-of-the-world response for what is pending.
 *
 * Complete types (listeners, clusters) carry the whole state. In it, a cluster whose removal must wait is repeated as
 * it was last sent. A resource the client refused is repeated too when *another* one changed, since leaving it out would
 * delete what the client holds under that name; a state that was refused is not sent again as long as nothing changed.
 *
 * The other types carry what changed, never waiting for names that do not exist: Envoy warms each of them by itself, so a
 * response that lacks one delays only that one, while holding back the response would hold back all of them.
 */
export function contentSotw(
  state: TypeState,
  wanted: SnapshotType,
  pending: Pending,
  withheld: readonly string[],
): ResponseContent {
  if (state.rule.sotw === "changed") {
    return { version: sotwVersion(wanted.version, state.refusals), resources: pending.put, removed: [], absent: [] }
  }
  const resources = requested(state, wanted)
  const retained =
    state.rule.sotw === "all" ? withheld.flatMap((name) => heldResource(state.held, name).resource ?? []) : []
  let sum = resources.length === wanted.resources.size ? wanted.sum : resources.map(resourceSum).reduce(addSum, zeroSum)
  for (const resource of retained) sum = addSum(sum, resourceSum(resource))
  const all = retained.length === 0 ? resources : [...resources, ...retained]
  return { version: sotwVersion(sumVersion(sum), state.refusals), resources: all, removed: [], absent: [] }
}

function requested(state: TypeState, wanted: SnapshotType): readonly SnapshotResource[] {
  const all = listOf(wanted)
  return state.subscription.isWildcard ? all : all.filter((r) => isSubscribed(state.subscription, r.name))
}
