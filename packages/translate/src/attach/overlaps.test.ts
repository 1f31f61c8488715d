import { describe, expect, it } from "vitest"
import type { PlanRoute, RouteMatch } from "../plan/index.ts"
import { findOverlaps, matchKeyOf, sameMatchKeys } from "./overlaps.ts"

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

describe("findOverlaps", () => {
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

describe("sameMatchKeys", () => {
  it("compares keys, objects and lengths", () => {
    const one = matchKeyOf(route("a"))
    expect(sameMatchKeys([one], [{ ...one }])).toBe(true)
    expect(sameMatchKeys([one], [matchKeyOf(route("b"))])).toBe(false)
    expect(sameMatchKeys([one], [one, one])).toBe(false)
  })
})
