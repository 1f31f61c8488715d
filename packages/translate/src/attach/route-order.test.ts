import { describe, expect, it } from "vitest"
import type { RouteMatch } from "../plan/index.ts"
import { ageOf, precedenceOf, type RouteEntry, sameEntries } from "./route-order.ts"
import { object } from "./test-world.ts"

const none: RouteMatch = { headers: [], queryParams: [], cookies: [] }
const named = (name: string, type: "exact" | "regex" = "exact") => ({ name, match: { type, value: "v" } })
const path = (type: "exact" | "prefix" | "regex", value: string): RouteMatch => ({ ...none, path: { type, value } })

describe("precedenceOf", () => {
  it.each<[string, RouteMatch, RouteMatch]>([
    ["exact before regex", path("exact", "/a"), path("regex", "/aaaa")],
    ["regex before prefix", path("regex", "/"), path("prefix", "/aaaa")],
    ["longer before shorter", path("prefix", "/aa"), path("prefix", "/a")],
    ["trailing slash counts", path("prefix", "/a/"), path("prefix", "/a")],
    ["bytes, not characters", path("prefix", "/ää"), path("prefix", "/aaa")],
    ["root prefix is nothing", path("exact", "/"), path("prefix", "/")],
    ["paths before headers", path("prefix", "/a"), { ...none, headers: [named("a"), named("b")] }],
    ["more headers", { ...none, headers: [named("a"), named("b")] }, { ...none, headers: [named("a")] }],
    ["exact headers", { ...none, headers: [named("a")] }, { ...none, headers: [named("a", "regex")] }],
    ["headers before cookies", { ...none, headers: [named("a")] }, { ...none, cookies: [named("a"), named("b")] }],
    ["cookies before queries", { ...none, cookies: [named("a")] }, { ...none, queryParams: [named("a"), named("b")] }],
  ])("puts %s", (_, first, second) => {
    expect(precedenceOf(first)).toBeGreaterThan(precedenceOf(second))
  })

  it("is a whole number for any match, however long", () => {
    const many = Array.from({ length: 100 }, (_, i) => named(`n${i}`))
    const most = { ...path("exact", "/".repeat(3_000_000)), headers: many, cookies: many, queryParams: many }
    expect(Number.isSafeInteger(precedenceOf(most))).toBe(true)
  })

  it("takes an absent path for the root prefix", () => {
    expect(precedenceOf(none)).toBe(precedenceOf(path("prefix", "/")))
  })
})

describe("ageOf", () => {
  it("puts HTTPRoutes first, then the older, then by namespace and name", () => {
    const old = object("HTTPRoute", "default/z", { metadata: { creationTimestamp: "2020-01-01T00:00:00Z" } })
    const young = object("HTTPRoute", "default/a", { metadata: { creationTimestamp: "2021-01-01T00:00:00Z" } })
    const timeless = [object("HTTPRoute", "a/z"), object("HTTPRoute", "ab/a")]
    const grpc = object("GRPCRoute", "default/a")
    const inOrder = [...timeless, old, young, grpc]
    expect([grpc, young, old, ...timeless].sort((a, b) => (ageOf(a) < ageOf(b) ? -1 : 1))).toEqual(inOrder)
  })
})

describe("entries", () => {
  it("are told apart by each of their parts", () => {
    const one: RouteEntry = { id: "a", host: "*", precedence: 1, age: "0", at: 0 }
    expect(sameEntries([one], [{ ...one }])).toBe(true)
    for (const other of [{ id: "b" }, { host: "x" }, { precedence: 2 }, { age: "1" }, { at: 1 }]) {
      expect(sameEntries([one], [{ ...one, ...other }])).toBe(false)
    }
    expect(sameEntries([one], [])).toBe(false)
  })
})
