import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { SchemaNode } from "./schema-node.ts"
import { withZeroValues } from "./zero-values.ts"

const schema: SchemaNode = {
  type: "object",
  required: ["name", "port", "spec", "list", "isOn", "either"],
  properties: {
    name: { type: "string" },
    port: { type: "integer" },
    isOn: { type: "boolean" },
    either: { "x-kubernetes-int-or-string": true },
    list: { type: "array", items: { type: "object", required: ["key"], properties: { key: { type: "string" } } } },
    spec: { type: "object", required: ["inner"], properties: { inner: { type: "object" }, free: {} } },
    labels: { type: "object", additionalProperties: { type: "string" } },
    optional: { type: "string" },
  },
}
const zero = { name: "", port: 0, isOn: false, either: 0, list: [], spec: { inner: {} } }

describe("withZeroValues", () => {
  it.each<[string, unknown, unknown]>([
    ["fills what is required", {}, zero],
    ["fills inside of lists", { ...zero, list: [{}, { key: "a" }] }, { ...zero, list: [{ key: "" }, { key: "a" }] }],
    ["replaces what is of another type", { ...zero, name: 1, list: "x", spec: [] }, zero],
    ["leaves out what is of another type and optional", { ...zero, optional: {} }, zero],
    ["leaves out nulls", { ...zero, optional: null, name: null }, zero],
    ["replaces items of another type", { ...zero, list: [1, null] }, { ...zero, list: [{ key: "" }, { key: "" }] }],
    ["keeps unknown members", { ...zero, more: 1 }, { ...zero, more: 1 }],
    ["judges members of maps", { ...zero, labels: { a: "x", b: 1 } }, { ...zero, labels: { a: "x" } }],
    ["keeps texts where numbers may be too", { ...zero, either: "10%" }, { ...zero, either: "10%" }],
    ["gives nothing for another type", [], undefined],
  ])("%s", (_, value, expected) => {
    expect(withZeroValues(schema, value)).toEqual(expected)
  })

  it("keeps the object that fits", () => {
    const value = { ...zero, labels: { a: "x" } }
    expect(withZeroValues(schema, value)).toBe(value)
  })

  it("is done after one time, whatever it gets", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const once = withZeroValues(schema, value)
        expect(withZeroValues(schema, once)).toBe(once)
      }),
    )
  })
})
