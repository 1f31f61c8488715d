import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { createHeaderMap, pairsOf, textPairs } from "./header-map.ts"

describe("header map", () => {
  it("keeps pseudo headers in front and the rest in order", () => {
    const map = createHeaderMap([
      ["b", "1"],
      [":path", "/"],
      ["a", "2"],
      [":method", "GET"],
    ])
    expect(map.pairs()).toEqual([
      [":path", "/"],
      [":method", "GET"],
      ["b", "1"],
      ["a", "2"],
    ])
  })
  it("appends repeated headers, and joins those Envoy keeps once", () => {
    const map = createHeaderMap([
      ["x", "1"],
      ["X", "2"],
      ["accept", "a"],
      ["accept", "b"],
    ])
    expect(map.pairs()).toEqual([
      ["x", "1"],
      ["x", "2"],
      ["accept", "a,b"],
    ])
    expect(map.get("X")).toBe("1")
    expect(map.getAll("x")).toEqual(["1", "2"])
  })
  it("replaces at the end and sets in place", () => {
    const map = createHeaderMap([
      ["x", "1"],
      ["y", "2"],
      ["x", "3"],
    ])
    map.replace("x", "4")
    expect(map.pairs()).toEqual([
      ["y", "2"],
      ["x", "4"],
    ])
    map.set("y", "5")
    expect(map.pairs()).toEqual([
      ["y", "5"],
      ["x", "4"],
    ])
    map.remove("absent")
    expect(map.byteSize()).toBe(4)
  })
  it("carries any text through bytes and back", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constant("x-k"), fc.string({ unit: "grapheme" }))), (pairs) => {
        expect(textPairs(pairsOf(pairs))).toEqual(pairs)
      }),
    )
  })
})
