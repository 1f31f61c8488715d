import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { PlanRoute, RouteMatch } from "../plan/index.ts"
import { compareRoutes, findOverlaps, sortRoutes } from "./route-order.ts"
import { object } from "./test-world.ts"

const none: RouteMatch = { headers: [], queryParams: [], cookies: [] }
const named = (name: string, type: "exact" | "regex" = "exact") => ({ name, match: { type, value: "v" } })
const path = (type: "exact" | "prefix" | "regex", value: string): RouteMatch => ({ ...none, path: { type, value } })

describe("compareRoutes", () => {
  it.each<[string, RouteMatch, RouteMatch]>([
    ["exact before regex", path("exact", "/a"), path("regex", "/aaaa")],
    ["regex before prefix", path("regex", "/"), path("prefix", "/aaaa")],
    ["longer before shorter", path("prefix", "/aa"), path("prefix", "/a")],
    ["trailing slash counts", path("prefix", "/a/"), path("prefix", "/a")],
    ["bytes, not characters", path("prefix", "/ää"), path("prefix", "/aaa")],
    ["root prefix is nothing", path("exact", "/"), path("prefix", "/")],
    ["more headers", { ...none, headers: [named("a"), named("b")] }, { ...none, headers: [named("a")] }],
    ["exact headers", { ...none, headers: [named("a")] }, { ...none, headers: [named("a", "regex")] }],
    ["headers before cookies", { ...none, headers: [named("a")] }, { ...none, cookies: [named("a"), named("b")] }],
    ["cookies before queries", { ...none, cookies: [named("a")] }, { ...none, queryParams: [named("a"), named("b")] }],
  ])("puts %s", (_, first, second) => {
    expect(compareRoutes({ match: first }, { match: second })).toBeLessThan(0)
    expect(compareRoutes({ match: second }, { match: first })).toBeGreaterThan(0)
  })
})

describe("sortRoutes", () => {
  const plan = (match: RouteMatch) => ({ match })
  const old = object("HTTPRoute", "default/z", { metadata: { creationTimestamp: "2020-01-01T00:00:00Z" } })
  const young = object("HTTPRoute", "default/a", { metadata: { creationTimestamp: "2021-01-01T00:00:00Z" } })
  const grpc = object("GRPCRoute", "default/a")

  it("keeps equal routes by kind and age", () => {
    const found = [grpc, young, old].map((each) => ({ plan: plan(none), object: each }))
    expect(sortRoutes(found, false).map((f) => f.object)).toEqual([old, young, grpc])
  })

  it("leaves precedence out when the order is to be preserved", () => {
    const found = [
      { plan: plan(path("exact", "/long")), object: young },
      { plan: plan(path("prefix", "/")), object: old },
    ]
    expect(sortRoutes(found, true).map((f) => f.object)).toEqual([old, young])
    expect(sortRoutes(found, false).map((f) => f.object)).toEqual([young, old])
  })

  it("keeps every route", () => {
    const match = fc.constantFrom(path("exact", "/a"), path("prefix", "/a/b"), path("regex", "/.*"), none)
    fc.assert(
      fc.property(fc.array(match), (matches) => {
        const found = matches.map((m, index) => ({ plan: plan(m), object: undefined, index }))
        const indexes = sortRoutes(found, false).map((f) => f.index)
        expect([...indexes].sort((a, b) => a - b)).toEqual(found.map((f) => f.index))
      }),
    )
  })
})

describe("findOverlaps", () => {
  const route = (name: string, host: string, match: RouteMatch): PlanRoute => ({
    name,
    host,
    match,
    kind: "httproute",
    mirrors: [],
    origin: { object: `HTTPRoute/default/${name}`, field: "" },
    action: { type: "respond", response: { status: 200 } },
  })

  it("finds equal matches of different objects, whatever the order of headers", () => {
    const a = route("a", "*", { ...path("exact", "/"), headers: [named("x"), named("y")] })
    const b = route("b", "*", { ...path("exact", "/"), headers: [named("y"), named("x")] })
    const elsewhere = route("c", "example.com", a.match)
    const overlaps = findOverlaps([a, a, b, elsewhere])
    expect([...overlaps]).toEqual([
      ["HTTPRoute/default/a", ["HTTPRoute/default/b"]],
      ["HTTPRoute/default/b", ["HTTPRoute/default/a"]],
    ])
  })
})
