import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { fromBytes } from "./byte-string.ts"
import { decodePairs, encodePairs, pairLimits } from "./pairs.ts"

const bytes = fc.uint8Array({ maxLength: 20 }).map(fromBytes)

describe("pairs", () => {
  it("come back as they went", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(bytes, bytes), { minLength: 1, maxLength: 30 }), (pairs) => {
        expect(decodePairs(encodePairs(pairs))).toEqual(pairs)
      }),
    )
  })
  it("are few bytes when there are none", () => expect(encodePairs([])).toHaveLength(0))
  it("have the size the ABI says", () => {
    expect([...encodePairs([["ab", "c"]])]).toEqual([1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 97, 98, 0, 99, 0])
  })
  it("never throw, whatever the bytes are", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (any) => Array.isArray(decodePairs(any))))
  })
  const good = encodePairs([["ab", "c"]])
  const spoilt = (at: number, value: number): Uint8Array => good.map((b, i) => (i === at ? value : b))
  it.each([
    ["a byte more", Uint8Array.from([...good, 0])],
    ["a byte less", good.slice(0, -1)],
    ["no NUL after the key", spoilt(14, 1)],
    ["no NUL after the value", spoilt(16, 1)],
    ["a length too large", spoilt(4, 200)],
    ["a count too large", spoilt(0, 2)],
    [
      "more pairs than the reader takes",
      encodePairs(Array.from({ length: pairLimits.count + 1 }, () => ["a", "b"] as const)),
    ],
    ["less than a count", new Uint8Array(3)],
  ])("are none at all with %s", (_what, broken) => expect(decodePairs(broken)).toEqual([]))
})
