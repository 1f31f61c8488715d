import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { differences } from "./differences.ts"

describe("differences", () => {
  it.each<[string, unknown, unknown, unknown[]]>([
    ["nothing", { a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, []],
    ["a value", { a: { b: 1 } }, { a: { b: 2 } }, [{ path: "a.b", before: 1, after: 2 }]],
    ["a field more", {}, { a: 1 }, [{ path: "a", after: 1 }]],
    ["a field less", { a: 1 }, {}, [{ path: "a", before: 1 }]],
    [
      "a place of a list",
      { a: [1, 2] },
      { a: [1, 3, 4] },
      [
        { path: "a[1]", before: 2, after: 3 },
        { path: "a[2]", after: 4 },
      ],
    ],
    [
      "one more at the front of a list of named ones",
      { a: [{ name: "x" }] },
      { a: [{ name: "w", v: 1 }, { name: "x" }] },
      [{ path: "a[w]", after: { name: "w", v: 1 } }],
    ],
    [
      "another order of named ones",
      { a: [{ name: "x" }, { name: "y" }] },
      { a: [{ name: "y" }, { name: "x" }] },
      [{ path: "a", before: ["x", "y"], after: ["y", "x"] }],
    ],
    [
      "a list in which a name comes twice by place",
      { a: [{ name: "x" }, { name: "x", v: 1 }] },
      { a: [{ name: "x" }, { name: "x", v: 2 }] },
      [{ path: "a[1].v", before: 1, after: 2 }],
    ],
    ["a null for an absent field", { a: null }, {}, [{ path: "a", before: null }]],
  ])("finds %s", (_, before, after, expected) => {
    expect(differences(before, after, 10)).toEqual(expected)
  })

  it("stops at the limit", () => {
    expect(differences([1, 2, 3], [4, 5, 6], 2)).toHaveLength(2)
  })

  it("finds none exactly where values are equal", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        expect(differences(a, structuredClone(a), 3)).toEqual([])
        expect(differences(a, b, 3).length > 0).toBe(JSON.stringify(sorted(a)) !== JSON.stringify(sorted(b)))
      }),
    )
  })
})

/** Keys in order, so that equal values have one text; minus zero is zero in JSON. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)]),
  )
}
