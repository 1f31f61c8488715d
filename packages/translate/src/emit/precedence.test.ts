import { describe, expect, it } from "vitest"
import { features } from "../features/index.ts"
import { precedence, settle } from "./precedence.ts"

describe("slots", () => {
  it("are filled by whoever has a value", () => {
    expect(
      settle("route", [
        { feature: "a", fields: { x: 1, y: undefined } },
        { feature: "b", fields: { y: 2 } },
      ]),
    ).toEqual({ x: 1, y: 2 })
  })

  it("refuse two features without a rule", () => {
    const parts = [
      { feature: "mirror", fields: { timeout: 1 } },
      { feature: "retry", fields: { timeout: 2 } },
    ]
    expect(() => settle("forward", parts)).toThrow("no precedence for forward.timeout between mirror and retry")
  })

  it.each(precedence)("are settled for $in.$field whatever the order of calls", (row) => {
    const parts = [
      { feature: row.over, fields: { [row.field]: ["over"] } },
      { feature: row.under, fields: { [row.field]: ["under"] } },
    ]
    const expected = { [row.field]: row.how === "join" ? ["over", "under"] : ["over"] }
    expect(settle(row.in, parts)).toEqual(expected)
    expect(settle(row.in, parts.toReversed())).toEqual(expected)
  })

  it("are named after features that exist", () => {
    const names = new Set(features.map(({ name }) => name))
    expect(precedence.filter(({ over, under }) => !names.has(over) || !names.has(under))).toEqual([])
    expect(names.size).toBe(features.length)
  })
})
