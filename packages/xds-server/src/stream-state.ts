import type { Snapshot } from "./snapshot.ts"
import { createTypeState, type TypeState, type Variant } from "./type-state.ts"
import { createWaits, type Waits } from "./waits.ts"

/** The protocol's state of one stream. Holds no socket and no clock; changed in place. */
export interface StreamState {
  readonly variant: Variant
  /** Several types on one stream, in order; otherwise the types do not wait for each other. */
  readonly isAggregated: boolean
  /** Most resources in one delta response of a type that is asked for by name. */
  readonly resourcesPerResponse: number
  readonly types: Map<string, TypeState>
  /** Snapshot that listeners and routes are sent from. */
  front: Snapshot | undefined
  candidate: Snapshot | undefined
  /** The client had another stream before and may hold routes we have not sent. */
  isResumed: boolean
  /** A cluster the client has may still be cold since its last stream; ends when clusters and endpoints have settled. */
  doubtsWarmth: boolean
  /** Nonce of the endpoints in flight when clusters were last answered for (state of the world); "" for none. */
  endpointsBarrier: string
  /** New clusters that do not serve yet, with the endpoints they wait for, if any. */
  readonly cold: Waits
  /** Endpoints that sent clusters wait for. */
  readonly warming: Waits
  /** The client has kept an answer about clusters back for so long that the others' routes no longer wait for it. */
  isImpatient: boolean
  /** Endpoints of clusters that changed on a resumed stream before endpoints were asked for: what is claimed of them is sent again. */
  readonly endpointsToRepeat: Set<string>
  /** By type URL: names of which nobody knows what the client holds, since it did not accept them on its last stream. */
  readonly suspects: Map<string, Set<string>>
  responses: number
}

/** The state of a stream before its first request. */
export function createStreamState(
  variant: Variant,
  isAggregated: boolean,
  resourcesPerResponse = Number.POSITIVE_INFINITY,
): StreamState {
  return {
    variant,
    isAggregated,
    resourcesPerResponse,
    types: new Map(),
    front: undefined,
    candidate: undefined,
    isResumed: false,
    doubtsWarmth: false,
    endpointsBarrier: "",
    cold: createWaits(),
    warming: createWaits(),
    isImpatient: false,
    endpointsToRepeat: new Set(),
    suspects: new Map(),
    responses: 0,
  }
}

/** The conversation about a type, begun if need be. */
export function typeStateOf(stream: StreamState, typeUrl: string): TypeState {
  const known = stream.types.get(typeUrl)
  if (known !== undefined) return known
  const state = createTypeState(typeUrl, stream.variant)
  stream.types.set(typeUrl, state)
  return state
}
