// Whether Envoys took everything that is wanted for their proxy.
import { resourceTypeUrls as typeUrls } from "@attache/envoy-api"
import type { ClientAcks, ResourceAck, Snapshot } from "@attache/xds-server"
import { type Fact, factOf, type Lack } from "./fact.ts"

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
  return factOf([...withdrawn, ...notAsked(snapshot, clients), ...clients.flatMap(notAcked)])
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
  return [...types].flatMap(([typeUrl, { resources }]) =>
    [...resources].flatMap(([name, ack]) => {
      const reason = reasonOf(ack)
      return reason === undefined ? [] : [{ subject: subjectOf(typeUrl, name), reason }]
    }),
  )
}

function reasonOf({ state, message = "" }: ResourceAck): string | undefined {
  switch (state) {
    case "sent":
      return "sent, and not answered yet"
    case "pending":
      return "not sent yet"
    case "nacked":
      return `refused: ${message.trim()}`
    default:
      return undefined
  }
}

/** Type and name of a resource, for people. */
export function subjectOf(typeUrl: string, name: string): string {
  return `${typeUrl.slice(typeUrl.lastIndexOf(".") + 1)} ${name}`
}
