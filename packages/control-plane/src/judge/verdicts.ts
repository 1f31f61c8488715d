// From what a client took and refused to a verdict for each resource.
import { resourceTypeUrls as typeUrls } from "@attache/envoy-api"
import type { ResourceAck, TypeAcks } from "@attache/xds-server"

/** What Envoy said to one resource. */
export interface ResourceVerdict {
  readonly typeUrl: string
  readonly name: string
  /** `unasked`: nothing that was accepted refers to it, so Envoy never asked. `unanswered`: no answer in time. */
  readonly verdict: "accepted" | "refused" | "unasked" | "unanswered"
  /** Envoy's own words about this resource, when refused. */
  readonly message?: string
}

/**
 * The verdict for each offered resource.
 *
 * @param offered names by type URL
 * @param taken tells whether Envoy has a cluster at the version that was sent, although it has not answered: it does so
 * when all are warm
 */
export function verdictsOf(
  acks: ReadonlyMap<string, TypeAcks>,
  offered: ReadonlyMap<string, readonly string[]>,
  taken: (cluster: string, version: string) => boolean,
): readonly ResourceVerdict[] {
  return [...offered].flatMap(([typeUrl, names]) => {
    const resources = acks.get(typeUrl)?.resources ?? new Map<string, ResourceAck>()
    return names.map((name): ResourceVerdict => {
      const ack = resources.get(name)
      if (ack?.state === "nacked") return { typeUrl, name, ...refusalOf(typeUrl, name, ack.message ?? "", names) }
      const isTaken = typeUrl === typeUrls.cluster && ack?.sent !== undefined && taken(name, ack.sent)
      return { typeUrl, name, verdict: isTaken ? "accepted" : plainVerdict(ack) }
    })
  })
}

function plainVerdict(ack: ResourceAck | undefined): ResourceVerdict["verdict"] {
  if (ack === undefined || ack.state === "absent") return "unasked"
  return ack.state === "acked" ? "accepted" : "unanswered"
}

/** Clusters and listeners are refused together, and Envoy takes those it does not name; all others are sent one by one. */
function refusalOf(
  typeUrl: string,
  name: string,
  message: string,
  names: readonly string[],
): Pick<ResourceVerdict, "verdict" | "message"> {
  if (typeUrl !== typeUrls.cluster && typeUrl !== typeUrls.listener) return { verdict: "refused", message }
  const parts = messagesByName(message, names)
  if (parts.size === 0) return { verdict: "refused", message }
  const part = parts.get(name)
  if (part !== undefined) return { verdict: "refused", message: part }
  return { verdict: isCut(message) ? "unanswered" : "accepted" }
}

/** Whether Envoy has shortened its words, so that names may be missing. Source: Envoy, `Config::Utility::truncateGrpcStatusMessage`. */
export function isCut(message: string): boolean {
  return message.endsWith("...(truncated)")
}

/**
 * What a refusal of clusters or listeners says about each of them.
 *
 * Envoy writes `Error adding/updating cluster(s) NAME: TEXT, NAME: TEXT` and `Error adding/updating listener(s) NAME: TEXT`, a
 * line each. Names may hold every character of those separators, so only known ones count.
 */
export function messagesByName(message: string, names: readonly string[]): ReadonlyMap<string, string> {
  const start = message.indexOf("(s) ")
  if (start < 0) return new Map()
  const body = message.slice(start + "(s) ".length)
  const places = names.flatMap((name) => placeOf(body, name)).sort((a, b) => a.at - b.at || b.from - a.from)
  const result = new Map<string, string>()
  let end = -1
  for (const [index, { name, at, from }] of places.entries()) {
    if (at < end || places[index - 1]?.at === at) continue
    end = from
    const next = places.find((place) => place.at >= from)?.at ?? body.length
    result.set(name, body.slice(from, next).replace(/[\s,]+$/, ""))
  }
  return result
}

/** Where a text begins with a name: `at` the name, `from` what is said about it. */
function placeOf(body: string, name: string): readonly { name: string; at: number; from: number }[] {
  const label = `${name}: `
  for (let at = body.indexOf(label); at >= 0; at = body.indexOf(label, at + 1)) {
    if (at === 0 || body[at - 1] === "\n" || body.slice(at - 2, at) === ", ")
      return [{ name, at, from: at + label.length }]
  }
  return []
}
