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
  readonly memory: ClaimMemory
}

/** A group of resources: a group of claims without the names that an earlier group makes. */
export interface ResourceGroupKey {
  readonly group: string
  readonly except: ReadonlySet<string>
}

const groupEnd = "\u0001"
const nameEnd = "\u0002"

/** What names were settled from, for settling them again after a change. Belongs to the last result alone. */
interface ClaimMemory {
  groups: ReadonlyMap<string, GroupClaims>
  readonly clusters: Claimants
  readonly secrets: Claimants
}

/** Keys of the groups that claim a name; most names have one. */
interface Claimants {
  readonly ofName: Map<string, string | readonly string[]>
  /** Names with several. */
  readonly shared: Set<string>
}

const kinds = ["clusters", "secrets"] as const

/**
 * Settles all names of a proxy: the same whatever was before.
 *
 * @param before the last result, which is used up: names of groups that are as they were are not looked at
 */
export function settleClaims(groups: ReadonlyMap<string, GroupClaims>, before?: ClaimGroups): ClaimGroups {
  const memory: ClaimMemory = before?.memory ?? { groups: new Map(), clusters: noClaimants(), secrets: noClaimants() }
  const old = memory.groups
  memory.groups = groups
  for (const kind of kinds) {
    for (const [key, claims] of old) if (groups.get(key) !== claims) leave(memory[kind], key, claims[kind])
    for (const [key, claims] of groups) if (old.get(key) !== claims) enter(memory[kind], key, claims[kind])
  }
  return { clusters: keysOf(memory, "clusters"), secrets: keysOf(memory, "secrets"), memory }
}

/** Whether two results say the same. */
export function sameClaims(a: ClaimGroups, b: ClaimGroups): boolean {
  return kinds.every((kind) => a[kind].length === b[kind].length && a[kind].every((key, i) => key === b[kind][i]))
}

function noClaimants(): Claimants {
  return { ofName: new Map(), shared: new Set() }
}

function enter({ ofName, shared }: Claimants, group: string, claims: readonly NamedClaim[]): void {
  for (const [name] of claims) {
    const known = ofName.get(name)
    ofName.set(name, known === undefined ? group : [...listOf(known), group])
    if (known !== undefined) shared.add(name)
  }
}

function leave({ ofName, shared }: Claimants, group: string, claims: readonly NamedClaim[]): void {
  for (const [name] of claims) {
    const [first, ...rest] = listOf(ofName.get(name) ?? []).filter((other) => other !== group)
    if (first === undefined) ofName.delete(name)
    else ofName.set(name, rest.length === 0 ? first : [first, ...rest])
    if (rest.length === 0) shared.delete(name)
  }
}

function listOf(claimants: string | readonly string[]): readonly string[] {
  return typeof claimants === "string" ? [claimants] : claimants
}

function keysOf(memory: ClaimMemory, kind: (typeof kinds)[number]): readonly string[] {
  const { groups, [kind]: claimants } = memory
  const places = new Map([...groups.keys()].map((key, place) => [key, place]))
  const taken = new Map<string, string[]>()
  for (const name of [...claimants.shared].sort()) {
    const inOrder = [...listOf(claimants.ofName.get(name) ?? [])].sort(
      (a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0),
    )
    for (const group of inOrder.slice(1)) {
      const names = taken.get(group)
      if (names === undefined) taken.set(group, [name])
      else names.push(name)
    }
  }
  return [...groups].flatMap(([key, claims]) => {
    const names = taken.get(key) ?? []
    if (names.length === claims[kind].length) return []
    return [names.length === 0 ? key : key + groupEnd + names.join(nameEnd)]
  })
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
