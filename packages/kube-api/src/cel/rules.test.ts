import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { parse } from "@bufbuild/cel"
import { describe, expect, it } from "vitest"
import type { SchemaNode, ValidationRule } from "../schema/schema-node.ts"
import { ruleName } from "./rule-value.ts"
import { evaluateRules } from "./rules.ts"

const texts = (schema: SchemaNode, value: unknown, old?: unknown): readonly string[] =>
  evaluateRules(
    { type: "object", properties: { a: schema } },
    { a: value },
    old === undefined ? undefined : { a: old },
  ).map(({ field, message }) => `${field}: ${message}`)

const rules = (...all: readonly ValidationRule[]): SchemaNode => ({ "x-kubernetes-validations": all })

describe("evaluateRules", () => {
  it.each<[string, SchemaNode, unknown, readonly string[]]>([
    ["holds", { type: "integer", ...rules({ rule: "self > 1" }) }, 2, []],
    [
      "shows a plain value",
      { type: "integer", ...rules({ rule: "self > 1", message: " too small " }) },
      1,
      ["a: Invalid value: 1: too small"],
    ],
    [
      "shows a text in quotes",
      { type: "string", ...rules({ rule: "self == ''" }) },
      "x\n",
      ["a: Invalid value: \"x\\n\": failed rule: self == ''"],
    ],
    [
      "leaves out objects and lists",
      { type: "object", ...rules({ rule: "false", message: "no" }) },
      {},
      ["a: Invalid value: no"],
    ],
    ["is not asked about null", { type: "object", nullable: true, ...rules({ rule: "false" }) }, null, []],
    [
      "says why it could not be asked",
      { type: "object", ...rules({ rule: "self.x > 1", message: "x" }) },
      {},
      ['a: Invalid value: "object": no such key: x evaluating rule: x'],
    ],
    [
      "says when types do not fit",
      { "x-kubernetes-int-or-string": true, ...rules({ rule: "self > 1" }) },
      "x",
      [
        `a: Invalid value: "": 'no such overload': call arguments did not match a supported operator, function or macro signature for rule: self > 1`,
      ],
    ],
    [
      "has a message of its own making",
      {
        type: "integer",
        ...rules({ rule: "false", message: "no", messageExpression: "'got ' + string(self)" }),
      },
      5,
      ["a: Invalid value: 5: got 5"],
    ],
    [
      "falls back when that fails",
      {
        type: "integer",
        ...rules(
          { rule: "false", message: "no", messageExpression: "self.x" },
          { rule: "false", message: "nor", messageExpression: "'two\\nlines'" },
          { rule: "false", messageExpression: "' '" },
        ),
      },
      5,
      ["a: Invalid value: 5: no", "a: Invalid value: 5: nor", "a: Invalid value: 5: failed rule: false"],
    ],
    [
      "has reasons and places",
      {
        type: "object",
        ...rules(
          { rule: "false", message: "m", reason: "FieldValueForbidden" },
          { rule: "false", message: "m", reason: "FieldValueRequired", fieldPath: ".x.y" },
          { rule: "false", message: "m", reason: "FieldValueDuplicate" },
        ),
      },
      {},
      ["a: Forbidden: m", "a.x.y: Required value: m", "a: Duplicate value"],
    ],
    [
      "is asked everywhere below",
      {
        type: "object",
        properties: { l: { type: "array", items: { type: "integer", ...rules({ rule: "self > 0" }) } } },
        additionalProperties: { type: "integer", ...rules({ rule: "self > 0" }) },
      },
      { l: [1, 0], "x/y": 0 },
      ["a.l[1]: Invalid value: 0: failed rule: self > 0", "a[x/y]: Invalid value: 0: failed rule: self > 0"],
    ],
    [
      "writes odd names otherwise",
      {
        type: "object",
        properties: {
          namespace: { type: "string" },
          "a-b.c/d": { type: "integer", ...rules({ rule: "self > 5" }) },
          a__b: { type: "integer" },
        },
        ...rules({
          rule: "self.__namespace__ == 'x' && self.a__dash__b__dot__c__slash__d == 1 && self.a__underscores__b == 2",
        }),
      },
      { namespace: "x", "a-b.c/d": 1, a__b: 2 },
      ["a.a-b.c/d: Invalid value: 1: failed rule: self > 5"],
    ],
    [
      "sees bytes and 64 bit integers",
      {
        type: "object",
        properties: { b: { type: "string", format: "byte" }, n: { type: "number" } },
        ...rules({ rule: "size(self.b) == 1 && type(self.n) == double && type(self.i) == int" }),
      },
      { b: "YQ==", n: 1, i: 1 },
      [],
    ],
  ])("%s", (_name, schema, value, want) => {
    expect(texts(schema, value)).toEqual(want)
  })

  it("asks about changes only when there is a past", () => {
    const fixed: SchemaNode = { type: "string", ...rules({ rule: "self == oldSelf", message: "fixed" }) }
    expect(texts(fixed, "x")).toEqual([])
    expect(texts(fixed, "x", "x")).toEqual([])
    expect(texts(fixed, "x", "y")).toEqual(['a: Invalid value: "x": fixed'])
  })

  it("asks about the first time too where the rule wants it", () => {
    const optional: SchemaNode = {
      type: "string",
      ...rules({ rule: "oldSelf.orValue(self) == self", message: "fixed", optionalOldSelf: true }),
    }
    expect(texts(optional, "x")).toEqual([])
    expect(texts(optional, "x", "y")).toEqual(['a: Invalid value: "x": fixed'])
  })

  it("finds the past of items by their keys, and of members by their names", () => {
    const fixed: SchemaNode = { type: "object", ...rules({ rule: "self.v == oldSelf.v", message: "fixed" }) }
    const list: SchemaNode = {
      type: "array",
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["k"],
      items: fixed,
    }
    const before = [
      { k: 1, v: 1 },
      { k: 2, v: 2 },
    ]
    expect(
      texts(
        list,
        [
          { k: 2, v: 2 },
          { k: 1, v: 5 },
          { k: 3, v: 3 },
        ],
        before,
      ),
    ).toEqual(["a[1]: Invalid value: fixed"])
    expect(texts({ ...list, "x-kubernetes-list-map-keys": [] as never, items: fixed }, [{ v: 5 }], [])).toEqual([])
    expect(texts({ type: "array", items: fixed }, [{ v: 5 }], [{ v: 1 }])).toEqual([])
    expect(texts({ additionalProperties: fixed }, { x: { v: 2 }, y: { v: 1 } }, { x: { v: 1 } })).toEqual([
      "a[x]: Invalid value: fixed",
    ])
  })
})

describe("ruleName", () => {
  it.each([
    ["plain", "plain"],
    ["in", "__in__"],
    ["a-b", "a__dash__b"],
    ["a.b/c", "a__dot__b__slash__c"],
    ["a__b", "a__underscores__b"],
    ["a_b", "a_b"],
  ])("of %s is %s", (name, want) => {
    expect(ruleName(name)).toBe(want)
  })
})

describe("the rules of the schemas", () => {
  const folder = join(import.meta.dirname, "..", "..", "crds")

  it.each(readdirSync(folder).filter((file) => file !== "provenance.json"))("of %s can all be read", (file) => {
    JSON.parse(readFileSync(join(folder, file), "utf8"), (key, value: unknown) => {
      if (key !== "x-kubernetes-validations") return value
      for (const { rule, messageExpression } of value as readonly ValidationRule[])
        for (const text of [rule, messageExpression])
          if (text !== undefined) expect(() => parse(text), text).not.toThrow()
      return value
    })
  })
})
