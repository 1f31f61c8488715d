import { heldResource } from "./held.ts"
import { type Snapshot, typeOf } from "./snapshot.ts"
import type { StreamState } from "./stream-state.ts"
import { isSubscribed } from "./subscription.ts"
import { acceptedVersion, type TypeState } from "./type-state.ts"

/** Where one resource stands with one client. */
export interface ResourceAck {
  /**
   * `acked`: the client accepted what it should have. `sent`: on its way. `pending`: to be sent. `nacked`: refused, and
   * nothing newer is wanted. `absent`: asked for and not in the snapshot.
   */
  readonly state: "acked" | "sent" | "pending" | "nacked" | "absent"
  /** Version the snapshot wants. */
  readonly wanted?: string
  /** Version last sent. */
  readonly sent?: string
  /** Version last accepted; after a NACK the client may hold something else. */
  readonly acked?: string
  /** The client's text, when refused. */
  readonly message?: string
}

/** One type of one client. */
export interface TypeAcks {
  /** Version of the last response. */
  readonly version: string
  /** Version of the response that was sent and is not answered yet; absent: none is. */
  readonly inFlight?: string
  readonly resources: ReadonlyMap<string, ResourceAck>
}

/** Where every resource a stream asked for stands, by type URL and name. Costs time with the number of resources. */
export function acksOf(stream: StreamState, latest: Snapshot): ReadonlyMap<string, TypeAcks> {
  const result = new Map<string, TypeAcks>()
  for (const [typeUrl, state] of stream.types) {
    const wanted = typeOf(latest, typeUrl).resources
    const sent = new Set(state.inFlight?.changed)
    const names = new Set([
      ...wanted.keys(),
      ...state.subscription.names,
      ...state.held.exceptions.keys(),
      ...state.refused.keys(),
    ])
    const resources = new Map<string, ResourceAck>()
    for (const name of names) {
      if (isSubscribed(state.subscription, name))
        resources.set(name, ackOf(state, name, wanted.get(name)?.version, sent.has(name)))
    }
    const inFlight = state.inFlight === undefined ? {} : { inFlight: state.inFlight.version }
    result.set(typeUrl, { version: state.lastVersion, ...inFlight, resources })
  }
  return result
}

function ackOf(state: TypeState, name: string, wanted: string | undefined, isSent: boolean): ResourceAck {
  const held = heldResource(state.held, name)
  const refusal = state.refused.get(name)
  const acked = isSent ? state.inFlight?.acceptedBefore(name) : acceptedVersion(state, name)
  return {
    state: stateOf(state, wanted, held, isSent, refusal !== undefined),
    ...(wanted === undefined ? {} : { wanted }),
    ...(held.version === undefined ? {} : { sent: held.version }),
    ...(acked === undefined ? {} : { acked }),
    ...(refusal === undefined ? {} : { message: refusal.message }),
  }
}

function stateOf(
  { rule }: TypeState,
  wanted: string | undefined,
  held: { readonly version: string | undefined; readonly isOwed: boolean },
  isSent: boolean,
  isRefused: boolean,
): ResourceAck["state"] {
  // Where removals are not told the client may ask on for what is gone, as connections that drain do; nothing will be sent.
  const isGone = held.version === undefined || !rule.tellsRemoval
  if (wanted === undefined && isGone && !isSent) return "absent"
  if (held.isOwed || held.version !== wanted) return "pending"
  if (isSent) return "sent"
  return isRefused ? "nacked" : "acked"
}
