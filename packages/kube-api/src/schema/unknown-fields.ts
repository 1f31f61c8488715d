import type { SchemaFinding } from "./finding.ts"
import { nearest } from "./nearest.ts"
import { dottedPath, type PathStep } from "./path.ts"
import type { SchemaNode } from "./schema-node.ts"

/** Members that a schema does not name and the API server drops, with the nearest name that it knows. */
export function findUnknownFields(schema: SchemaNode, value: unknown): readonly SchemaFinding[] {
  const findings: SchemaFinding[] = []
  visit(findings, schema, value, [])
  return findings
}

/** Whether members that a schema does not name are kept. */
export function keepsUnknown(schema: SchemaNode): boolean {
  return schema["x-kubernetes-preserve-unknown-fields"] === true || schema.additionalProperties === true
}

function visit(findings: SchemaFinding[], schema: SchemaNode, value: unknown, path: PathStep[]): void {
  if (typeof value !== "object" || value === null) return
  const descend = (node: SchemaNode, step: PathStep, member: unknown): void => {
    path.push(step)
    visit(findings, node, member, path)
    path.pop()
  }
  if (Array.isArray(value)) {
    if (schema.items === undefined && keepsUnknown(schema)) return
    for (const [index, item] of value.entries()) descend(schema.items ?? {}, index, item)
    return
  }
  const { properties = {}, additionalProperties } = schema
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue
    const node = Object.hasOwn(properties, name) ? properties[name] : additionalProperties
    if (typeof node === "object") descend(node, name, member)
    else if (!keepsUnknown(schema)) findings.push(unknownField(Object.keys(properties), [...path, name]))
  }
}

/** The finding about one member that none of the known names fits. */
export function unknownField(known: readonly string[], path: readonly PathStep[]): SchemaFinding {
  const field = dottedPath(path)
  const near = nearest(String(path.at(-1)), known)
  const hint = near === undefined ? {} : { hint: `did you mean ${dottedPath([...path.slice(0, -1), near])}?` }
  return { kind: "unknown-field", path, field, message: `unknown field "${field}"`, isBlocking: false, ...hint }
}
