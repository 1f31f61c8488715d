import { describe, expect, it } from "vitest"
import type { SchemaNode } from "./schema-node.ts"
import { validateSchema } from "./validate.ts"

const texts = (schema: SchemaNode, value: unknown): readonly string[] =>
  validateSchema({ type: "object", properties: { a: schema } }, { a: value }).map(
    ({ field, message, isBlocking }) => `${isBlocking ? "!" : ""}${field}: ${message}`,
  )

const wrongType = (wanted: string, actual: string): string =>
  `!a: Invalid value: "${actual}": a in body must be of type ${wanted}: "${actual}"`
const intOrString: SchemaNode = {
  "x-kubernetes-int-or-string": true,
  anyOf: [{ type: "integer" }, { type: "string" }],
}

describe("validateSchema", () => {
  it.each<[string, SchemaNode, unknown, readonly string[]]>([
    ["a text for a number", { type: "integer" }, "1", [wrongType("integer", "string")]],
    ["a number for a text", { type: "string" }, 1, [wrongType("string", "integer")]],
    [
      "a fraction for an integer",
      { type: "integer" },
      1.5,
      [
        wrongType("integer", "number"),
        '<nil>: Invalid value: "": Checked value must be of type integer (default format) in a',
      ],
    ],
    ["an integer for a number", { type: "number" }, 1, []],
    ["a list for an object", { type: "object" }, [], [wrongType("object", "array")]],
    ["an object for a truth", { type: "boolean" }, {}, [wrongType("boolean", "object")]],
    ["null", { type: "string" }, null, [wrongType("string", "null")]],
    ["null where it may be", { type: "string", nullable: true }, null, []],
    [
      "null where a choice is wanted",
      { type: "string", enum: ["x"] },
      null,
      [wrongType("string", "null"), '!a: Unsupported value: null: supported values: "x"'],
    ],
    ["a number for a text with a format", { type: "string", format: "byte" }, 1, [wrongType("byte", "int64")]],
    ["a truth for an integer with a format", { type: "integer", format: "int32" }, true, [wrongType("int32", "")]],
    [
      "a text for an integer with a format",
      { type: "integer", format: "int32" },
      "1",
      [wrongType("integer", "string")],
    ],
    [
      "a list for a text with a format, which the server lets pass",
      { type: "string", format: "byte" },
      [],
      [wrongType("string", "array")],
    ],
    ["anything where no type is wanted", {}, [1], []],
    [
      "an unknown choice",
      { type: "string", enum: ["x", "y"] },
      "z",
      ['!a: Unsupported value: "z": supported values: "x", "y"'],
    ],
    [
      "an unknown number of some",
      { type: "integer", enum: [301, 302] },
      5,
      ['!a: Unsupported value: 5: supported values: "301", "302"'],
    ],
    [
      "a choice of the wrong type",
      { type: "string", enum: ["x"] },
      5,
      [wrongType("string", "integer"), '!a: Unsupported value: 5: supported values: "x"'],
    ],
  ])("refuses %s", (_name, schema, value, want) => {
    expect(texts(schema, value)).toEqual(want)
  })

  it.each<[string, SchemaNode, unknown, readonly string[]]>([
    ["too long a text", { maxLength: 2 }, "abc", ["!a: Too long: may not be more than 2 bytes"]],
    ["too long for one", { maxLength: 1 }, "ab", ["!a: Too long: may not be more than 1 byte"]],
    ["characters, not bytes or UTF-16 units", { maxLength: 2, minLength: 2 }, "😀é", []],
    [
      "too short a text, and leaves out its pattern",
      { minLength: 1, pattern: "^a$" },
      "",
      ['a: Invalid value: "": a in body should be at least 1 chars long'],
    ],
    ["a text of another form", { pattern: "^a$" }, "b\n", ["a: Invalid value: \"b\\n\": a in body should match '^a$'"]],
    [
      "a text of another format",
      { type: "string", format: "ipv4" },
      "x",
      ['!a: Invalid value: "x": a in body must be of type ipv4: "x"'],
    ],
    ["nothing about formats nobody knows", { type: "string", format: "semver" }, "x", []],
    ["nothing about formats of other types", { type: "string", format: "int32" }, "x", []],
    ["too large a number", { maximum: 5 }, 6, ["a: Invalid value: 6: a in body should be less than or equal to 5"]],
    [
      "a number at an open end",
      { maximum: 5, exclusiveMaximum: true },
      5,
      ["a: Invalid value: 5: a in body should be less than 5"],
    ],
    [
      "too small a number",
      { minimum: 1 },
      -1,
      ["a: Invalid value: -1: a in body should be greater than or equal to 1"],
    ],
    [
      "a number at an open start",
      { minimum: 1, exclusiveMinimum: true },
      1,
      ["a: Invalid value: 1: a in body should be greater than 1"],
    ],
    [
      "a fraction beyond a large bound",
      { type: "number", maximum: 4_294_967_295 },
      4_294_967_295.5,
      ["a: Invalid value: 4.2949672955e+09: a in body should be less than or equal to 4.294967295e+09"],
    ],
    [
      "a number that is no multiple",
      { multipleOf: 10 },
      15,
      ["a: Invalid value: 15: a in body should be a multiple of 10"],
    ],
    [
      "more than 32 bits",
      { type: "integer", format: "int32" },
      2 ** 31,
      ['<nil>: Invalid value: "": Checked value must be of type integer with format int32 in a'],
    ],
    [
      "more than 64 bits",
      { type: "integer" },
      1e30,
      [
        wrongType("integer", "number"),
        '<nil>: Invalid value: "": Checked value must be of type integer (default format) in a',
      ],
    ],
    ["too many items", { maxItems: 1 }, [1, 2], ["!a: Too many: 2: must have at most 1 item"]],
    ["too few items", { minItems: 2 }, [1], ["a: Invalid value: 1: a in body should have at least 2 items"]],
    ["too many members", { maxProperties: 2 }, { x: 1, y: 2, z: 3 }, ["!a: Too many: 3: must have at most 2 items"]],
    ["too few members", { minProperties: 1 }, {}, ["a: Invalid value: 0: a in body should have at least 1 properties"]],
    ["a missing member", { required: ["b", "toString"] }, {}, ["!a.b: Required value", "!a.toString: Required value"]],
    [
      "items and members at their places",
      {
        items: { additionalProperties: { type: "string" } },
      },
      [{ "x/y": 1 }],
      ['!a[0].x/y: Invalid value: "integer": a[0].x/y in body must be of type string: "integer"'],
    ],
  ])("finds %s", (_name, schema, value, want) => {
    expect(texts(schema, value)).toEqual(want)
  })

  it("takes a fraction that is nearly an integer for one, as the server does", () => {
    expect(texts({ type: "integer", format: "int64" }, 4_294_967_296.5)).toEqual([
      '<nil>: Invalid value: "": Checked value must be of type integer with format int64 in a',
    ])
  })
})

describe("combined schemas", () => {
  const quantity: SchemaNode = { ...intOrString, allOf: [{ pattern: "^[0-9]+m?$" }, { pattern: "^[0-9]+[km]?$" }] }

  it.each<[string, SchemaNode, unknown, readonly string[]]>([
    ["an integer or a text", intOrString, 1, []],
    [
      "neither integer nor text",
      intOrString,
      true,
      [
        wrongType("integer,string", "boolean"),
        '<nil>: Invalid value: "": "a" must validate at least one schema (anyOf)',
        wrongType("integer", "boolean"),
      ],
    ],
    ["all of some", quantity, "1m", []],
    [
      "one of all",
      quantity,
      "1k",
      [
        "a: Invalid value: \"1k\": a in body should match '^[0-9]+m?$'",
        '<nil>: Invalid value: "": "a" must validate all the schemas (allOf)',
      ],
    ],
    [
      "none of all",
      quantity,
      "x",
      [
        "a: Invalid value: \"x\": a in body should match '^[0-9]+m?$'",
        "a: Invalid value: \"x\": a in body should match '^[0-9]+[km]?$'",
        '<nil>: Invalid value: "": "a" must validate all the schemas (allOf). None validated',
      ],
    ],
    ["one of some", { oneOf: [{ enum: ["x"] }, { enum: ["y"] }] }, "x", []],
    [
      "none of one",
      { oneOf: [{ enum: ["x"] }, { enum: ["y"] }] },
      "z",
      [
        '<nil>: Invalid value: "": "a" must validate one and only one schema (oneOf). Found none valid',
        '!a: Unsupported value: "z": supported values: "x"',
      ],
    ],
    [
      "two of one",
      { oneOf: [{ enum: ["x"] }, { enum: ["x", "y"] }] },
      "x",
      ['<nil>: Invalid value: "": "a" must validate one and only one schema (oneOf). Found 2 valid alternatives'],
    ],
    [
      "what must not be",
      { not: { enum: ["x"] } },
      "x",
      ['<nil>: Invalid value: "": "a" must not validate the schema (not)'],
    ],
    [
      "the nearest of alternatives",
      {
        anyOf: [{ properties: { t: { enum: ["x"] } } }, { properties: { t: { enum: ["y"] }, v: { type: "string" } } }],
      },
      { t: "z", v: "1" },
      [
        '<nil>: Invalid value: "": "a" must validate at least one schema (anyOf)',
        '!a.t: Unsupported value: "z": supported values: "y"',
      ],
    ],
  ])("%s", (_name, schema, value, want) => {
    expect(texts(schema, value)).toEqual(want)
  })

  it("keep the real place where the server names none", () => {
    const [finding] = validateSchema({ properties: { a: { not: {} } } }, { a: 1 })
    expect(finding).toMatchObject({ field: "<nil>", path: ["a"] })
  })
})
