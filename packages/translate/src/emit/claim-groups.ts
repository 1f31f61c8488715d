// Who makes which cluster and secret: the first that claims a name, in Envoy Gateway's order. Claims come in groups
// (leaves of routes, TCP and UDP listeners, the proxy itself), and so do the resources made from them.
import type { Diagnostic } from "@attache/base"

/** A name and who claims it: the id of a route, or one of the other claimants. */
export type NamedClaim = readonly [name: string, claimant: string]

/** Claims of one group, each name once. */
export interface GroupClaims {
  readonly filters: readonly NamedClaim[]
  readonly clusters: readonly NamedClaim[]
  readonly secrets: readonly NamedClaim[]
  readonly directBodyBytes: number
  readonly diagnostics: readonly Diagnostic[]
}

/** Keys of the groups that make clusters and secrets. */
export interface ClaimGroups {
  readonly clusters: readonly string[]
  readonly secrets: readonly string[]
}

/** A group of resources: a group of claims without the names that an earlier group makes. */
export interface ResourceGroupKey {
  readonly group: string
  readonly except: ReadonlySet<string>
}

const groupEnd = "\u0001"
const nameEnd = "\u0002"

/** Settles all names of a proxy. Linear in the names, and run only when the set of names of some group changes. */
export function settleClaims(groups: readonly { readonly key: string; readonly claims: GroupClaims }[]): ClaimGroups {
  return {
    clusters: settled(groups.map(({ key, claims }) => ({ key, names: claims.clusters }))),
    secrets: settled(groups.map(({ key, claims }) => ({ key, names: claims.secrets }))),
  }
}

function settled(
  groups: readonly { readonly key: string; readonly names: readonly NamedClaim[] }[],
): readonly string[] {
  const made = new Set<string>()
  const keys: string[] = []
  for (const { key, names } of groups) {
    const taken: string[] = []
    for (const claim of names) {
      const name = claim[0]
      const before = made.size
      if (made.add(name).size === before) taken.push(name)
    }
    if (taken.length < names.length) keys.push(taken.length === 0 ? key : key + groupEnd + taken.join(nameEnd))
  }
  return keys
}

/** Reads a key of {@link ClaimGroups}. */
export function resourceGroupKey(key: string): ResourceGroupKey {
  const at = key.indexOf(groupEnd)
  return at < 0
    ? { group: key, except: new Set() }
    : { group: key.slice(0, at), except: new Set(key.slice(at + 1).split(nameEnd)) }
}

/** Claims with each name once; the first claimant keeps it. */
export function firstClaims(claims: Iterable<NamedClaim>): readonly NamedClaim[] {
  const seen = new Set<string>()
  const out: NamedClaim[] = []
  for (const claim of claims) {
    if (seen.has(claim[0])) continue
    seen.add(claim[0])
    out.push(claim)
  }
  return out
}
