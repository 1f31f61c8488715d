import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { findCulprits, maxCulprits, type Named, type Trial } from "./find-culprits.ts"

const suspects = (count: number): readonly Named[] => Array.from({ length: count }, (_, i) => ({ key: `p${i}` }))

/** An Envoy that refuses what holds all parts of any of some sets; counts what it is offered. */
function judge(count: number, sets: readonly (readonly number[])[]) {
  let offers = 0
  const offer: Trial = (without) => {
    offers++
    const left = new Set(without)
    const has = (i: number): boolean => i < count && !left.has(`p${i}`)
    const set = sets.find((each) => each.every(has))
    return Promise.resolve(set === undefined ? undefined : `refused ${set.join("+")}`)
  }
  return { offer, offers: () => offers }
}

const search = async (count: number, ...sets: readonly (readonly number[])[]) => {
  const { offer, offers } = judge(count, sets)
  const { culprits, rest } = await findCulprits([{ suspects: suspects(count) }], offer)
  const said = culprits.map(({ suspect, message, partner }) => {
    return `${suspect.key}: ${message}${partner === undefined ? "" : `, with ${partner.key}`}`
  })
  return { found: said, rest, offers: offers() }
}

describe("findCulprits", () => {
  it("blames nobody for what is accepted", async () => {
    expect(await search(10)).toEqual({ found: [], rest: undefined, offers: 1 })
  })

  it("blames the one, in Envoy's words about it", async () => {
    expect((await search(10, [3])).found).toEqual(["p3: refused 3"])
  })

  it("blames each of several", async () => {
    expect((await search(10, [3], [0], [9])).found.sort()).toEqual(["p0: refused 0", "p3: refused 3", "p9: refused 9"])
  })

  it("blames the last of those that are refused only together", async () => {
    expect((await search(10, [2, 7])).found).toEqual(["p7: refused 2+7, with p2"])
    expect((await search(1_000, [2, 7, 998])).found).toEqual(["p998: refused 2+7+998, with p2"])
  })

  it("says when it is not about the parts", async () => {
    expect(await search(10, [])).toEqual({ found: [], rest: "refused ", offers: 2 })
    expect(await search(0, [])).toEqual({ found: [], rest: "refused ", offers: 2 })
  })

  it("needs few offers for one of many", async () => {
    expect((await search(10_000, [7_777])).offers).toBeLessThan(20)
  })

  it("needs fewer for one of a small group at the end, and leaves in what that stands on", async () => {
    const all = suspects(1_000)
    const groups = [{ suspects: all.slice(0, 998) }, { suspects: all.slice(998), isAbove: true }]
    for (const [set, partner] of [
      [[999], undefined],
      [[7, 999], undefined],
      [[998, 999], "p998"],
    ] as const) {
      const { offer, offers } = judge(1_000, [set])
      const { culprits } = await findCulprits(groups, offer)
      expect(culprits.map(({ suspect, partner: other }) => [suspect.key, other?.key])).toEqual([["p999", partner]])
      expect(offers()).toBeLessThan(6)
    }
  })

  it("ends", async () => {
    const sets = Array.from({ length: 200 }, (_, i) => [i])
    expect((await search(200, ...sets)).found).toHaveLength(maxCulprits)
  })

  it("leaves something that is accepted, and blames nobody in vain", async () => {
    const count = 12
    const parts = fc.uniqueArray(fc.nat({ max: count - 1 }), { minLength: 1, maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(fc.array(parts, { maxLength: 5 }), fc.nat({ max: count }), async (sets, border) => {
        const { offer } = judge(count, sets)
        const all = suspects(count)
        const groups = [{ suspects: all.slice(0, border) }, { suspects: all.slice(border) }]
        const { culprits, rest } = await findCulprits(groups, offer)
        expect(rest).toBeUndefined()
        const blamed = culprits.map(({ suspect }) => suspect.key)
        expect(await offer(blamed)).toBeUndefined()
        // Each of them is the last of a set that is refused.
        for (const key of blamed) expect(sets.map((set) => `p${Math.max(...set)}`)).toContain(key)
        // Without its partner, none of the sets that it was refused for is whole.
        for (const { suspect, partner } of culprits) {
          const others = sets.filter((set) => set.some((i) => `p${i}` === suspect.key))
          if (partner === undefined) expect(others.length).toBeGreaterThan(0)
          else expect(others.some((set) => set.some((i) => `p${i}` === partner.key))).toBe(true)
        }
      }),
    )
  })
})
