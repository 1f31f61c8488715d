import type { SchemaNode } from "../schema/schema-node.ts"

/** A value as rules see it: objects are maps, integers are 64 bit. */
export type RuleValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly RuleValue[]
  | ReadonlyMap<string, RuleValue>

/** Converts a value by its schema; what the schema does not tell is told by the value. */
export function ruleValue(schema: SchemaNode | undefined, value: unknown): RuleValue {
  if (typeof value === "number") return schema?.type !== "number" && Number.isInteger(value) ? BigInt(value) : value
  if (Array.isArray(value)) return value.map((item) => ruleValue(schema?.items, item))
  if (typeof value === "object" && value !== null) return mapOf(schema, value as Readonly<Record<string, unknown>>)
  return (value ?? null) as RuleValue
}

function mapOf(
  schema: SchemaNode | undefined,
  record: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, RuleValue> {
  const map = new Map<string, RuleValue>()
  const rest = typeof schema?.additionalProperties === "object" ? schema.additionalProperties : undefined
  for (const [name, member] of Object.entries(record)) {
    if (member !== undefined) map.set(name, ruleValue(schema?.properties?.[name] ?? rest, member))
  }
  return map
}
