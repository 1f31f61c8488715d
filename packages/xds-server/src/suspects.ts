import { resourceTypeUrls as typeUrls } from "@attache/envoy-api"
import type { StreamState } from "./stream-state.ts"
import { isSubscribed } from "./subscription.ts"
import type { TypeState } from "./type-state.ts"

/** Names by type URL of which nobody knows what the client holds. */
export type SuspectNames = ReadonlyMap<string, ReadonlySet<string>>

/**
 * What must not be taken from a client's word, should its stream end now: what it refused, what it has not answered for, what it was
 * still owed, and what was in doubt before and is so still.
 *
 * Envoy takes in part of a response it refuses and reports the version before when it reconnects; a removal may be lost
 * that way for good. Only the server that got the NACK can know. A client of the state-of-the-world variant is sent everything
 * again, so nothing need be known.
 */
export function suspectsOf(stream: StreamState): SuspectNames {
  const result = new Map<string, ReadonlySet<string>>()
  if (stream.variant !== "delta") return result
  for (const typeUrl of new Set([...stream.types.keys(), ...stream.suspects.keys()])) {
    const state = stream.types.get(typeUrl)
    const names = [...(stream.suspects.get(typeUrl) ?? []), ...(state === undefined ? [] : doubtful(state))]
    const kept = names.filter((name) => state === undefined || isSubscribed(state.subscription, name))
    if (kept.length > 0) result.set(typeUrl, new Set(kept))
  }
  if (stream.endpointsToRepeat.size > 0) {
    const others = result.get(typeUrls.endpoint) ?? new Set<string>()
    result.set(typeUrls.endpoint, others.union(stream.endpointsToRepeat))
  }
  return result
}

function doubtful(state: TypeState): readonly string[] {
  const owed = state.held.exceptions.entries().filter(([, held]) => held.isOwed)
  return [...state.refused.keys(), ...(state.inFlight?.changed ?? []), ...owed.map(([name]) => name)]
}

/** Gives a new stream what its client's last one left in doubt. */
export function inheritSuspects(stream: StreamState, suspects: SuspectNames): void {
  for (const [typeUrl, names] of suspects) stream.suspects.set(typeUrl, new Set(names))
}

/** What clients left in doubt, kept from the end of a stream to the next one of the same client. */
export interface SuspectStore {
  keep(client: string, suspects: SuspectNames): void
  /** Gives what was kept, once. */
  take(client: string): SuspectNames
}

/** @param limit clients remembered; the oldest are forgotten, which costs correctness only after a partly taken NACK */
export function createSuspectStore(limit = 4096): SuspectStore {
  const byClient = new Map<string, SuspectNames>()
  return {
    keep: (client, suspects) => {
      byClient.delete(client)
      if (suspects.size > 0) byClient.set(client, suspects)
      const oldest = byClient.keys().next()
      if (byClient.size > limit && oldest.done !== true) byClient.delete(oldest.value)
    },
    take: (client) => {
      const found = byClient.get(client) ?? new Map<string, ReadonlySet<string>>()
      byClient.delete(client)
      return found
    },
  }
}
