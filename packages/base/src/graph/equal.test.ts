import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Secret } from "../secret.ts"
import { structuralEqual } from "./equal.ts"

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)
class Point {
  readonly x = 1
}
const point = new Point()

const equal: readonly [string, unknown, unknown][] = [
  ["not a number", Number.NaN, Number.NaN],
  ["bigints", 5n, 5n],
  ["arrays", [1, [2]], [1, [2]]],
  ["objects in another order", { a: 1, b: { c: 2 } }, { b: { c: 2 }, a: 1 }],
  ["undefined and absent", { a: 1, b: undefined }, { a: 1, c: undefined }],
  ["an object without prototype", Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  ["bytes and a buffer", bytes(1, 2), Buffer.from([1, 2])],
  ["number arrays", Float64Array.of(1, 2), Float64Array.of(1, 2)],
  ["maps with nested values", new Map([["a", [1]]]), new Map([["a", [1]]])],
  ["sets", new Set(["a", "b"]), new Set(["b", "a"])],
  ["secrets with equal bytes", new Secret(bytes(1)), new Secret(bytes(1))],
  ["the same instance", point, point],
]

const different: readonly [string, unknown, unknown][] = [
  ["zero and minus zero", 0, -0],
  ["number and text", 1, "1"],
  ["null and object", null, {}],
  ["null and undefined properties", { a: null }, {}],
  ["lengths", [1], [1, undefined]],
  ["array and object", [], {}],
  ["object and array", {}, []],
  ["a key that the prototype has", {}, { constructor: "x" }],
  ["a key that the prototype has, the other way", { toString: "x" }, {}],
  ["an own __proto__", JSON.parse('{"__proto__":{}}'), {}],
  ["an own __proto__ against another key", JSON.parse('{"__proto__":{}}'), { a: {} }],
  ["bytes", bytes(1, 2), bytes(1, 3)],
  ["byte lengths", bytes(1), bytes(1, 0)],
  ["kinds of number array", Int8Array.of(1), Uint8ClampedArray.of(1)],
  ["maps", new Map([["a", 1]]), new Map([["b", 1]])],
  ["map and set", new Map(), new Set()],
  ["sets", new Set(["a"]), new Set(["b"])],
  ["secrets", new Secret(bytes(1)), new Secret(bytes(2))],
  ["instances of a class", new Point(), new Point()],
  ["instance and plain object", new Point(), { x: 1 }],
  ["functions", () => 1, () => 1],
]

describe("structuralEqual", () => {
  it.each(equal)("holds for %s", (_name, a, b) => {
    expect([structuralEqual(a, b), structuralEqual(b, a)]).toEqual([true, true])
  })

  it.each(different)("tells %s apart", (_name, a, b) => {
    expect([structuralEqual(a, b), structuralEqual(b, a)]).toEqual([false, false])
  })

  it("agrees with canonical JSON on JSON values", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        expect(structuralEqual(a, b)).toBe(canonical(a) === canonical(b))
        expect(structuralEqual(a, structuredClone(a))).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})

function canonical(value: unknown): string {
  if (Object.is(value, -0)) return "-0"
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (typeof value !== "object" || value === null) return JSON.stringify(value)
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join()}}`
}
