import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { addSum, memberSum, sotwVersion, subtractSum, sumVersion, zeroSum } from "./version.ts"

const half = fc.integer({ min: 0, max: 0xffffffff })
const sum = fc.record({ high: half, low: half })

describe("the version of a set", () => {
  it("adds as 64-bit numbers do", () => {
    const big = (s: { high: number; low: number }): bigint => (BigInt(s.high) << 32n) + BigInt(s.low)
    fc.assert(fc.property(sum, sum, (a, b) => big(addSum(a, b)) === BigInt.asUintN(64, big(a) + big(b))))
    fc.assert(fc.property(sum, sum, (a, b) => big(subtractSum(a, b)) === BigInt.asUintN(64, big(a) - big(b))))
  })

  it("tells names and versions apart", () => {
    const version = (...members: readonly (readonly [string, string])[]) =>
      sumVersion(members.map(([n, v]) => memberSum(n, v)).reduce(addSum, zeroSum))
    expect(version()).toBe("0000000000000000")
    expect(version(["a", "1"], ["b", "2"])).toBe(version(["b", "2"], ["a", "1"]))
    expect(version(["a", "1"], ["b", "2"])).not.toBe(version(["a", "2"], ["b", "1"]))
    expect(version(["ab", "c"])).not.toBe(version(["a", "bc"]))
    expect(version(["a", "1"])).toMatch(/^[0-9a-f]{16}$/)
  })

  it("counts refusals in the version of a response", () => {
    expect(sotwVersion("abc", 2)).toBe("abc.2")
  })
})
