// What Envoys refused and have not accepted since: by proxy, type and resource.
import type { AnswerEvent } from "@attache/xds-server"

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
  /** Takes note of an answer: a refusal stands until the same resource is accepted. */
  record(event: AnswerEvent): void
  list(): readonly Refusal[]
}

/** No refusals. */
export function createRefusals(): Refusals {
  const standing = new Map<string, Refusal>()
  return {
    record: ({ type, proxyKey, nodeId, typeUrl, changed, resources, message = "" }) => {
      // A response is refused as a whole; only what changed can be the reason.
      for (const resource of type === "nack" ? changed : resources) {
        const key = JSON.stringify([proxyKey, nodeId, typeUrl, resource])
        if (type === "nack") standing.set(key, { proxyKey, nodeId, typeUrl, resource, message })
        else standing.delete(key)
      }
    },
    list: () => [...standing.values()],
  }
}
