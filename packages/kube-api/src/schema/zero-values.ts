import type { SchemaNode } from "./schema-node.ts"

/**
 * A value as a typed client would hold it: members that are required and absent have the zero value of their type, and members
 * of another type than their schema's are as if they were absent. Undefined when the value itself is of another type.
 *
 * What fits already stays the same object. A rule about combinations (`oneOf`) is not looked at.
 */
export function withZeroValues(schema: SchemaNode, value: unknown): unknown {
  if (!isOfType(schema, value)) return undefined
  if (Array.isArray(value)) return schema.items === undefined ? value : listValues(schema.items, value)
  if (typeof value !== "object" || value === null) return value
  const record = value as Readonly<Record<string, unknown>>
  const { properties = {}, additionalProperties, required = [] } = schema
  const members = new Map(Object.entries(record))
  for (const [name, member] of members) {
    const node = Object.hasOwn(properties, name) ? properties[name] : additionalProperties
    if (typeof node === "object") members.set(name, withZeroValues(node, member))
  }
  for (const name of required) {
    const node = Object.hasOwn(properties, name) ? properties[name] : undefined
    if (node !== undefined && (members.get(name) ?? undefined) === undefined) members.set(name, zeroOf(node))
  }
  const isSame = members.size === Object.keys(record).length && [...members].every(([name, m]) => m === record[name])
  return isSame ? record : Object.fromEntries([...members].filter(([, member]) => member !== undefined))
}

function listValues(items: SchemaNode, list: readonly unknown[]): readonly unknown[] {
  const values = list.map((item) => withZeroValues(items, item) ?? zeroOf(items))
  return values.every((value, i) => value === list[i]) ? list : values
}

/** Source: the zero values of Go's types, which a Go client fills in. */
function zeroOf(schema: SchemaNode): unknown {
  if (schema["x-kubernetes-int-or-string"] === true) return 0
  switch (schema.type) {
    case "object":
      return withZeroValues(schema, {})
    case "array":
      return []
    case "string":
      return ""
    case "integer":
    case "number":
      return 0
    case "boolean":
      return false
    default:
      return undefined
  }
}

function isOfType(schema: SchemaNode, value: unknown): boolean {
  if (value === undefined) return true
  if (value === null) return schema.nullable === true || schema.type === undefined
  if (schema["x-kubernetes-int-or-string"] === true) return typeof value === "string" || Number.isInteger(value)
  switch (schema.type) {
    case "object":
      return typeof value === "object" && !Array.isArray(value)
    case "array":
      return Array.isArray(value)
    case "integer":
    case "number":
      return typeof value === "number" || typeof value === "bigint"
    case "string":
      return typeof value === "string"
    case "boolean":
      return typeof value === "boolean"
    default:
      return true
  }
}
