import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { byteRangeOf } from "./byte-range.ts"

describe("byteRangeOf", () => {
  it.each<readonly [string | undefined, ReturnType<typeof byteRangeOf>]>([
    [undefined, undefined],
    ["bytes=0-9", { first: 0, last: 9 }],
    ["bytes=0-", { first: 0, last: 99 }],
    ["bytes=99-", { first: 99, last: 99 }],
    ["bytes=90-200", { first: 90, last: 99 }],
    ["bytes=-10", { first: 90, last: 99 }],
    ["bytes=-200", { first: 0, last: 99 }],
    ["Bytes= 5-6 ", { first: 5, last: 6 }],
    ["bytes=100-", "none"],
    ["bytes=-0", "none"],
    ["bytes=9-5", undefined],
    ["bytes=0-1,5-6", undefined],
    ["bytes=-", undefined],
    ["bytes=a-b", undefined],
    ["lines=0-1", undefined],
    ["", undefined],
  ])("%j of 100 bytes is %j", (header, range) => {
    expect(byteRangeOf(header, 100)).toEqual(range)
  })

  it("never leads out of the content", () => {
    const header = fc.oneof(
      fc.string(),
      fc.tuple(fc.nat(), fc.nat()).map(([a, b]) => `bytes=${a}-${b}`),
    )
    fc.assert(
      fc.property(header, fc.nat(1000), (text, size) => {
        const range = byteRangeOf(text, size)
        if (range === undefined || range === "none") return true
        return 0 <= range.first && range.first <= range.last && range.last < size
      }),
    )
  })
})
