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
  const { properties = {}, additionalProperties } = schema
  let result: Record<string, unknown> | undefined
  const put = (key: string, full: unknown): void => {
    if (full === record[key]) return
    result ??= { ...record }
    if (full === undefined) delete result[key]
    else define(result, key, full)
  }
  for (const key in properties) {
    const node = properties[key]
    if (node !== undefined) put(key, memberDefault(node, Object.hasOwn(record, key) ? record[key] : undefined))
  }
  if (typeof additionalProperties === "object") {
    for (const [key, member] of Object.entries(record))
      if (!Object.hasOwn(properties, key) && member !== undefined) put(key, memberDefault(additionalProperties, member))
  }
  return result ?? record
}

function memberDefault(node: SchemaNode, member: unknown): unknown {
  const isAbsent = member === undefined || (member === null && node.nullable !== true)
  if (!isAbsent) return withDefaults(node, member)
  return node.default === undefined ? undefined : withDefaults(node, structuredClone(node.default))
}

function listDefaults(items: SchemaNode, list: readonly unknown[]): readonly unknown[] {
  let result: unknown[] | undefined
  for (const [index, item] of list.entries()) {
    const full = item === null ? (memberDefault(items, null) ?? null) : withDefaults(items, item)
    if (full === item) continue
    result ??= [...list]
    result[index] = full
  }
  return result ?? list
}

/** Names such as `__proto__` are members like any other. */
function define(record: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true })
}
