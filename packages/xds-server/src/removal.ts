/** When a removal may be told: what refers to a resource goes first, and must be answered for. */
import { resourceTypeUrls as typeUrls } from "@attache/envoy-api"
import { heldResource } from "./held.ts"
import { typeRules } from "./order.ts"
import { type Snapshot, typeOf } from "./snapshot.ts"
import type { StreamState } from "./stream-state.ts"
import { isSettled, type TypeState } from "./type-state.ts"

/** Whether the removal of a name may be told now: what refers to it goes first. */
export function mayRemove(stream: StreamState, state: TypeState, name: string, latest: Snapshot): boolean {
  if (!state.canRemove) return false
  if (!stream.isAggregated) return true
  switch (state.rule.typeUrl) {
    case typeUrls.cluster:
      return mayRemoveCluster(stream, name, latest)
    case typeUrls.endpoint:
      // Whoever waits for endpoints that nobody has must be told, or Envoy keeps its answer about the clusters back.
      return heldResource(state.held, name).version === undefined || isIdle(stream, typeUrls.cluster, latest)
    case typeUrls.route:
    case typeUrls.scopedRoute:
    case typeUrls.virtualHost:
      return stream.front === latest && isIdle(stream, typeUrls.listener, latest)
    default:
      return true
  }
}

function mayRemoveCluster(stream: StreamState, name: string, latest: Snapshot): boolean {
  const contains = (snapshot: Snapshot | undefined): boolean =>
    snapshot !== undefined && typeOf(snapshot, typeUrls.cluster).resources.has(name)
  if (contains(stream.front) || contains(stream.candidate)) return false
  if (stream.isResumed && !isRestated(stream, latest)) return false
  for (const rule of typeRules) {
    const state = rule.source === "front" ? stream.types.get(rule.typeUrl) : undefined
    if (state === undefined || !state.subscription.hasBegun) continue
    if (state.refused.size > 0 || contains(state.acceptedFrom)) return false
    if (state.inFlight !== undefined && (contains(state.sentFrom) || state.acceptedFrom === undefined)) return false
  }
  return true
}

/** Whether a client that came back has asked for its listeners and routes again, and has the new ones. */
function isRestated(stream: StreamState, latest: Snapshot): boolean {
  const listeners = stream.types.get(typeUrls.listener)
  const routes = stream.types.get(typeUrls.route)
  const hasRoutes = routes?.acceptedFrom !== undefined
  if (listeners !== undefined && listeners.acceptedFrom === undefined) return false
  const asksForRoutes = [typeUrls.listener, typeUrls.route].every((url) => typeOf(latest, url).resources.size > 0)
  if (asksForRoutes) return hasRoutes
  return hasRoutes || listeners !== undefined
}

function isIdle(stream: StreamState, typeUrl: string, latest: Snapshot): boolean {
  const state = stream.types.get(typeUrl)
  return state === undefined || isSettled(state, typeOf(latest, typeUrl))
}
