import fc from "fast-check"
import { RE2JS } from "re2js"
import { describe, expect, it } from "vitest"
import { shippedPatterns } from "../testing/shipped-patterns.ts"
import { findPattern, matchesPattern } from "./patterns.ts"

describe("patterns", () => {
  it.each<[string, string, boolean]>([
    ["^a$", "a", true],
    ["^a$", "a\n", false],
    ["a", "xay", true],
    ["^a.b$", "a\rb", true],
    ["^a.b$", "a\nb", false],
    ["^\\s$", "\u00a0", false],
    ["^\\S+$", "é", true],
    ["^(?i)abc$", "ABC", true],
    ["^[[:alpha:]]+$", "abc", true],
    ["^\\pL+$", "é", true],
    ["^\\w+$", "é", false],
    ["^😀$", "😀", true],
  ])("%s on %j", (pattern, text, want) => {
    expect(matchesPattern(pattern, text)).toBe(want)
    expect(matchesPattern(pattern, `${text}${"x".repeat(300)}`)).toBe(
      RE2JS.compile(pattern).test(`${text}${"x".repeat(300)}`),
    )
  })

  it("give their first match", () => {
    expect(findPattern("[0-9]+", "a12b3")).toBe("12")
    expect(findPattern("[0-9]+", "a")).toBeUndefined()
  })

  it("throw when they are none", () => {
    expect(() => matchesPattern("(", "a")).toThrow()
    expect(() => matchesPattern("(?=a)", "a")).toThrow()
  })

  it("answer at once where backtracking would take years", () => {
    const pattern = shippedPatterns.find((one) => one.startsWith("^(\\*|[A-Za-z]")) ?? ""
    expect(matchesPattern(pattern, `http://${"a".repeat(200)}!`)).toBe(false)
    expect(matchesPattern("^[!-~]+([\\t ]?[!-~]+)*$", `${"a".repeat(200)}é`)).toBe(false)
  })

  it("of the schemas mean the same in both engines", () => {
    const piece = fc.constantFrom(
      "a",
      "Z",
      "0",
      "9",
      ".",
      "-",
      "*",
      "/",
      ":",
      "//",
      "http",
      "_",
      "%2F",
      " ",
      "\t",
      "é",
      "h",
      "ms",
      "::",
      "Ki",
      "\n",
      "\r",
    )
    const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""))
    fc.assert(
      fc.property(fc.constantFrom(...shippedPatterns), text, (pattern, one) => {
        expect(matchesPattern(pattern, one)).toBe(RE2JS.compile(pattern).test(one))
      }),
      { numRuns: 500 },
    )
  })
})
