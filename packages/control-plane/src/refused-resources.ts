import { resourceTypeUrls as typeUrls } from "@attache/envoy-api"
import type { AnswerEvent } from "@attache/xds-server"
import { isCut, messagesByName } from "./judge/verdicts.ts"

/** What is said of a refused response. */
export type RefusedResponse = Pick<AnswerEvent, "typeUrl" | "changed" | "message">

/**
 * Resources that a refusal can be about, and Envoy's words about each.
 *
 * Of clusters and listeners Envoy takes those it does not name; where its words are cut, the named ones come first. Of other
 * types it names none.
 */
export function refusedResources({ typeUrl, changed, message = "" }: RefusedResponse): ReadonlyMap<string, string> {
  const isNamed = typeUrl === typeUrls.cluster || typeUrl === typeUrls.listener
  const named = isNamed ? messagesByName(message, changed) : new Map<string, string>()
  if (named.size > 0 && !isCut(message)) return named
  const unnamed = changed.filter((name) => !named.has(name))
  return new Map([...named, ...unnamed.map((name) => [name, message] as const)])
}
