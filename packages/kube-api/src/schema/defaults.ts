import type { SchemaNode } from "./schema-node.ts"

/**
 * A value with the defaults of its schema, as the API server sets them: absent members get theirs, nulls that may not be null count as absent.
 *
 * What needs no default stays the same object. Values that do not fit the schema are left alone.
 */
export function withDefaults(schema: SchemaNode, value: unknown): unknown {
  if (Array.isArray(value)) return schema.items === undefined ? value : listDefaults(schema.items, value)
  if (typeof value !== "object" || value === null) return value
  const record = value as Readonly<Record<string, unknown>>
  let result: Record<string, unknown> | undefined
  const put = (key: string, member: unknown): void => {
    result ??= { ...record }
    if (member === undefined) delete result[key]
    else result[key] = member
  }
  for (const [key, node] of Object.entries(schema.properties ?? {})) {
    const member = record[key]
    if (member === undefined || (member === null && node.nullable !== true)) {
      if (node.default !== undefined) put(key, withDefaults(node, structuredClone(node.default)))
      else if (member === null) put(key, undefined)
      continue
    }
    const full = withDefaults(node, member)
    if (full !== member) put(key, full)
  }
  const { additionalProperties } = schema
  if (typeof additionalProperties === "object") {
    for (const [key, member] of Object.entries(record)) {
      if (schema.properties?.[key] !== undefined) continue
      const full = withDefaults(additionalProperties, member)
      if (full !== member) put(key, full)
    }
  }
  return result ?? record
}

function listDefaults(items: SchemaNode, list: readonly unknown[]): readonly unknown[] {
  let result: unknown[] | undefined
  for (const [index, item] of list.entries()) {
    const full = withDefaults(items, item)
    if (full === item) continue
    result ??= [...list]
    result[index] = full
  }
  return result ?? list
}
