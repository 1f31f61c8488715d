import { describe, expect, it } from "vitest"
import { goFloat, goJson, goNumber, goQuote, goValue, isInt64 } from "./go-text.ts"

describe("values as Go prints them", () => {
  it.each<[string, string]>([
    ["", '""'],
    ["a b", '"a b"'],
    ['a"b\\', '"a\\"b\\\\"'],
    ["\n\t\r\u0007\b\f\v", '"\\n\\t\\r\\a\\b\\f\\v"'],
    ["\u0000\u007f", '"\\x00\\x7f"'],
    ["é😀", '"é😀"'],
    ["\u200b\u2028\u00a0", '"\\u200b\\u2028\\u00a0"'],
    ["\u{e0001}", '"\\U000e0001"'],
    ["<&>", '"<&>"'],
    ["\ud800", '"\ufffd"'],
  ])("quotes %j", (text, want) => {
    expect(goQuote(text)).toBe(want)
  })

  it.each<[number | bigint, string]>([
    [0, "0"],
    [-5, "-5"],
    [4_294_967_296, "4294967296"],
    [9_007_199_254_740_992, "9007199254740992"],
    [2n ** 63n - 1n, "9223372036854775807"],
    [1.5, "1.5"],
    [-0.000_01, "-1e-05"],
    [0.0001, "0.0001"],
    [1e30, "1e+30"],
    [1_000_000.5, "1.0000005e+06"],
  ])("prints %s", (value, want) => {
    expect(goNumber(value)).toBe(want)
  })

  it.each<[number, string]>([
    [100_000, "100000"],
    [1_000_000, "1e+06"],
    [4_294_967_295, "4.294967295e+09"],
  ])("prints the floating point number %s", (value, want) => {
    expect(goFloat(value)).toBe(want)
  })

  it.each<[unknown, boolean]>([
    [1, true],
    [1.5, false],
    [2 ** 63, false],
    [2n ** 63n, false],
    [-(2n ** 63n), true],
    ["1", false],
    [Number.NaN, false],
  ])("knows whether %s is a 64 bit integer", (value, want) => {
    expect(isInt64(value)).toBe(want)
  })

  it("writes JSON with sorted names and without markup", () => {
    expect(goJson({ b: [1, { d: null, c: "<&>\u2028" }], a: true })).toBe(
      '{"a":true,"b":[1,{"c":"\\u003c\\u0026\\u003e\\u2028","d":null}]}',
    )
    expect(goJson(undefined)).toBe("null")
    expect(goJson(5n)).toBe("5")
    expect([goValue("a"), goValue(1), goValue(true), goValue(null), goValue(["a"])]).toEqual([
      '"a"',
      "1",
      "true",
      "null",
      '["a"]',
    ])
  })
})
