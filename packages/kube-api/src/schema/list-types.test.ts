import { describe, expect, it } from "vitest"
import { findDuplicates } from "./list-types.ts"
import type { SchemaNode } from "./schema-node.ts"

const set: SchemaNode = { type: "array", "x-kubernetes-list-type": "set" }
const byName: SchemaNode = { type: "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"] }
const byTwo: SchemaNode = { ...byName, "x-kubernetes-list-map-keys": ["port", "name"] }

const texts = (schema: SchemaNode, value: unknown): readonly string[] =>
  findDuplicates({ properties: { a: schema } }, { a: value }).map(({ field, message }) => `${field}: ${message}`)

describe("findDuplicates", () => {
  it.each<[string, SchemaNode, unknown, readonly string[]]>([
    ["nothing in plain lists", { type: "array" }, ["x", "x"], []],
    [
      "each value of a set once",
      set,
      ["x", "y", "x", "x", 1, "1", 1],
      ['a[2]: Duplicate value: "x"', "a[6]: Duplicate value: 1"],
    ],
    [
      "equal objects of a set, whatever the order of their names",
      set,
      [
        { b: 1, c: 2 },
        { c: 2, b: 1 },
      ],
      ['a[1]: Duplicate value: {"b":1,"c":2}'],
    ],
    [
      "equal keys",
      byName,
      [{ name: "x", v: 1 }, { name: "x" }, {}, null],
      ['a[1]: Duplicate value: {"name":"x"}', "a[3]: Duplicate value: {}"],
    ],
    [
      "keys of several members",
      byTwo,
      [{ port: 1 }, { port: 1, name: "x" }, { name: "x", port: 1 }],
      ['a[2]: Duplicate value: {"name":"x","port":1}'],
    ],
    [
      "items that are no objects",
      byName,
      ["x", { name: "x" }, { name: "x" }],
      ['a[0]: Invalid value: "x": must be an object for an array of list-type map'],
    ],
    [
      "lists within maps and lists",
      { additionalProperties: { type: "array", items: set } },
      { "b/c": [[], [1, 1]] },
      ["a[b/c][1][1]: Duplicate value: 1"],
    ],
    ["nothing where there is no list", set, "x", []],
  ])("finds %s", (_name, schema, value, want) => {
    expect(texts(schema, value)).toEqual(want)
  })
})
