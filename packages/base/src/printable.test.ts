import { describe, expect, it } from "vitest"
import { printable } from "./printable.ts"

describe("printable", () => {
  it.each([
    ["plain ünïcode 漢字 😀", "plain ünïcode 漢字 😀"],
    ["a\r\n\tb", "a\\r\\n\\tb"],
    ["\u001b[31m\u0000\u007f\u009b\u2028", "\\u001b[31m\\u0000\\u007f\\u009b\\u2028"],
  ])("of %j", (text, want) => {
    expect(printable(text)).toBe(want)
  })
})
