// An interpretive walker over structural schemas: no compilation, the API server's words, everything collected.
// What is checked after what, and what a failure leaves unchecked, follows kube-openapi's validator (Kubernetes 1.36).
import { checkCombinations } from "./combinations.ts"
import type { SchemaFinding } from "./finding.ts"
import { goQuote, goValue } from "./go-text.ts"
import { checkNumber } from "./number-range.ts"
import type { PathStep } from "./path.ts"
import type { SchemaNode } from "./schema-node.ts"
import { checkText } from "./text-form.ts"
import { checkType } from "./value-type.ts"
import { add, type Walk } from "./walk.ts"

/** Judges a value by a schema, without list types, unknown fields and rules. */
export function validateSchema(schema: SchemaNode, value: unknown): readonly SchemaFinding[] {
  const walk: Walk = { findings: [], path: [], matches: 0 }
  checkValue(walk, schema, value)
  return walk.findings
}

/** Adds what a schema refuses in a value. */
export function checkValue(walk: Walk, schema: SchemaNode, value: unknown): void {
  checkType(walk, schema, value)
  if (value === null) {
    checkEnum(walk, schema, value)
    return
  }
  walk.matches += 2
  checkCombinations(walk, schema, value)
  if (typeof value === "string") checkText(walk, schema, value)
  else if (typeof value === "number" || typeof value === "bigint") checkNumber(walk, schema, value)
  else if (Array.isArray(value)) checkList(walk, schema, value)
  checkEnum(walk, schema, value)
  if (typeof value === "object" && !Array.isArray(value))
    checkRecord(walk, schema, value as Readonly<Record<string, unknown>>)
}

function checkEnum(walk: Walk, schema: SchemaNode, value: unknown): void {
  if (schema.enum === undefined || schema.enum.includes(value)) return
  const choices = schema.enum.map((choice) => goQuote(typeof choice === "string" ? choice : JSON.stringify(choice)))
  add(walk, true, () => `Unsupported value: ${goValue(value)}: supported values: ${choices.join(", ")}`)
}

function checkList(walk: Walk, schema: SchemaNode, list: readonly unknown[]): void {
  const { minItems, maxItems, items } = schema
  if (items !== undefined) for (const [index, item] of list.entries()) checkMember(walk, items, index, item)
  if (minItems !== undefined && list.length < minItems)
    add(
      walk,
      false,
      (field) => `Invalid value: ${list.length}: ${field} in body should have at least ${minItems} items`,
    )
  if (maxItems !== undefined && list.length > maxItems) add(walk, true, () => tooMany(list.length, maxItems))
  walk.matches += 2
}

function checkRecord(walk: Walk, schema: SchemaNode, record: Readonly<Record<string, unknown>>): void {
  const { maxProperties, minProperties, properties = {}, additionalProperties } = schema
  const names = Object.keys(record).filter((name) => record[name] !== undefined)
  if (minProperties !== undefined && names.length < minProperties) {
    const want = `should have at least ${minProperties} properties`
    add(walk, false, (field) => `Invalid value: ${names.length}: ${field} in body ${want}`)
  }
  if (maxProperties !== undefined && names.length > maxProperties)
    add(walk, true, () => tooMany(names.length, maxProperties))
  for (const name of names) {
    const node = Object.hasOwn(properties, name) ? properties[name] : additionalProperties
    if (typeof node === "object") checkMember(walk, node, name, record[name])
  }
  for (const name of schema.required ?? []) {
    if (Object.hasOwn(record, name) && record[name] !== undefined) continue
    walk.path.push(name)
    add(walk, true, () => "Required value")
    walk.path.pop()
  }
  walk.matches += 1
}

function checkMember(walk: Walk, schema: SchemaNode, step: PathStep, value: unknown): void {
  walk.path.push(step)
  checkValue(walk, schema, value)
  walk.path.pop()
}

function tooMany(actual: number, limit: number): string {
  return `Too many: ${actual}: must have at most ${limit} ${limit === 1 ? "item" : "items"}`
}
