import { describe, expect, it } from "vitest"
import { shippedPatterns } from "../testing/shipped-patterns.ts"
import { isBacktrackingSafe } from "./backtracking.ts"

describe("isBacktrackingSafe", () => {
  it.each([
    "",
    "abc",
    "^a+b*c?$",
    "^(a|b)*$",
    "^(\\.[a-z]+)*$",
    "^[a-z]([-a-z]*[a-z])?(\\.[a-z]([-a-z]*[a-z])?)*$",
    "^([0-9]{1,5}(h|m|s|ms)){1,4}$",
    "^(?:[a-z]|[%][0-9]{2})+$",
    "^(/[^/]*)*$",
    "^(\\x2fa*)*$",
  ])("says yes to %s", (pattern) => {
    expect(isBacktrackingSafe(pattern)).toBe(true)
  })

  it.each([
    "(a+)+",
    "((a*))*",
    "(a?a?)+",
    "(a|a)*",
    "(a|ab|b)+",
    "(.a+)*",
    "(\\w+\\.?)+",
    "(a*){2,9}",
    "(a*){2,}",
    "([a-z]+\\.)*",
    "(\\.+a)*",
    "^[!-~]+([\\t ]?[!-~]+)*$",
    "(?:([?][^#]*)?(#.*)?)*",
    "(a",
    "a)",
  ])("says no to %s", (pattern) => {
    expect(isBacktrackingSafe(pattern)).toBe(false)
  })

  it("knows those of the schemas that can take forever", () => {
    const unsafe = shippedPatterns.filter((pattern) => !isBacktrackingSafe(pattern))
    expect(unsafe.map((pattern) => pattern.slice(0, 12)).sort()).toEqual([
      "(^\\*$)|(^(ht",
      "^((https?:)(",
      "^(\\*|[A-Za-z",
      "^[!-~]+([\\t ",
    ])
  })
})
