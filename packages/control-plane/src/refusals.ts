// What Envoys refused and have not accepted since: by proxy, node, type and resource.
import type { AnswerEvent, ConnectionEvent } from "@attache/xds-server"
import { refusedResources } from "./refused-resources.ts"

/** A resource that an Envoy refused. */
export interface Refusal {
  readonly proxyKey: string
  readonly nodeId: string
  readonly typeUrl: string
  readonly resource: string
  /** Envoy's own words. */
  readonly message: string
}

/** The refusals that stand. */
export interface Refusals {
  /** Takes note of an answer: a refusal stands until the same node accepts the resource. */
  record(event: AnswerEvent): void
  /**
   * Takes note of a node that comes or goes.
   *
   * A refusal outlives its connection, because what was refused is not sent again; it goes when another node of the
   * proxy comes, which then stands in the place of one that is gone.
   */
  connection(event: Pick<ConnectionEvent, "type" | "proxyKey" | "nodeId" | "streamId">): void
  /** Forgets refusals of what is not wanted any more. */
  retain(isWanted: (refusal: Refusal) => boolean): void
  /** Oldest first. */
  list(): readonly Refusal[]
}

/** Most refusals kept; the oldest go first. */
export const maxRefusals = 10_000

/** No refusals. */
export function createRefusals(): Refusals {
  const standing = new Map<string, Refusal>()
  const streams = new Map<string, Set<number>>()
  const drop = (isDropped: (refusal: Refusal) => boolean): void => {
    for (const [key, refusal] of standing) if (isDropped(refusal)) standing.delete(key)
  }
  return {
    record: (answer) => {
      const { type, proxyKey, nodeId, typeUrl, resources } = answer
      const keyOf = (resource: string): string => JSON.stringify([proxyKey, nodeId, typeUrl, resource])
      if (type === "ack") for (const resource of resources) standing.delete(keyOf(resource))
      else
        for (const [resource, message] of refusedResources(answer)) {
          standing.delete(keyOf(resource))
          standing.set(keyOf(resource), { proxyKey, nodeId, typeUrl, resource, message })
        }
      for (const key of standing.keys()) {
        if (standing.size <= maxRefusals) break
        standing.delete(key)
      }
    },
    connection: ({ type, proxyKey, nodeId, streamId }) => {
      const node = nodeKey(proxyKey, nodeId)
      const open = streams.get(node) ?? new Set()
      if (type === "connect") streams.set(node, open.add(streamId))
      else if (open.delete(streamId) && open.size === 0) streams.delete(node)
      if (type === "connect") drop((r) => r.proxyKey === proxyKey && !streams.has(nodeKey(proxyKey, r.nodeId)))
    },
    retain: (isWanted) => drop((refusal) => !isWanted(refusal)),
    list: () => [...standing.values()],
  }
}

function nodeKey(proxyKey: string, nodeId: string): string {
  return JSON.stringify([proxyKey, nodeId])
}
