/**
 * Endpoints that the newest snapshot no longer has, for clusters that still warm.
 *
 * Envoy answers for clusters only when all of them are warm, and a changed cluster is warm when its endpoints have
 * arrived. If the newest snapshot dropped them meanwhile, nobody would send them, the answer would never come, and with it no
 * newer clusters: until Envoy gives up after 15 seconds. So they are sent from the snapshot that the cluster came from.
 */
import { resourceTypeUrls as typeUrls } from "@attache/envoy-api"
import { heldResource } from "./held.ts"
import { resourceSum, type Snapshot, type SnapshotResource, type SnapshotType, typeOf } from "./snapshot.ts"
import type { StreamState } from "./stream-state.ts"
import { isSubscribed } from "./subscription.ts"
import { addSum, sumVersion } from "./version.ts"

/** The endpoints to be sent under a name: the newest, or those a warming cluster came with. */
export function endpointsFor(stream: StreamState, name: string, latest: Snapshot): SnapshotResource | undefined {
  const source = stream.warming.get(name)?.source
  const known = typeOf(latest, typeUrls.endpoint).resources.get(name)
  return known ?? (source === undefined ? undefined : typeOf(source, typeUrls.endpoint).resources.get(name))
}

/** The state of the endpoints to be sent: the newest, with late ones where the client is owed them. */
export function endpointsWanted(stream: StreamState, latest: Snapshot): SnapshotType {
  const newest = typeOf(latest, typeUrls.endpoint)
  const state = stream.types.get(typeUrls.endpoint)
  if (state === undefined || stream.warming.size === 0) return newest
  const late = new Map<string, SnapshotResource>()
  for (const name of stream.warming.keys()) {
    if (newest.resources.has(name) || !isSubscribed(state.subscription, name)) continue
    const resource = endpointsFor(stream, name, latest)
    if (resource !== undefined && heldResource(state.held, name).isOwed) late.set(name, resource)
  }
  if (late.size === 0) return newest
  const sum = [...late.values()].map(resourceSum).reduce(addSum, newest.sum)
  return { version: sumVersion(sum), sum, resources: new Map([...newest.resources, ...late]) }
}
