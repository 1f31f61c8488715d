import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { httpFilterRank, httpFilterRanks, orderHttpFilters } from "./http-filter-order.ts"

const p = "envoy.filters.http."
const order = (names: readonly string[], rules: Parameters<typeof orderHttpFilters>[1] = []): string[] =>
  orderHttpFilters(
    names.map((name) => ({ name: p + name })),
    rules,
  ).map(({ name }) => name.slice(p.length))

describe("order of HTTP filters", () => {
  it.each([
    ["cors", 3],
    ["lua/envoyextensionpolicy/a/b/lua/2", 15],
    ["ext_proc/envoyextensionpolicy/a/b/extproc/1", 101],
    ["wasm/envoyextensionpolicy/a/b/wasm/0", 200],
    ["dynamic_modules/envoyextensionpolicy/a/b/dynamic-module/3", 253],
    ["rbac.dfp_loopback_deny", 301],
    ["something.else", 50],
    ["router", 310],
  ])("ranks %s", (name, rank) => {
    expect(httpFilterRank(p + name)).toBe(rank)
  })

  it("goes by rank, then by name", () => {
    expect(order(["router", "wasm/p/wasm/0", "lua/q/lua/0", "lua/a/lua/1", "lua/a/lua/0", "cors", "grpc_web"])).toEqual(
      ["cors", "lua/a/lua/0", "lua/q/lua/0", "lua/a/lua/1", "wasm/p/wasm/0", "grpc_web", "router"],
    )
  })

  it("moves all filters of a type before the first or after the last of the other", () => {
    const names = ["cors", "basic_auth/x", "jwt_authn", "wasm/p/wasm/0", "wasm/p/wasm/1", "router"]
    expect(
      order(names, [
        { name: `${p}wasm`, position: "before", of: `${p}jwt_authn` },
        { name: `${p}cors`, position: "after", of: `${p}basic_auth` },
      ]),
    ).toEqual(["basic_auth/x", "cors", "wasm/p/wasm/0", "wasm/p/wasm/1", "jwt_authn", "router"])
  })

  it("leaves the chain alone when one of the two is absent", () => {
    const rule = { name: `${p}lua`, position: "after", of: `${p}oauth2` } as const
    expect(order(["cors", "router"], [rule])).toEqual(["cors", "router"])
    expect(order(["lua/a/lua/0", "router"], [rule])).toEqual(["lua/a/lua/0", "router"])
  })

  it("neither loses nor invents filters, and does not depend on the order they came in", () => {
    const types = httpFilterRanks.map(({ type }) => type.slice(p.length))
    const rule = fc.record({
      name: fc.constantFrom(...types).map((type) => p + type),
      position: fc.constantFrom("before" as const, "after" as const),
      of: fc.constantFrom(...types).map((type) => p + type),
    })
    const names = fc.uniqueArray(fc.constantFrom(...types))
    fc.assert(
      fc.property(names, fc.array(rule, { maxLength: 4 }), (filters, rules) => {
        const ordered = order(filters, rules)
        expect(ordered.toSorted()).toEqual(filters.toSorted())
        expect(order(filters.toReversed(), rules)).toEqual(ordered)
      }),
    )
  })
})
