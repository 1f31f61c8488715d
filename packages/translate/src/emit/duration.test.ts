import { describe, expect, it } from "vitest"
import { duration, milliseconds } from "./duration.ts"

describe("duration", () => {
  it.each([
    ["10s", 10n, 0],
    ["0.5s", 0n, 500_000_000],
    ["500ms", 0n, 500_000_000],
    ["1h30m", 5400n, 0],
    ["1m30.000000001s", 90n, 1],
    ["0", 0n, 0],
    ["0s", 0n, 0],
    ["-1.5s", -1n, -500_000_000],
    ["2us", 0n, 2000],
  ])("reads %s", (text, seconds, nanos) => {
    expect(duration(text)).toEqual({ seconds, nanos })
  })

  it.each(["", "5", "s", "1x", "1s ", "1.s"])("refuses %j", (text) => {
    expect(() => duration(text)).toThrow(/duration/)
  })

  it("counts milliseconds", () => {
    expect(milliseconds("1.5s")).toBe(1500)
  })
})
