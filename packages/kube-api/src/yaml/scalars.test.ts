import fc from "fast-check"
import { load } from "js-yaml"
import { describe, expect, it } from "vitest"
import { isInteger, kubernetesSchema, plainScalar } from "./scalars.ts"

const read = (source: string): unknown => (load(`a: ${source}\n`, { schema: kubernetesSchema }) as { a: unknown }).a

describe("plain scalars", () => {
  it.each<[string, unknown]>([
    ["", null],
    ["~", null],
    ["null", null],
    ["Null", null],
    ["nULL", "nULL"],
    ["true", true],
    ["yes", true],
    ["Yes", true],
    ["yEs", "yEs"],
    ["on", true],
    ["y", true],
    ["Y", true],
    ["no", false],
    ["off", false],
    ["OFF", false],
    ["n", false],
    ["0", 0],
    ["-0", 0],
    ["+7", 7],
    ["-7", -7],
    ["010", 8],
    ["08", 8],
    ["09.5", 9.5],
    ["0o10", 8],
    ["0O10", 8],
    ["-0o10", -8],
    ["0x1F", 31],
    ["0X1f", 31],
    ["-0x1F", -31],
    ["0xG", "0xG"],
    ["0b101", 5],
    ["-0b101", -5],
    ["0b12", "0b12"],
    ["1_000", 1000],
    ["1__0", 10],
    ["_1", "_1"],
    ["1e3", 1000],
    ["1E-2", 0.01],
    ["1e400", "1e400"],
    [".5", 0.5],
    ["+.5", 0.5],
    ["1.", 1],
    [".5_0", ".5_0"],
    [".", "."],
    ["1.5.2", "1.5.2"],
    ["12:30:45", "12:30:45"],
    ["2001-01-01", "2001-01-01"],
    ["2001-12-14t21:59:43.10-05:00", "2001-12-14t21:59:43.10-05:00"],
    [".inf", Number.POSITIVE_INFINITY],
    ["-.INF", Number.NEGATIVE_INFINITY],
    [".nan", Number.NaN],
    ["9007199254740991", 9_007_199_254_740_991],
    ["18446744073709551615", 18_446_744_073_709_552_000],
    ["18446744073709551616", 18_446_744_073_709_552_000],
    ["=", "="],
    ["0x", "0x"],
    ["1h", "1h"],
  ])("read %j as Kubernetes does", (source, want) => {
    expect(read(source) === 0 ? 0 : read(source)).toEqual(want)
    expect(plainScalar(source) === 0 ? 0 : plainScalar(source)).toEqual(want)
  })

  it.each(["'010'", '"yes"', "!!str 010", "!!str ~"])("leave %s a text", (source) => {
    expect(typeof read(source)).toBe("string")
  })

  it("have a meaning whatever they are, and numbers are themselves", () => {
    fc.assert(fc.property(fc.string(), (source) => plainScalar(source) !== undefined))
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => plainScalar(String(value)) === value && isInteger(String(value))),
    )
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => plainScalar(String(value)) === value),
    )
  })
})
