import { describe, expect, it } from "vitest"
import { nearest } from "./nearest.ts"
import type { SchemaNode } from "./schema-node.ts"
import { findUnknownFields } from "./unknown-fields.ts"

const schema: SchemaNode = {
  properties: {
    spec: {
      properties: {
        rules: { items: { properties: { matches: {}, filters: {} } } },
        labels: { additionalProperties: { type: "string" } },
        config: { "x-kubernetes-preserve-unknown-fields": true, properties: { known: { properties: {} } } },
        open: { additionalProperties: true },
        empty: { type: "object" },
      },
    },
  },
}

describe("findUnknownFields", () => {
  it.each<[string, unknown, string, string | undefined]>([
    ["a similar name", { rules: [{}, { match: 1 }] }, "spec.rules[1].match", "did you mean spec.rules[1].matches?"],
    ["another case", { Labels: {} }, "spec.Labels", "did you mean spec.labels?"],
    ["swapped letters", { ruels: [] }, "spec.ruels", "did you mean spec.rules?"],
    ["nothing near", { somethingElse: 1 }, "spec.somethingElse", undefined],
    ["an object without members of its own", { empty: { x: 1 } }, "spec.empty.x", undefined],
    ["members below open ones", { config: { known: { x: 1 } } }, "spec.config.known.x", undefined],
    ["objects in lists that should hold none", { labels: { a: [{ b: 1 }] } }, "spec.labels.a[0].b", undefined],
    ["names of all objects", { constructor: 1 }, "spec.constructor", undefined],
  ])("names %s", (_name, spec, field, hint) => {
    const findings = findUnknownFields(schema, { spec })
    expect(findings).toMatchObject([
      { kind: "unknown-field", field, message: `unknown field "${field}"`, isBlocking: false },
    ])
    expect(findings[0]?.hint).toBe(hint)
  })

  it("lets pass what is open", () => {
    const spec = {
      config: { anything: [{ x: 1 }] },
      open: { x: { y: 1 } },
      labels: { "a/b": "x" },
      rules: [null, "x", { matches: 1 }],
    }
    expect(findUnknownFields(schema, { spec })).toEqual([])
  })
})

describe("nearest", () => {
  it.each<[string, readonly string[], string | undefined]>([
    ["backendRef", ["backendRefs", "filters"], "backendRefs"],
    ["BACKENDREFS", ["backendRefs", "backendRef"], "backendRefs"],
    ["hots", ["haste", "host"], "host"],
    ["ab", ["ba"], "ba"],
    ["completely", ["different"], undefined],
    ["a", [], undefined],
  ])("to %s of %j is %s", (word, candidates, want) => {
    expect(nearest(word, candidates)).toBe(want)
  })
})
