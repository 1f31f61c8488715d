// Whether Envoys took everything that is wanted for their proxy.
import { resourceTypeUrls as typeUrls } from "@attache/envoy-api"
import type { ClientAcks, ResourceAck, Snapshot } from "@attache/xds-server"
import { refusedResources } from "../refused-resources.ts"
import { type Fact, factOf, type Lack } from "./fact.ts"
import { refusedReason } from "./withdrawn.ts"

/**
 * Whether every Envoy of a proxy acknowledged everything it is to have, or asked for.
 *
 * @param clients one entry for each stream; none: nobody is connected
 * @param withdrawn what is kept from it because it was refused
 */
export function acceptedFact(
  snapshot: Snapshot | undefined,
  clients: readonly ClientAcks[],
  withdrawn: readonly Lack[],
): Fact {
  if (snapshot === undefined) return factOf([{ subject: "proxy", reason: "its configuration is not made yet" }])
  if (clients.length === 0) return factOf([{ subject: "proxy", reason: "no Envoy is connected" }])
  const blamed = new Set(withdrawn.map(({ subject, reason }) => `${subject} ${reason}`))
  const lacks = [...notAsked(snapshot, clients), ...clients.flatMap(notAcked)]
  return factOf([...withdrawn, ...lacks.filter(({ subject, reason }) => !blamed.has(`${subject} ${reason}`))])
}

/** Listeners and clusters that no stream of an Envoy has asked for: it begins with the clusters and goes on when they are warm. */
function notAsked(snapshot: Snapshot, clients: readonly ClientAcks[]): readonly Lack[] {
  const byNode = Map.groupBy(clients, ({ nodeId }) => nodeId)
  return [...byNode].flatMap(([, streams]) =>
    [typeUrls.cluster, typeUrls.listener].flatMap((typeUrl) => {
      const isAsked = streams.some(({ types }) => types.has(typeUrl))
      const names = isAsked ? [] : [...(snapshot.types.get(typeUrl)?.resources.keys() ?? [])]
      return names.map((name) => ({ subject: subjectOf(typeUrl, name), reason: "Envoy has not asked for it yet" }))
    }),
  )
}

function notAcked({ types }: ClientAcks): readonly Lack[] {
  return [...types].flatMap(([typeUrl, { resources }]) => {
    const refused = refusedNow(typeUrl, resources)
    return [...resources].flatMap(([name, { state }]) => {
      const reason = reasonOf(state, refused.get(name))
      return reason === undefined ? [] : [{ subject: subjectOf(typeUrl, name), reason }]
    })
  })
}

/** Resources that an Envoy refused and did not take, and what it says of them. */
function refusedNow(typeUrl: string, resources: ReadonlyMap<string, ResourceAck>): ReadonlyMap<string, string> {
  const refused = [...resources].filter(([, { state }]) => state === "nacked")
  const byMessage = Map.groupBy(refused, ([, { message = "" }]) => message)
  return new Map(
    [...byMessage].flatMap(([message, group]) => [
      ...refusedResources({ typeUrl, changed: group.map(([name]) => name), message }),
    ]),
  )
}

/** @param refusal what Envoy said; undefined: it took the resource, be it in a response that it refused */
function reasonOf(state: ResourceAck["state"], refusal: string | undefined): string | undefined {
  if (state === "sent") return "sent, and not answered yet"
  if (state === "pending") return "not sent yet"
  return refusal === undefined ? undefined : refusedReason(refusal)
}

/** Type and name of a resource, for people. */
export function subjectOf(typeUrl: string, name: string): string {
  return `${typeUrl.slice(typeUrl.lastIndexOf(".") + 1)} ${name}`
}
