// Lists whose items must differ: sets by the whole item, maps by their keys.
import type { SchemaFinding } from "./finding.ts"
import { goJson, goValue } from "./go-text.ts"
import type { PathStep } from "./path.ts"
import type { SchemaNode } from "./schema-node.ts"

/** Duplicates in lists of type set and map. Each value is named once, at its second place. */
export function findDuplicates(schema: SchemaNode, value: unknown): readonly SchemaFinding[] {
  const findings: SchemaFinding[] = []
  if (hasListTypes(schema)) visit(findings, schema, value, [], "")
  return findings
}

const known = new WeakMap<SchemaNode, boolean>()

function hasListTypes(schema: SchemaNode): boolean {
  let found = known.get(schema)
  if (found !== undefined) return found
  const type = schema["x-kubernetes-list-type"]
  found =
    type === "set" ||
    type === "map" ||
    Object.values(schema.properties ?? {}).some(hasListTypes) ||
    (schema.items !== undefined && hasListTypes(schema.items)) ||
    (typeof schema.additionalProperties === "object" && hasListTypes(schema.additionalProperties))
  known.set(schema, found)
  return found
}

function visit(
  findings: SchemaFinding[],
  schema: SchemaNode,
  value: unknown,
  path: readonly PathStep[],
  field: string,
): void {
  if (Array.isArray(value)) visitList(findings, schema, value, path, field)
  else if (typeof value === "object" && value !== null)
    visitMembers(findings, schema, value as Readonly<Record<string, unknown>>, path, field)
}

function visitMembers(
  findings: SchemaFinding[],
  schema: SchemaNode,
  value: Readonly<Record<string, unknown>>,
  path: readonly PathStep[],
  field: string,
): void {
  const { properties = {}, additionalProperties } = schema
  for (const [name, member] of Object.entries(value)) {
    const node = Object.hasOwn(properties, name) ? properties[name] : undefined
    if (node !== undefined) {
      if (hasListTypes(node)) visit(findings, node, member, [...path, name], field === "" ? name : `${field}.${name}`)
    } else if (typeof additionalProperties === "object" && hasListTypes(additionalProperties)) {
      visit(findings, additionalProperties, member, [...path, name], `${field}[${name}]`)
    }
  }
}

function visitList(
  findings: SchemaFinding[],
  schema: SchemaNode,
  list: readonly unknown[],
  path: readonly PathStep[],
  field: string,
): void {
  const refuse = (index: number, message: string): void => {
    findings.push({ kind: "schema", path: [...path, index], field: `${field}[${index}]`, message, isBlocking: false })
  }
  const type = schema["x-kubernetes-list-type"]
  const odd = type === "map" ? list.findIndex((item) => item !== null && !isRecord(item)) : -1
  if (odd >= 0) refuse(odd, `Invalid value: ${goValue(list[odd])}: must be an object for an array of list-type map`)
  else if (type === "set") eachDuplicate(list, goValue, refuse)
  else if (type === "map") {
    const keys = schema["x-kubernetes-list-map-keys"] ?? []
    eachDuplicate(
      list.map((item) => keysOf(item, keys)),
      goJson,
      refuse,
    )
  }
  const { items } = schema
  if (items === undefined || !hasListTypes(items)) return
  for (const [index, item] of list.entries()) visit(findings, items, item, [...path, index], `${field}[${index}]`)
}

function eachDuplicate(
  list: readonly unknown[],
  print: (value: unknown) => string,
  refuse: (index: number, message: string) => void,
): void {
  const times = new Map<string, number>()
  for (const [index, item] of list.entries()) {
    const identity = goJson(item)
    const count = times.get(identity) ?? 0
    if (count === 1) refuse(index, `Duplicate value: ${print(item)}`)
    times.set(identity, count + 1)
  }
}

function keysOf(item: unknown, keys: readonly string[]): Readonly<Record<string, unknown>> {
  if (!isRecord(item)) return {}
  return Object.fromEntries(keys.filter((key) => item[key] !== undefined).map((key) => [key, item[key]]))
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
