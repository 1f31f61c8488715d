import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { withDefaults } from "./defaults.ts"
import type { SchemaNode } from "./schema-node.ts"

/** The same rule by rule, copying always: what the clever one must equal. */
function oracle(schema: SchemaNode, value: unknown): unknown {
  if (Array.isArray(value)) {
    if (schema.items === undefined) return value
    const items = schema.items
    return value.map((item: unknown) =>
      oracle(items, item === null && items.nullable !== true ? (items.default ?? null) : item),
    )
  }
  if (typeof value !== "object" || value === null) return value
  const result: Record<string, unknown> = {}
  for (const [name, member] of Object.entries(value)) {
    const node = schemaAt(schema, name)
    if (member === null && node !== undefined && node.nullable !== true && node.default === undefined) continue
    result[name] = member
  }
  for (const [name, node] of Object.entries(schema.properties ?? {})) {
    const isNull = result[name] === null && node.nullable !== true
    if (node.default !== undefined && (result[name] === undefined || isNull)) result[name] = node.default
  }
  for (const name of Object.keys(result)) {
    const node = schemaAt(schema, name)
    if (node === undefined) continue
    if (result[name] === null && node.nullable !== true) result[name] = node.default
    result[name] = oracle(node, result[name])
  }
  return result
}

function schemaAt({ properties = {}, additionalProperties }: SchemaNode, name: string): SchemaNode | undefined {
  if (Object.hasOwn(properties, name)) return properties[name]
  return typeof additionalProperties === "object" ? additionalProperties : undefined
}

const names = fc.constantFrom("a", "b", "c", "d")
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.string({ maxLength: 2 }),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(names, tie("value"), { maxKeys: 4 }),
  ),
}))
const { schema } = fc.letrec<{ schema: SchemaNode }>((tie) => ({
  schema: fc.record(
    {
      default: fc.oneof(fc.string({ maxLength: 2 }), fc.constant({}), fc.constant({ a: {} }), fc.constant([null])),
      nullable: fc.boolean(),
      properties: fc.oneof({ maxDepth: 4 }, fc.constant({}), fc.dictionary(names, tie("schema"), { maxKeys: 3 })),
      additionalProperties: fc.oneof({ maxDepth: 4 }, fc.constant(false), tie("schema")),
      items: fc.oneof({ maxDepth: 4 }, fc.constant({}), tie("schema")),
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<SchemaNode>,
}))

describe("withDefaults", () => {
  const port: SchemaNode = {
    properties: {
      protocol: { default: "TCP" },
      options: { default: {}, properties: { weight: { default: 1 } } },
      note: { nullable: true, default: "x" },
      gone: {},
    },
  }

  it.each<[string, unknown, unknown]>([
    [
      "fills in what is absent, and defaults within defaults",
      {},
      { protocol: "TCP", options: { weight: 1 }, note: "x" },
    ],
    [
      "takes nulls for absent where they may not be",
      { protocol: null, note: null, gone: null },
      { protocol: "TCP", options: { weight: 1 }, note: null },
    ],
    [
      "leaves alone what does not fit",
      { protocol: 5, options: "x", note: 1, more: null },
      { protocol: 5, options: "x", note: 1, more: null },
    ],
    ["keeps false and zero", { protocol: 0, options: false, note: "" }, { protocol: 0, options: false, note: "" }],
  ])("%s", (_name, given, want) => {
    expect(withDefaults(port, given)).toEqual(want)
    expect(withDefaults({ items: port }, [given])).toEqual([want])
    expect(withDefaults({ additionalProperties: port }, { x: given })).toEqual({ x: want })
  })

  it("gives the same object when nothing is to be added, and never changes what it got", () => {
    const full = { protocol: "UDP", options: { weight: 2 }, note: "n" }
    expect(withDefaults(port, full)).toBe(full)
    const list = [full, {}]
    const result = withDefaults({ items: port }, list) as unknown[]
    expect(result[0]).toBe(full)
    expect(list).toEqual([full, {}])
  })

  it("never hands out the schema's own default", () => {
    const nested: SchemaNode = { properties: { a: { default: { b: [] } } } }
    const first = withDefaults(nested, {}) as { a: { b: unknown[] } }
    first.a.b.push(1)
    expect(withDefaults(nested, {})).toEqual({ a: { b: [] } })
  })

  it("equals a plain reading of the rules, and setting twice sets once", () => {
    fc.assert(
      fc.property(schema, value, (node, given) => {
        const once = withDefaults(node, given)
        expect(once).toEqual(oracle(node, given))
        expect(withDefaults(node, once)).toEqual(once)
      }),
    )
  })

  it("treats names of all objects as names", () => {
    const odd = JSON.parse('{"__proto__": {}, "constructor": null}') as object
    const node: SchemaNode = { additionalProperties: { properties: { a: { default: 1 } } } }
    expect(JSON.stringify(withDefaults(node, odd))).toBe('{"__proto__":{"a":1}}')
  })
})
