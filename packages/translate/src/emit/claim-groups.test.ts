import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type ClaimGroups, type GroupClaims, resourceGroupKey, sameClaims, settleClaims } from "./claim-groups.ts"

const names = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e"))
const claims = fc.record({ clusters: names, secrets: names })
const states = fc.array(
  fc.uniqueArray(fc.tuple(fc.constantFrom("g1", "g2", "g3", "g4"), claims), { selector: ([key]) => key }),
  {
    minLength: 1,
    maxLength: 6,
  },
)

function groupsOf(
  state: readonly (readonly [string, { clusters: string[]; secrets: string[] }])[],
): ReadonlyMap<string, GroupClaims> {
  const named = (list: readonly string[]) => list.map((name) => [name, "claimant"] as const)
  return new Map(
    state.map(([key, { clusters, secrets }]) => [
      key,
      { filters: [], clusters: named(clusters), secrets: named(secrets), directBodyBytes: 0, diagnostics: [] },
    ]),
  )
}

/** Names that each group makes, by what the keys say. */
function made(
  groups: ReadonlyMap<string, GroupClaims>,
  keys: readonly string[],
  kind: "clusters" | "secrets",
): readonly (readonly [string, readonly string[]])[] {
  return keys.map((key) => {
    const { group, except } = resourceGroupKey(key)
    const all = groups.get(group)?.[kind] ?? []
    return [group, all.map(([name]) => name).filter((name) => !except.has(name))] as const
  })
}

/** The first group that claims a name makes it. */
function expected(groups: ReadonlyMap<string, GroupClaims>, kind: "clusters" | "secrets"): unknown {
  const taken = new Set<string>()
  return [...groups].flatMap(([key, all]) => {
    const own = all[kind].map(([name]) => name).filter((name) => !taken.has(name))
    for (const name of own) taken.add(name)
    return own.length === 0 ? [] : [[key, own]]
  })
}

describe("claims", () => {
  it("give each name to the first group that claims it, whatever was before", () => {
    fc.assert(
      fc.property(states, (all) => {
        let warm: ClaimGroups | undefined
        for (const state of all) {
          const groups = groupsOf(state)
          warm = settleClaims(groups, warm)
          for (const kind of ["clusters", "secrets"] as const)
            expect(made(groups, warm[kind], kind)).toEqual(expected(groups, kind))
          expect(sameClaims(warm, settleClaims(groups))).toBe(true)
        }
      }),
    )
  })

  it("are told apart by either kind", () => {
    const one = settleClaims(groupsOf([["g1", { clusters: ["a"], secrets: [] }]]))
    const other = settleClaims(groupsOf([["g1", { clusters: ["a"], secrets: ["a"] }]]))
    expect(sameClaims(one, other)).toBe(false)
  })
})
