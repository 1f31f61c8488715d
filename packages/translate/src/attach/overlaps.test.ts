import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { PlanRoute, RouteMatch } from "../plan/index.ts"
import { createOverlaps, type MatchKey, matchKeyOf, sameMatchKeys } from "./overlaps.ts"

const named = (name: string, value = "v") => ({ name, match: { type: "exact" as const, value } })
const match: RouteMatch = { path: { type: "exact", value: "/" }, headers: [], queryParams: [], cookies: [] }
const route = (name: string, change: Partial<RouteMatch> = {}, host = "*"): PlanRoute => ({
  name,
  host,
  match: { ...match, ...change },
  kind: "httproute",
  mirrors: [],
  origin: { object: `HTTPRoute/default/${name}`, field: "" },
  action: { type: "respond", response: { status: 200 } },
})
const key = (name: string): string => `HTTPRoute/default/${name}`

function findOverlaps(matches: readonly MatchKey[]): ReadonlyMap<string, readonly string[]> {
  const overlaps = createOverlaps()
  const touched = overlaps.replace([], matches)
  return new Map([...touched].map((object) => [object, overlaps.others(object)]))
}

describe("overlaps", () => {
  it.each<[string, Partial<RouteMatch>, Partial<RouteMatch>]>([
    ["equal matches", {}, {}],
    ["headers in another order", { headers: [named("x"), named("y")] }, { headers: [named("y"), named("x")] }],
    ["header names in another case", { headers: [named("X-A")] }, { headers: [named("x-a")] }],
    ["queries in another order", { queryParams: [named("x"), named("y")] }, { queryParams: [named("y"), named("x")] }],
  ])("finds %s", (_, a, b) => {
    const overlaps = findOverlaps([route("a", a), route("b", b)].map(matchKeyOf))
    expect([...overlaps]).toEqual([
      [key("a"), [key("b")]],
      [key("b"), [key("a")]],
    ])
  })

  it.each<[string, PlanRoute]>([
    ["another host", route("b", {}, "example.com")],
    ["another path", route("b", { path: { type: "prefix", value: "/" } })],
    ["no path", { ...route("b"), match: { headers: [], queryParams: [], cookies: [] } }],
    ["a header more", route("b", { headers: [named("x")] })],
    ["another value", route("b", { headers: [named("x", "w")] })],
    ["names of queries in another case", route("b", { queryParams: [named("X")] })],
    ["the same object", route("a")],
  ])("finds none with %s", (_, other) => {
    expect(findOverlaps([route("a"), other].map(matchKeyOf)).size).toBe(0)
  })

  it("gives each object all others, sorted and once", () => {
    const overlaps = findOverlaps([route("c"), route("a"), route("b"), route("a"), route("c")].map(matchKeyOf))
    expect(overlaps.get(key("b"))).toEqual([key("a"), key("c")])
  })
})

describe("overlaps after changes", () => {
  const matchKeys = fc.array(
    fc.record({ key: fc.constantFrom("k1", "k2", "k3"), object: fc.constantFrom("a", "b", "c", "d") }),
  )

  it("are what they would be without any history, and changed only where it was said", () => {
    fc.assert(
      fc.property(fc.array(matchKeys, { minLength: 1 }), (states) => {
        const warm = createOverlaps()
        let before: readonly MatchKey[] = []
        for (const state of states) {
          const old = new Map(["a", "b", "c", "d"].map((object) => [object, warm.others(object)]))
          const touched = warm.replace(before, state)
          const cold = createOverlaps()
          cold.replace([], state)
          for (const [object, others] of old) {
            expect(warm.others(object)).toEqual(cold.others(object))
            if (!touched.has(object)) expect(warm.others(object)).toEqual(others)
          }
          before = state
        }
      }),
    )
  })
})

describe("sameMatchKeys", () => {
  it("compares keys, objects and lengths", () => {
    const one = matchKeyOf(route("a"))
    expect(sameMatchKeys([one], [{ ...one }])).toBe(true)
    expect(sameMatchKeys([one], [matchKeyOf(route("b"))])).toBe(false)
    expect(sameMatchKeys([one], [one, one])).toBe(false)
  })
})
