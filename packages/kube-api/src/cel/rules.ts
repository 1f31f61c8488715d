// CEL rules of a schema, at every node that has some.
import type { SchemaFinding } from "../schema/finding.ts"
import { goQuote, goValue } from "../schema/go-text.ts"
import type { PathStep } from "../schema/path.ts"
import type { SchemaNode, ValidationRule } from "../schema/schema-node.ts"
import type { Bindings } from "./engine.ts"
import { celEngine } from "./lazy-engine.ts"
import { type RuleValue, ruleName, ruleValue } from "./rule-value.ts"

const ruled = new WeakMap<SchemaNode, boolean>()

/** A value with rules: as written, as rules see it, and as it was. */
interface Place {
  readonly schema: SchemaNode
  readonly raw: unknown
  readonly self: RuleValue
  readonly oldSelf: RuleValue | undefined
  readonly path: readonly PathStep[]
  readonly field: string
}

/**
 * Evaluates the rules of a value that fits its schema.
 *
 * Rules that speak of `oldSelf` need the value before; without one they are left out, as on creation.
 */
export function evaluateRules(schema: SchemaNode, value: unknown, old: unknown): readonly SchemaFinding[] {
  if (!hasRules(schema)) return []
  const findings: SchemaFinding[] = []
  const oldSelf = old === undefined ? undefined : ruleValue(schema, old)
  walk(findings, { schema, raw: value, self: ruleValue(schema, value), oldSelf, path: [], field: "" })
  return findings
}

/** Whether a schema or anything in it has rules; remembered. */
export function hasRules(schema: SchemaNode): boolean {
  const known = ruled.get(schema)
  if (known !== undefined) return known
  const found =
    schema["x-kubernetes-validations"] !== undefined ||
    Object.values(schema.properties ?? {}).some(hasRules) ||
    (schema.items !== undefined && hasRules(schema.items)) ||
    (typeof schema.additionalProperties === "object" && hasRules(schema.additionalProperties))
  ruled.set(schema, found)
  return found
}

function walk(findings: SchemaFinding[], place: Place): void {
  const { schema, raw, self } = place
  if (self === null) return
  for (const rule of schema["x-kubernetes-validations"] ?? []) {
    const finding = judge(rule, place)
    if (finding !== undefined) findings.push(finding)
  }
  if (Array.isArray(raw)) walkList(findings, place, raw, self as readonly RuleValue[])
  else if (self instanceof Map) walkMap(findings, place, raw as Readonly<Record<string, unknown>>, self)
}

function walkList(
  findings: SchemaFinding[],
  { schema, oldSelf, path, field }: Place,
  raw: readonly unknown[],
  self: readonly RuleValue[],
): void {
  const { items } = schema
  if (items === undefined || !hasRules(items)) return
  for (const [index, item] of self.entries()) {
    walk(findings, {
      schema: items,
      raw: raw[index],
      self: item,
      oldSelf: oldItem(schema, oldSelf, item),
      path: [...path, index],
      field: `${field}[${index}]`,
    })
  }
}

function walkMap(
  findings: SchemaFinding[],
  { schema, oldSelf, path, field }: Place,
  raw: Readonly<Record<string, unknown>>,
  self: ReadonlyMap<string, RuleValue>,
): void {
  const { properties = {}, additionalProperties } = schema
  for (const [key, member] of self) {
    const name = key.includes("__") ? (Object.keys(properties).find((known) => ruleName(known) === key) ?? key) : key
    const node = Object.hasOwn(properties, name) ? properties[name] : undefined
    const next = node ?? additionalProperties
    if (typeof next !== "object" || !hasRules(next)) continue
    const named = field === "" ? name : `${field}.${name}`
    walk(findings, {
      schema: next,
      raw: raw[name],
      self: member,
      oldSelf: oldSelf instanceof Map ? (oldSelf as ReadonlyMap<string, RuleValue>).get(key) : undefined,
      path: [...path, name],
      field: node === undefined ? `${field}[${name}]` : named,
    })
  }
}

/** Items of lists with keys are the same when their keys are; items of other lists have no past. */
function oldItem(schema: SchemaNode, old: RuleValue | undefined, item: RuleValue): RuleValue | undefined {
  const keys = schema["x-kubernetes-list-map-keys"]
  if (!Array.isArray(old) || keys === undefined || !(item instanceof Map)) return undefined
  return (old as readonly RuleValue[]).find(
    (other) => other instanceof Map && keys.every((key) => other.get(key) === item.get(key)),
  )
}

function judge(rule: ValidationRule, place: Place): SchemaFinding | undefined {
  const { schema, raw, self, oldSelf, path } = place
  if (oldSelf === undefined && rule.optionalOldSelf !== true && /\boldSelf\b/.test(rule.rule)) return undefined
  const bindings = bindingsOf(rule, self, oldSelf)
  const result = celEngine().evaluate(rule.rule, bindings)
  if ("value" in result && result.value === true) return undefined
  const field = `${place.field}${rule.fieldPath ?? ""}`
  const base = { kind: "rule", path, field: field === "" ? "<nil>" : field, isBlocking: false } as const
  if ("error" in result) {
    const message = `Invalid value: ${goQuote(schema.type ?? "")}: ${failure(result.error, textOf(rule))}`
    return { ...base, message }
  }
  const value = schema.type === "object" || schema.type === "array" ? undefined : goValue(raw)
  return { ...base, message: verdict(rule, value, messageOf(rule, bindings)) }
}

/** A rule that is asked about the first time too has an optional past: a list of one or none. */
function bindingsOf({ optionalOldSelf }: ValidationRule, self: RuleValue, oldSelf: RuleValue | undefined): Bindings {
  if (optionalOldSelf === true) return { self, oldSelf: oldSelf === undefined ? [] : [oldSelf] }
  return oldSelf === undefined ? { self } : { self, oldSelf }
}

function failure(error: string, text: string): string {
  if (!error.startsWith("no such overload")) return `${error} evaluating rule: ${text}`
  return `'${error}': call arguments did not match a supported operator, function or macro signature for rule: ${text}`
}

/** The words for a rule's reason; values of objects and lists are left out. */
function verdict({ reason }: ValidationRule, value: string | undefined, detail: string): string {
  const shown = value === undefined ? "" : `: ${value}`
  switch (reason) {
    case "FieldValueForbidden":
      return `Forbidden: ${detail}`
    case "FieldValueRequired":
      return `Required value: ${detail}`
    case "FieldValueDuplicate":
      return `Duplicate value${shown}`
    default:
      return `Invalid value${shown}: ${detail}`
  }
}

/** Longest message an expression may give, in bytes. */
const maxMessageBytes = 5 * 1024

function messageOf(rule: ValidationRule, bindings: Bindings): string {
  if (rule.messageExpression !== undefined) {
    const result = celEngine().evaluate(rule.messageExpression, bindings)
    const text = "value" in result && typeof result.value === "string" ? result.value.trim() : ""
    if (text !== "" && !text.includes("\n") && Buffer.byteLength(text) <= maxMessageBytes) return text
  }
  return rule.message === undefined || rule.message === "" ? `failed rule: ${textOf(rule)}` : rule.message.trim()
}

function textOf({ rule, message }: ValidationRule): string {
  return (message === undefined || message === "" ? rule : message).trim()
}
