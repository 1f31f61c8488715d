/**
 * The resource types we order, and the order itself: make before break.
 *
 * Source: xDS protocol, "Eventual consistency considerations".
 */
import { resourceTypeUrls as typeUrls } from "@attache/envoy-api"

/** How one resource type behaves on a stream. */
export interface TypeRule {
  readonly typeUrl: string
  /**
   * `latest`: sent from the newest snapshot as soon as possible. `front`: the type refers to clusters, so it is
   * sent from the newest snapshot whose clusters the client already has (see `ads.ts`).
   */
  readonly source: "latest" | "front"
  /** An empty first request means everything. Source: xDS protocol; Envoy asks so for LDS, CDS and SRDS only. */
  readonly legacyWildcard: boolean
  /**
   * What a state-of-the-world response holds: `all` is the complete state, where omission deletes (LDS, CDS and,
   * in Envoy, SRDS); `requested` every requested resource; `changed` only what differs from what was sent.
   *
   * Secrets are `requested`: Envoy's unified mux hands a watch whose resource is left out an empty update, which
   * EDS and RDS ignore and SDS refuses as a missing resource.
   */
  readonly sotw: "all" | "requested" | "changed"
  /**
   * Whether absence is told in `removed_resources`. Never for secrets, because Envoy refuses such a response, nor
   * for extension configs, whose removal acts at once and breaks the listener that still uses them: both end when
   * the client unsubscribes.
   */
  readonly tellsRemoval: boolean
  /**
   * Whether a delta client that asks for a name that does not exist is sent a resource without content, instead of a removal.
   * Envoy holds the request that needs a virtual host until one of the two says that there is none, and counts only the first.
   */
  readonly isAbsenceEmpty: boolean
  /**
   * Whether a delta response holds one resource at most. Envoy takes none that stands behind a refused one, and nobody can tell
   * which those are; of clusters and listeners it takes all others. So are secrets, which nobody can withdraw a part of.
   */
  readonly isAlone: boolean
}

const rule = (typeUrl: string, source: TypeRule["source"], rest: Partial<TypeRule> = {}): TypeRule => ({
  typeUrl,
  source,
  legacyWildcard: false,
  sotw: "changed",
  tellsRemoval: true,
  isAbsenceEmpty: false,
  isAlone: false,
  ...rest,
})

const wildcard = { legacyWildcard: true, sotw: "all" } as const

/** Every ordered type, in the order in which additions and changes go out. Removals go the other way. */
export const typeRules: readonly TypeRule[] = [
  rule(typeUrls.cluster, "latest", wildcard),
  rule(typeUrls.endpoint, "latest"),
  rule(typeUrls.secret, "latest", { sotw: "requested", tellsRemoval: false, isAlone: true }),
  rule(typeUrls.runtime, "latest"),
  rule(typeUrls.listener, "front", wildcard),
  rule(typeUrls.scopedRoute, "front", wildcard),
  rule(typeUrls.route, "front"),
  rule(typeUrls.virtualHost, "front", { isAbsenceEmpty: true }),
  rule(typeUrls.extensionConfig, "front", { tellsRemoval: false }),
]

const ruleByUrl = new Map(typeRules.map((r) => [r.typeUrl, r]))

/** The rule of a type; a type we have never heard of is sent by name, from the newest snapshot, unordered. */
export function ruleOf(typeUrl: string): TypeRule {
  return ruleByUrl.get(typeUrl) ?? rule(typeUrl, "latest")
}

/** Place of a type among the additions; unknown types come last. */
export function rankOf(typeUrl: string): number {
  const at = typeRules.findIndex((r) => r.typeUrl === typeUrl)
  return at === -1 ? typeRules.length : at
}
