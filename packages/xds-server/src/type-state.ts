import {
  allOwed,
  type Held,
  heldResource,
  heldVersion,
  noExceptions,
  owed,
  type Pending,
  pendingOf,
  rebase,
  withExceptions,
  withOwed,
} from "./held.ts"
import { ruleOf, type TypeRule } from "./order.ts"
import { emptyType, namesOf, type Snapshot, type SnapshotType } from "./snapshot.ts"
import { isSubscribed, noSubscription, type Subscription, type SubscriptionChange, shareNames } from "./subscription.ts"

/** State of the world, or incremental. */
export type Variant = "sotw" | "delta"

/** A response that was sent and not yet answered. */
export interface InFlight {
  readonly nonce: string
  readonly version: string
  /** Every name in the response, removed ones included. */
  readonly names: readonly string[]
  /** Names in the response whose content the client has not accepted before. */
  readonly changed: readonly string[]
  /** The state the response was made from: what it lacks was removed. */
  readonly content: SnapshotType
  /** Version of a name that had been accepted before, if any. */
  readonly acceptedBefore: (name: string) => string | undefined
}

/** A resource of a refused response: what the client holds of it is not known. */
export interface Refusal {
  /** Version that was refused; undefined: its removal. */
  readonly version: string | undefined
  /** Version accepted before, if any; after a refused removal the client may have nothing. */
  readonly accepted: string | undefined
  /** The client's own words. */
  readonly message: string
  /** The names refused in the same response that may be the culprit, and this one. A removal is not suspected of it. */
  readonly together: readonly string[]
  /** All that the response changed; the same array for all of them. */
  readonly batch: readonly string[]
}

/** The conversation about one type on one stream. Changed in place by the functions here and in `ads.ts`. */
export interface TypeState {
  readonly rule: TypeRule
  /** Whether absence can be told: by omission from a complete state, or by a delta removal. */
  readonly canRemove: boolean
  /** Every response holds the whole state: leaving a name out says that it is gone. */
  readonly isComplete: boolean
  subscription: Subscription
  held: Held
  inFlight: InFlight | undefined
  readonly refused: Map<string, Refusal>
  /** Refused responses so far: the N of `HASH.N`. */
  refusals: number
  /** Nonce of the newest response; empty before the first. */
  lastNonce: string
  lastVersion: string
  /** A new wildcard subscription is answered even if there is nothing to send. */
  isUnanswered: boolean
  /** For types sent from the front: snapshots the client's content was accepted from and last sent from. */
  acceptedFrom: Snapshot | undefined
  sentFrom: Snapshot | undefined
}

/** The state before the first request of a type. */
export function createTypeState(typeUrl: string, variant: Variant): TypeState {
  const rule = ruleOf(typeUrl)
  return {
    rule,
    isComplete: variant === "sotw" && rule.sotw === "all",
    canRemove: variant === "delta" ? rule.tellsRemoval : rule.sotw === "all",
    subscription: noSubscription,
    held: { base: emptyType, exceptions: noExceptions },
    inFlight: undefined,
    refused: new Map(),
    refusals: 0,
    lastNonce: "",
    lastVersion: "",
    isUnanswered: false,
    acceptedFrom: undefined,
    sentFrom: undefined,
  }
}

/** What must still be sent of a type, whether or not it may go out now. */
export function pendingFor(state: TypeState, wanted: SnapshotType): Pending {
  return pendingOf(state.held, wanted, state.subscription)
}

/** Whether everything wanted was sent and answered. */
export function isSettled(state: TypeState, wanted: SnapshotType): boolean {
  if (state.inFlight !== undefined || state.isUnanswered) return false
  const pending = pendingFor(state, wanted)
  return pending.put.length === 0 && (pending.remove.length === 0 || !state.canRemove)
}

/**
 * Takes a changed subscription.
 *
 * @param claims versions the client says it has, on the first delta request of a stream
 * @param latest newest state of the type, for sharing names
 */
export function changeSubscription(
  state: TypeState,
  change: SubscriptionChange,
  claims: ReadonlyMap<string, string> = new Map(),
  latest: SnapshotType = emptyType,
): void {
  const before = state.subscription
  const after = change.subscription
  state.subscription = change.added.length + change.dropped.length > 0 ? shareNames(after, latest.resources) : after
  const touched = change.added.length + change.dropped.length + claims.size
  if (touched === 0 && !change.gainedWildcard) return
  if (change.gainedWildcard) {
    const named = before.names.values().map((name) => [name, heldResource(state.held, name)] as const)
    state.held = { base: emptyType, exceptions: before.names.size === 0 ? noExceptions : new Map(named) }
    state.isUnanswered = true
  }
  state.held = { base: state.held.base, exceptions: exceptionsAfter(state, change, claims) }
  for (const name of state.refused.keys()) if (!isSubscribed(after, name)) state.refused.delete(name)
}

function exceptionsAfter(
  state: TypeState,
  { added, dropped }: SubscriptionChange,
  claims: ReadonlyMap<string, string>,
): Held["exceptions"] {
  const { subscription, held } = state
  if (added.length + dropped.length + claims.size === 0) return held.exceptions
  const isAllNew = held.exceptions.size + dropped.length + claims.size === 0 && added.length === subscription.names.size
  if (isAllNew) return allOwed(subscription.names)
  const exceptions = new Map(held.exceptions)
  for (const name of added) exceptions.set(name, owed)
  for (const name of dropped) {
    if (subscription.isWildcard) exceptions.set(name, owed)
    else exceptions.delete(name)
  }
  for (const [name, version] of claims)
    if (isSubscribed(subscription, name)) exceptions.set(name, { version, isOwed: false })
  return exceptions
}

/** Makes names be sent once more for the sake of what refers to them, where the client asked for them and did not refuse them. */
export function sendAgain(state: TypeState, names: readonly string[]): void {
  const isRefused = (name: string): boolean =>
    state.refused.get(name)?.version === heldResource(state.held, name).version &&
    state.inFlight?.changed.includes(name) !== true
  const isAsked = (name: string): boolean =>
    isSubscribed(state.subscription, name) && !(state.refused.has(name) && isRefused(name))
  owe(state, names.every(isAsked) ? names : names.filter(isAsked))
}

/**
 * Makes the innocent of a refused response be offered once more.
 *
 * A client that refuses a response may have taken none of it, and nobody can tell which resource was the culprit. So when
 * one of them has moved on (changed and been answered for, or is gone), the others are offered again without it, once: what
 * is refused then waits until one of its new companions moves on. Call it when nothing else is pending, so that
 * a change never travels with a suspect.
 */
export function offerInnocent(state: TypeState, wanted: SnapshotType): void {
  if (state.refused.size === 0) return
  const known = new Map<readonly string[], boolean>()
  const innocent: string[] = []
  for (const [name, refusal] of state.refused) {
    const { together, version } = refusal
    if (together.length < 2 || wanted.resources.get(name)?.version !== version) continue
    const isFree = known.get(together) ?? together.some((other) => movedOn(state, wanted, other, refusal.batch))
    known.set(together, isFree)
    if (isFree) innocent.push(name)
  }
  owe(state, innocent)
}

/**
 * Whether a refused resource was answered for in another form, is no longer asked for, or is no longer wanted at all. While its
 * removal must wait, a complete state still repeats it.
 */
function movedOn(state: TypeState, wanted: SnapshotType, name: string, batch: readonly string[]): boolean {
  const refusal = state.refused.get(name)
  return refusal?.batch !== batch || (!state.isComplete && refusal.version !== undefined && !wanted.resources.has(name))
}

function owe(state: TypeState, names: readonly string[]): void {
  if (names.length === 0) return
  state.held = withOwed(state.held, names)
}

/** What a response contains, for {@link markSent}. */
export interface SentContent {
  readonly nonce: string
  readonly version: string
  readonly names: readonly string[]
  readonly pending: Pending
  readonly withheld: readonly string[]
}

/** Notes that a response was sent: from now on the client is taken to hold what it was sent. */
export function markSent(state: TypeState, wanted: SnapshotType, content: SentContent): InFlight {
  const withheld = new Set(content.withheld)
  const removed = content.pending.remove.filter((name) => !withheld.has(name))
  const put = namesOf(content.pending.put)
  // A complete state repeats every refusal, those of removals by leaving the name out once more.
  const named = new Set(state.refused.size === 0 ? [] : content.names)
  const repeated = [...state.refused.keys()].filter((name) => state.isComplete || named.has(name))
  const changed = removed.length + repeated.length === 0 ? put : [...new Set([...put, ...removed, ...repeated])]
  const acceptedBefore = acceptedVersions(state)
  const { nonce, version, names } = content
  const sent = { nonce, version, names, changed, content: wanted, acceptedBefore }
  state.inFlight = sent
  state.held = rebase(state.held, wanted, content.withheld)
  state.lastNonce = nonce
  state.lastVersion = version
  state.isUnanswered = false
  return sent
}

/** Version of a resource the client has accepted, as long as no response is in flight that changes it. */
export function acceptedVersion(state: TypeState, name: string): string | undefined {
  const refusal = state.refused.get(name)
  return refusal === undefined ? heldVersion(state.held, name) : refusal.accepted
}

/** The versions accepted by now, whatever becomes of the state. */
function acceptedVersions({ held, refused }: TypeState): InFlight["acceptedBefore"] {
  const refusedNow = refused.size === 0 ? undefined : new Map(refused)
  return (name) => {
    const refusal = refusedNow?.get(name)
    return refusal === undefined ? heldVersion(held, name) : refusal.accepted
  }
}

/** Takes the answer to the response in flight, and gives it back. */
export function settle(state: TypeState, message: string | undefined): InFlight {
  const answered = state.inFlight
  if (answered === undefined) throw new Error("no response is in flight")
  state.inFlight = undefined
  if (message === undefined) {
    for (const name of answered.changed) state.refused.delete(name)
    state.acceptedFrom = state.sentFrom
    return answered
  }
  state.refusals++
  const batch = answered.changed
  const versions = answered.content.resources
  const suspects = state.isComplete ? batch : batch.filter((name) => versions.has(name))
  for (const name of batch) {
    if (!isSubscribed(state.subscription, name)) continue
    const version = versions.get(name)?.version
    const accepted = version === undefined ? undefined : answered.acceptedBefore(name)
    const together = version === undefined ? batch : suspects
    state.refused.set(name, { version, accepted, message, together, batch })
  }
  dropRepeats(state, answered.changed)
  return answered
}

/** What was refused is not repeated for the sake of a parent that changed meanwhile. */
function dropRepeats(state: TypeState, refused: readonly string[]): void {
  const kept = refused.flatMap((name) => {
    const held = state.held.exceptions.get(name)
    return held?.isOwed === true && held.version !== undefined ? [[name, { ...held, isOwed: false }] as const] : []
  })
  if (kept.length > 0) state.held = withExceptions(state.held, kept)
}
