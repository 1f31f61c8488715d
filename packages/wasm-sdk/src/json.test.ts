import fc from "fast-check"
import { beforeAll, describe, expect, it } from "vitest"
import { type BareGuest, startBareGuest } from "./testing/bare-guest.ts"

let guest: BareGuest
const read = (text: string): string => Buffer.from(guest.request(2, Buffer.from(text))).toString()

/** A text's value with its numbers beside it, in order. */
function parts(text: string): { readonly value: unknown; readonly numbers: readonly number[] } {
  const numbers: number[] = []
  const value = JSON.parse(text, (_key, each) => (typeof each === "number" ? `number ${numbers.push(each)}` : each))
  return { value, numbers }
}

beforeAll(async () => {
  guest = await startBareGuest("read-json")
}, 60_000)

describe("parseJson", () => {
  it("reads what JavaScript writes", () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 1, "\t"), (text, indent) => {
        const pretty = JSON.stringify(JSON.parse(text), undefined, indent)
        const [got, want] = [parts(read(pretty)), parts(pretty)]
        expect(got.value).toEqual(want.value)
        for (const [i, number] of want.numbers.entries())
          expect(Math.abs((got.numbers[i] ?? Number.NaN) - number)).toBeLessThanOrEqual(Math.abs(number) * 1e-14)
      }),
      { numRuns: 500 },
    )
  })

  it("reads integers exactly", () => {
    fc.assert(fc.property(fc.maxSafeInteger(), (value) => Number(read(String(value))) === value))
  })

  it("reads decimal fractions exactly", () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), fc.integer({ min: -12, max: 12 }), (digits, exponent) => {
        const text = `${digits}e${exponent}`
        expect(Number(read(text)) === Number(text)).toBe(true)
      }),
    )
  })

  it("takes and refuses the texts that JavaScript takes and refuses", () => {
    const pieces = fc.constantFrom(
      ...'{}[],:"\\/bfnrtu0123456789.eE+-'.split(""),
      " ",
      "\n",
      "true",
      "false",
      "null",
      '"a"',
      '"\\u00e9"',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join("")
        let isJson = true
        try {
          JSON.parse(text)
        } catch {
          isJson = false
        }
        expect(!read(text).startsWith("error: ")).toBe(isJson)
      }),
      { numRuns: 3000 },
    )
  })

  it.each([
    ["", "line 1, column 1: a value is missing"],
    ['{"a": 1,}', "line 1, column 9: a name in quotes is missing"],
    ['{"a" 1}', "line 1, column 6: ':' is missing"],
    ['{\n "a": [1 2]}', "line 2, column 10: ',' or ']' is missing"],
    ['{"a": 1', "line 1, column 8: ',' or '}' is missing"],
    ['"abc', "line 1, column 5: a text does not end"],
    ['"\\x"', "line 1, column 3: an unknown escape"],
    ['"\\u12g4"', "line 1, column 6: four hexadecimal digits are missing"],
    ["01", "line 1, column 2: something follows the value"],
    ["-", "line 1, column 2: a digit is missing"],
    ["1.", "line 1, column 3: a digit is missing"],
    ["[".repeat(65), "line 1, column 66: lists and objects lie too deep in each other"],
    ["[1] []", "line 1, column 5: something follows the value"],
  ])("says where %j is wrong", (text, error) => {
    expect(read(text)).toBe(`error: ${error}`)
  })

  it("reads 64 levels, and 10 000 items", () => {
    expect(read(`${"[".repeat(64)}${"]".repeat(64)}`)).toBe(`${"[".repeat(64)}${"]".repeat(64)}`)
    const long = JSON.stringify(Array.from({ length: 10_000 }, (_, i) => i))
    expect(JSON.parse(read(long))).toHaveLength(10_000)
  })
})
