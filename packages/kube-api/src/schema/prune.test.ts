import { describe, expect, it } from "vitest"
import { withoutPaths } from "./prune.ts"

describe("withoutPaths", () => {
  it.each<[unknown, readonly (readonly (string | number)[])[], unknown]>([
    [{ a: 1, b: 2 }, [["a"]], { b: 2 }],
    [
      { a: { b: 1, c: 2 } },
      [
        ["a", "b"],
        ["a", "d"],
      ],
      { a: { c: 2 } },
    ],
    [{ a: [{ b: 1 }, { b: 2 }] }, [["a", 1, "b"]], { a: [{ b: 1 }, {}] }],
    [{ a: { b: 1 } }, [["a", "b"], ["a"]], {}],
    [[1, 2], [[0]], [1, 2]],
    ["x", [["a"]], "x"],
  ])("%j without %j", (value, paths, want) => {
    expect(withoutPaths(value, paths)).toEqual(want)
  })

  it("gives the same object when nothing is taken out", () => {
    const value = { a: { b: 1 } }
    expect(withoutPaths(value, [["c"], ["a", "x"]])).toBe(value)
  })
})
