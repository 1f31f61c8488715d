/**
 * The front: the newest snapshot that listeners and routes may be sent from.
 *
 * It is one whose clusters the client has, and has warm. So that a stream of changes cannot keep the front from moving, one
 * newer snapshot is held as the candidate until it is ready, and only then the next one is looked at.
 */

import { resourceTypeUrls as typeUrls } from "@attache/envoy-api"
import { endpointsOf } from "./cluster-endpoints.ts"
import { heldResource, heldVersion, isOwed } from "./held.ts"
import { endpointsFor } from "./late-endpoints.ts"
import { changedNames, type Snapshot, type SnapshotResource, typeOf } from "./snapshot.ts"
import type { StreamState } from "./stream-state.ts"
import { isSubscribed } from "./subscription.ts"
import { type InFlight, isSettled, type TypeState } from "./type-state.ts"
import { allWaitsOf } from "./waits.ts"

/**
 * The nonce of a response about clusters whose answer listeners and routes wait for; undefined when nothing waits.
 *
 * Envoy answers only when every cluster is warm, and one that misses a secret or its endpoints can take 15 seconds. Set
 * `isImpatient` when the answer takes too long: routes then go on without it, and one bad cluster does not stop the others.
 */
export function awaitedAnswer(stream: StreamState, latest: Snapshot): string | undefined {
  const isWaiting = stream.isAggregated && !stream.isImpatient && stream.front !== latest
  return isWaiting ? stream.types.get(typeUrls.cluster)?.inFlight?.nonce : undefined
}

/** Moves the front as far as it goes. Streams of a single type have no order to keep: their front is the newest snapshot. */
export function advanceFront(stream: StreamState, latest: Snapshot): void {
  if (!stream.isAggregated || readiness(stream, latest, latest) === "ready") {
    stream.front = latest
    stream.candidate = undefined
    if (stream.doubtsWarmth) stream.doubtsWarmth = !hasSettled(stream, latest)
    return
  }
  if (stream.candidate === undefined) stream.candidate = latest
  const state = readiness(stream, stream.candidate, latest)
  if (state === "ready") stream.front = stream.candidate
  if (state !== "waiting") stream.candidate = latest
}

function hasSettled(stream: StreamState, latest: Snapshot): boolean {
  const states = [stream.types.get(typeUrls.cluster), stream.types.get(typeUrls.endpoint)]
  return (
    stream.cold.size === 0 &&
    states.every((state) => state !== undefined && isSettled(state, typeOf(latest, state.rule.typeUrl)))
  )
}

/**
 * Notes clusters that are being sent: those the client did not have are cold.
 *
 * On a resumed stream a changed one counts as cold too, since the client may have lost its last stream while it still warmed.
 */
export function noteClusters(
  stream: StreamState,
  clusters: readonly SnapshotResource[],
  source: Snapshot,
  sent: InFlight,
): void {
  const { cold, warming } = stream
  const since = stream.responses
  const isCold = ({ name }: SnapshotResource): boolean =>
    sent.acceptedBefore(name) === undefined || stream.doubtsWarmth || cold.has(name)
  const all = allWaitsOf(clusters)
  if (cold.size === 0 && clusters.every(isCold)) cold.replaceAll(all.cold, source, since)
  else
    for (const cluster of clusters)
      if (isCold(cluster)) cold.set(cluster.name, { endpoints: endpointsOf(cluster), source, since })
  if (warming.size === 0) warming.replaceAll(all.warming, source, since)
  else for (const endpoints of all.warming.keys()) warming.set(endpoints, { endpoints, source, since })
}

/** Notes, on a resumed stream, the clusters whose endpoints the client asks for without having any. */
export function noteEndpointsRequest(stream: StreamState, latest: Snapshot): void {
  const endpoints = stream.types.get(typeUrls.endpoint)
  if (endpoints === undefined || !stream.doubtsWarmth) return
  const missing = new Set(
    endpoints.subscription.names.values().filter((name) => heldResource(endpoints.held, name).isOwed),
  )
  if (missing.size === 0) return
  for (const cluster of typeOf(latest, typeUrls.cluster).resources.values()) {
    const name = endpointsOf(cluster)
    if (name !== undefined && missing.has(name))
      stream.cold.set(cluster.name, { endpoints: name, source: latest, since: 0 })
  }
}

/** Notes what was answered for: what waits for nothing more is warm. A refused cluster blocks nobody. */
export function noteAnswer(stream: StreamState, typeUrl: string, answered: InFlight): void {
  const endpoints = stream.types.get(typeUrls.endpoint)
  if (typeUrl === typeUrls.cluster) noteClustersAnswer(stream, answered)
  if (typeUrl !== typeUrls.endpoint || endpoints === undefined || stream.warming.size + stream.cold.size === 0) return
  // What a cluster waits for was owed when the cluster was sent; it has been answered for when it is not owed any more.
  const isWarm = (name: string | undefined, since: number): boolean =>
    name !== undefined &&
    Number(answered.nonce) > since &&
    isSubscribed(endpoints.subscription, name) &&
    !isOwed(endpoints.held, name)
  stream.cold.deleteWhere(isWarm)
  stream.warming.deleteWhere(isWarm)
}

function noteClustersAnswer(stream: StreamState, answered: InFlight): void {
  const clusters = stream.types.get(typeUrls.cluster)
  stream.isImpatient = false
  // The client asked for the endpoints of new clusters before it answered, but with the nonce it knew then: in the state of the
  // world, a request that crossed a newer response is stale and ignored, and its names come again with the answer to that response.
  stream.endpointsBarrier = stream.types.get(typeUrls.endpoint)?.inFlight?.nonce ?? ""
  for (const name of answered.changed) {
    const isGone = clusters === undefined || heldVersion(clusters.held, name) === undefined
    if (isGone || stream.cold.endpoints(name) === undefined) stream.cold.delete(name)
  }
}

/** Obsolete: some of a snapshot's clusters will never be sent or never be warm, because the newest one lacks them. */
type Readiness = "ready" | "waiting" | "obsolete"

function readiness(stream: StreamState, snapshot: Snapshot, latest: Snapshot): Readiness {
  const clusters = stream.types.get(typeUrls.cluster)
  if (clusters === undefined || !clusters.subscription.hasBegun) return "ready"
  if (clusters.isUnanswered) return "waiting"
  const wanted = typeOf(snapshot, typeUrls.cluster)
  const newest = typeOf(latest, typeUrls.cluster).resources
  const lacks = (name: string): boolean => {
    if (!wanted.resources.has(name) || !isSubscribed(clusters.subscription, name)) return false
    const version = heldVersion(clusters.held, name)
    const next = newest.get(name) ?? wanted.resources.get(name)
    return version === undefined || (stream.doubtsWarmth && version !== next?.version)
  }
  const missing = [...changedNames(clusters.held.base, wanted), ...clusters.held.exceptions.keys()].filter(lacks)
  if (missing.some((name) => !newest.has(name))) return "obsolete"
  const endpoints = stream.types.get(typeUrls.endpoint)
  const isBehindBarrier = endpoints?.inFlight !== undefined && endpoints.inFlight.nonce === stream.endpointsBarrier
  if (missing.length > 0 || isBehindBarrier) return "waiting"
  let result: Readiness = "ready"
  if (stream.isImpatient) return "ready"
  for (const name of stream.cold.keys()) {
    if (!wanted.resources.has(name)) continue
    const one = warmth(stream, clusters, name, latest)
    if (one === "obsolete") return "obsolete"
    if (one === "waiting") result = "waiting"
  }
  return result
}

/** What a cold cluster waits for: its own answer, a newer form of itself, its endpoints, or nothing that will come. */
function warmth(stream: StreamState, clusters: TypeState, cluster: string, latest: Snapshot): Readiness {
  if (clusters.inFlight?.changed.includes(cluster) === true) return "waiting"
  const newest = typeOf(latest, typeUrls.cluster).resources.get(cluster)
  const isChanging = newest !== undefined && newest.version !== heldResource(clusters.held, cluster).version
  if (isChanging || areComing(stream, stream.cold.endpoints(cluster), latest)) return "waiting"
  return newest === undefined ? "obsolete" : "ready"
}

function areComing(stream: StreamState, name: string | undefined, latest: Snapshot): boolean {
  const endpoints = stream.types.get(typeUrls.endpoint)
  if (endpoints === undefined || name === undefined || !isSubscribed(endpoints.subscription, name)) return false
  const wanted = endpointsFor(stream, name, latest)
  const held = heldResource(endpoints.held, name)
  const isPending = wanted !== undefined && (held.isOwed || held.version !== wanted.version)
  return isPending || endpoints.inFlight?.names.includes(name) === true
}
