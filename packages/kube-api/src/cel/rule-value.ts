import type { SchemaNode } from "../schema/schema-node.ts"

/** A value as rules see it: objects are maps, integers are 64 bit. */
export type RuleValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Uint8Array
  | readonly RuleValue[]
  | ReadonlyMap<string, RuleValue>

/** Converts a value by its schema; what the schema does not tell is told by the value. */
export function ruleValue(schema: SchemaNode | undefined, value: unknown): RuleValue {
  switch (typeof value) {
    case "number":
      return schema?.type !== "number" && Number.isInteger(value) ? BigInt(value) : value
    case "string":
      return schema?.format === "byte" ? Buffer.from(value, "base64") : value
    case "object":
      if (value === null) return null
      if (Array.isArray(value)) return value.map((item) => ruleValue(schema?.items, item))
      return mapOf(schema, value as Readonly<Record<string, unknown>>)
    default:
      return (value ?? null) as RuleValue
  }
}

function mapOf(
  schema: SchemaNode | undefined,
  record: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, RuleValue> {
  const map = new Map<string, RuleValue>()
  const { properties, additionalProperties } = schema ?? {}
  const rest = typeof additionalProperties === "object" ? additionalProperties : undefined
  for (const name in record) {
    const member = record[name]
    if (member === undefined) continue
    const node = properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : undefined
    map.set(node === undefined ? name : ruleName(name), ruleValue(node ?? rest, member))
  }
  return map
}

const reserved = new Set(
  "true false null in as break const continue else for function if import let loop package namespace return var void while".split(
    " ",
  ),
)

/** A member's name as rules write it, where it is no identifier or reserved. Source: Kubernetes 1.36, `cel.Escape`. */
export function ruleName(name: string): string {
  if (reserved.has(name)) return `__${name}__`
  if (/^[A-Za-z0-9]*$/.test(name) || !/__|[./-]/.test(name)) return name
  return name
    .replaceAll("__", "__underscores__")
    .replaceAll(".", "__dot__")
    .replaceAll("-", "__dash__")
    .replaceAll("/", "__slash__")
}
