import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type EntryLists, type HostOrder, orderHosts, sameHosts } from "./host-order.ts"
import { compareEntries, type RouteEntry } from "./route-order.ts"

const entry = fc
  .record({
    id: fc.nat(40).map(String),
    host: fc.constantFrom("a", "b", "c", "d", "e"),
    precedence: fc.nat(3),
    age: fc.constantFrom("0a", "0b", "1a"),
  })
  // Equal ids in one state are not possible, and neither are two entries with one place.
  .map((each): RouteEntry => ({ ...each, at: Number(each.id) }))
const states = fc.array(
  fc.record({
    entries: fc.uniqueArray(entry, { selector: ({ id }) => id, maxLength: 40 }),
    lists: fc.integer({ min: 1, max: 4 }),
  }),
  { minLength: 1, maxLength: 6 },
)

/** Entries in some lists, as new objects. */
function listsOf(entries: readonly RouteEntry[], count: number): EntryLists {
  const lists = Map.groupBy(structuredClone(entries), ({ id }) => `list ${Number(id) % count} of ${count}`)
  return lists
}

function expected(entries: readonly RouteEntry[]): unknown {
  const inOrder = [...entries].sort(compareEntries)
  return [...Map.groupBy(inOrder, ({ host }) => host)].map(([host, routes]) => ({ host, routes }))
}

describe("hosts", () => {
  it("stand in the order of their first entries, whatever was before and however entries are listed", () => {
    fc.assert(
      fc.property(states, (all) => {
        let order: HostOrder | undefined
        for (const { entries, lists } of all) {
          order = orderHosts(listsOf(entries, lists), order)
          expect(order.hosts).toEqual(expected(entries))
        }
      }),
    )
  })

  it("are the same objects where nothing changed", () => {
    const at = (n: number, host: string, precedence = 0): RouteEntry => ({
      id: `${n}`,
      host,
      precedence,
      age: "0",
      at: n,
    })
    const entries = Array.from({ length: 100 }, (_, n) => at(n, `h${n % 50}`))
    const before = orderHosts(new Map([["all", entries]]))
    const same = orderHosts(new Map([["all", structuredClone(entries)]]), before)
    expect(sameHosts(before, same)).toBe(true)
    const after = orderHosts(new Map([["all", entries.with(7, at(7, "h7", 1))]]), before)
    expect(after.hosts[0]?.host).toBe("h7")
    expect(after.hosts.filter((host) => !before.hosts.includes(host)).length).toBe(1)
    expect(sameHosts(before, after)).toBe(false)
  })
})
