// An interpretive walker over structural schemas: no compilation, the API server's words, everything collected.
import type { SchemaFinding } from "./finding.ts"
import { hasFormat } from "./formats.ts"
import { nearest } from "./nearest.ts"
import { fieldPath, type PathStep } from "./path.ts"
import { matchesPattern } from "./patterns.ts"
import type { SchemaNode } from "./schema-node.ts"

/** Deepest value that is looked into. */
const maxDepth = 200

/** Judges a value by a schema. Unknown fields are findings of a kind of their own. */
export function validateSchema(schema: SchemaNode, value: unknown): readonly SchemaFinding[] {
  const findings: SchemaFinding[] = []
  walk({ findings, isProbing: false }, schema, value, [])
  return findings
}

interface Walk {
  readonly findings: SchemaFinding[]
  /** Inside anyOf and the like: only whether it fits counts. */
  readonly isProbing: boolean
}

function walk(state: Walk, schema: SchemaNode, value: unknown, path: readonly PathStep[]): void {
  if (path.length > maxDepth) return
  if (value === null && schema.nullable === true) return
  if (!checkType(state, schema, value, path)) return
  checkEnum(state, schema, value, path)
  if (typeof value === "string") checkText(state, schema, value, path)
  else if (typeof value === "number" || typeof value === "bigint") checkNumber(state, schema, value, path)
  else if (Array.isArray(value)) checkList(state, schema, value, path)
  else if (typeof value === "object" && value !== null)
    checkRecord(state, schema, value as Readonly<Record<string, unknown>>, path)
  checkCombinations(state, schema, value, path)
}

function add(state: Walk, path: readonly PathStep[], message: string, isBlocking: boolean): void {
  state.findings.push({ kind: "schema", path, message, isBlocking })
}

function checkType(state: Walk, schema: SchemaNode, value: unknown, path: readonly PathStep[]): boolean {
  if (schema["x-kubernetes-int-or-string"] === true) {
    if (typeof value === "string" || isInteger(value)) return true
    add(
      state,
      path,
      `Invalid value: ${shown(value)}: ${fieldPath(path)} in body must be of type integer,string: ${shown(value)}`,
      true,
    )
    return false
  }
  const { type } = schema
  if (type === undefined || fits(type, value)) return true
  const actual =
    value === null ? "null" : Array.isArray(value) ? "array" : typeof value === "number" ? "number" : typeof value
  add(
    state,
    path,
    `Invalid value: ${shown(actual)}: ${fieldPath(path)} in body must be of type ${type}: ${shown(actual)}`,
    true,
  )
  return false
}

function fits(type: NonNullable<SchemaNode["type"]>, value: unknown): boolean {
  switch (type) {
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value)
    case "array":
      return Array.isArray(value)
    case "integer":
      return isInteger(value)
    case "number":
      return typeof value === "number" || typeof value === "bigint"
    default:
      return typeof value === type
  }
}

function isInteger(value: unknown): boolean {
  return Number.isInteger(value) || typeof value === "bigint"
}

function checkEnum(state: Walk, schema: SchemaNode, value: unknown, path: readonly PathStep[]): void {
  if (schema.enum === undefined || schema.enum.some((choice) => choice === value)) return
  const choices = schema.enum.map((choice) => JSON.stringify(choice)).join(", ")
  add(state, path, `Unsupported value: ${shown(value)}: supported values: ${choices}`, true)
}

function checkText(state: Walk, schema: SchemaNode, text: string, path: readonly PathStep[]): void {
  const { maxLength, minLength, pattern, format } = schema
  const length = maxLength === undefined && minLength === undefined ? 0 : [...text].length
  if (maxLength !== undefined && length > maxLength)
    add(state, path, `Too long: may not be more than ${maxLength} bytes`, true)
  const body = `Invalid value: ${shown(text)}: ${fieldPath(path)} in body`
  if (minLength !== undefined && length < minLength)
    add(state, path, `${body} should be at least ${minLength} chars long`, false)
  if (pattern !== undefined && !matchesPattern(pattern, text))
    add(state, path, `${body} should match '${pattern}'`, false)
  if (format !== undefined && !hasFormat(format, text))
    add(state, path, `${body} must be of type ${format}: ${shown(text)}`, false)
}

function checkNumber(state: Walk, schema: SchemaNode, value: number | bigint, path: readonly PathStep[]): void {
  const { minimum, maximum, multipleOf, format } = schema
  const body = `Invalid value: ${value}: ${fieldPath(path)} in body`
  if (maximum !== undefined && (value > maximum || (schema.exclusiveMaximum === true && value >= maximum))) {
    add(
      state,
      path,
      `${body} should be less than ${schema.exclusiveMaximum === true ? "" : "or equal to "}${maximum}`,
      false,
    )
  }
  if (minimum !== undefined && (value < minimum || (schema.exclusiveMinimum === true && value <= minimum))) {
    add(
      state,
      path,
      `${body} should be greater than ${schema.exclusiveMinimum === true ? "" : "or equal to "}${minimum}`,
      false,
    )
  }
  if (multipleOf !== undefined && Number(value) % multipleOf !== 0)
    add(state, path, `${body} should be a multiple of ${multipleOf}`, false)
  if (format === "int32" && (value > 2_147_483_647 || value < -2_147_483_648)) {
    add(state, path, `${body} should be less than or equal to 2147483647`, false)
  }
}

function checkList(state: Walk, schema: SchemaNode, list: readonly unknown[], path: readonly PathStep[]): void {
  const { minItems, maxItems, items } = schema
  if (maxItems !== undefined && list.length > maxItems) {
    add(state, path, `Too many: ${list.length}: must have at most ${maxItems} items`, true)
  }
  if (minItems !== undefined && list.length < minItems) {
    add(
      state,
      path,
      `Invalid value: ${list.length}: ${fieldPath(path)} in body should have at least ${minItems} items`,
      false,
    )
  }
  if (items !== undefined) for (const [index, item] of list.entries()) walk(state, items, item, [...path, index])
  checkUnique(state, schema, list, path)
}

function checkUnique(state: Walk, schema: SchemaNode, list: readonly unknown[], path: readonly PathStep[]): void {
  const listType = schema["x-kubernetes-list-type"]
  if (listType !== "set" && listType !== "map") return
  const keys = schema["x-kubernetes-list-map-keys"] ?? []
  const seen = new Set<string>()
  for (const [index, item] of list.entries()) {
    const identity = listType === "set" ? item : identityOf(item, keys, schema.items)
    const text = JSON.stringify(identity)
    if (seen.has(text)) add(state, [...path, index], `Duplicate value: ${text}`, false)
    seen.add(text)
  }
}

function identityOf(item: unknown, keys: readonly string[], schema: SchemaNode | undefined): unknown {
  if (typeof item !== "object" || item === null) return item
  const record = item as Readonly<Record<string, unknown>>
  return Object.fromEntries(keys.map((key) => [key, record[key] ?? schema?.properties?.[key]?.default]))
}

function checkRecord(
  state: Walk,
  schema: SchemaNode,
  record: Readonly<Record<string, unknown>>,
  path: readonly PathStep[],
): void {
  const names = Object.keys(record)
  const { maxProperties, minProperties, properties = {}, additionalProperties } = schema
  if (maxProperties !== undefined && names.length > maxProperties) {
    add(state, path, `Too many: ${names.length}: must have at most ${maxProperties} items`, true)
  }
  if (minProperties !== undefined && names.length < minProperties) {
    add(
      state,
      path,
      `Invalid value: ${names.length}: ${fieldPath(path)} in body should have at least ${minProperties} properties`,
      false,
    )
  }
  for (const name of schema.required ?? [])
    if (record[name] === undefined) add(state, [...path, name], "Required value", true)
  for (const name of names) {
    const value = record[name]
    if (value === undefined) continue
    const node = Object.hasOwn(properties, name) ? properties[name] : undefined
    if (node !== undefined) walk(state, node, value, [...path, name])
    else if (typeof additionalProperties === "object") walk(state, additionalProperties, value, [...path, name])
    else if (!isOpen(schema) && !state.isProbing) noteUnknown(state, properties, name, path)
  }
}

/** Whether members that the schema does not name are kept. */
function isOpen(schema: SchemaNode): boolean {
  if (schema["x-kubernetes-preserve-unknown-fields"] === true || schema.additionalProperties === true) return true
  return schema.properties === undefined && schema.additionalProperties === undefined
}

function noteUnknown(
  state: Walk,
  properties: Readonly<Record<string, SchemaNode>>,
  name: string,
  path: readonly PathStep[],
): void {
  if (path.length === 0 && ["apiVersion", "kind", "metadata"].includes(name)) return
  const near = nearest(name, Object.keys(properties))
  const at = fieldPath([...path, name])
  const hint = near === undefined ? {} : { hint: `did you mean ${fieldPath([...path, near])}?` }
  state.findings.push({
    kind: "unknown-field",
    path: [...path, name],
    message: `unknown field "${at}"`,
    isBlocking: false,
    ...hint,
  })
}

function checkCombinations(state: Walk, schema: SchemaNode, value: unknown, path: readonly PathStep[]): void {
  const probe = (node: SchemaNode): readonly SchemaFinding[] => {
    const inner: Walk = { findings: [], isProbing: true }
    walk(inner, node, value, path)
    return inner.findings
  }
  // The server's own schema library reports these without a path, and names it in the text.
  const summary = (text: string): void =>
    add(state, [], `Invalid value: "": ${JSON.stringify(fieldPath(path))} ${text}`, false)
  const failed = (schema.allOf ?? []).flatMap(probe)
  state.findings.push(...failed)
  if (failed.length > 0) summary("must validate all the schemas (allOf)")
  const anyOf = (schema.anyOf ?? []).map(probe)
  if (anyOf.length > 0 && anyOf.every(({ length }) => length > 0)) {
    state.findings.push(...nearestOf(schema.anyOf ?? [], anyOf, value, path.length))
    summary("must validate at least one schema (anyOf)")
  }
  const oneOf = (schema.oneOf ?? []).map(probe)
  const fitting = oneOf.filter(({ length }) => length === 0).length
  if (oneOf.length > 0 && fitting !== 1) {
    if (fitting === 0) state.findings.push(...nearestOf(schema.oneOf ?? [], oneOf, value, path.length))
    summary("must validate one and only one schema (oneOf)")
  }
  if (schema.not !== undefined && probe(schema.not).length === 0) summary("must not validate the schema (not)")
}

/** Findings of the alternative with the most fitting members; the first of several. Source: the API server's kube-openapi. */
function nearestOf(
  nodes: readonly SchemaNode[],
  findings: readonly (readonly SchemaFinding[])[],
  value: unknown,
  depth: number,
): readonly SchemaFinding[] {
  const fitting = (index: number): number => {
    if (typeof value !== "object" || value === null) return 0
    const failed = new Set(findings[index]?.map(({ path }) => path[depth]))
    return Object.keys(nodes[index]?.properties ?? {}).filter((name) => Object.hasOwn(value, name) && !failed.has(name))
      .length
  }
  let best = 0
  for (let index = 1; index < nodes.length; index++) if (fitting(index) > fitting(best)) best = index
  return findings[best] ?? []
}

/** Type of a value as rules and messages name it. */
export function typeName(value: unknown): string {
  if (Array.isArray(value)) return "array"
  if (value === null) return "null"
  return isInteger(value) ? "integer" : typeof value
}

function shown(value: unknown): string {
  return typeof value === "bigint" ? String(value) : (JSON.stringify(value) ?? "null")
}
