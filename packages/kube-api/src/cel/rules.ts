// CEL rules of a schema, at every node that has some.
import { celEnv, isCelError, parse, plan } from "@bufbuild/cel"
import type { SchemaFinding } from "../schema/finding.ts"
import type { PathStep } from "../schema/path.ts"
import type { SchemaNode, ValidationRule } from "../schema/schema-node.ts"
import { type RuleValue, ruleValue } from "./cel-value.ts"
import { formatName, kubernetesFunctions } from "./functions.ts"

type Evaluate = (bindings: Readonly<Record<string, RuleValue>>) => unknown

const environment = celEnv({ funcs: kubernetesFunctions })
const plans = new Map<string, Evaluate>()
const ruled = new WeakMap<SchemaNode, boolean>()

/** Deepest value whose rules are looked at. */
const maxDepth = 100

/**
 * Evaluates the rules of a value that fits its schema.
 *
 * Rules that speak of `oldSelf` need the value before; without one they are left out, as on creation.
 */
export function evaluateRules(schema: SchemaNode, value: unknown, old: unknown): readonly SchemaFinding[] {
  if (!hasRules(schema)) return []
  const findings: SchemaFinding[] = []
  const before = old === undefined ? undefined : ruleValue(schema, old)
  walk(findings, schema, ruleValue(schema, value), before, [])
  return findings
}

/** Whether a schema or anything in it has rules; remembered. */
function hasRules(schema: SchemaNode): boolean {
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

function walk(
  findings: SchemaFinding[],
  schema: SchemaNode,
  value: RuleValue,
  old: RuleValue | undefined,
  path: readonly PathStep[],
): void {
  if (value === null || path.length > maxDepth) return
  for (const rule of schema["x-kubernetes-validations"] ?? []) {
    const finding = judge(rule, value, old, path)
    if (finding !== undefined) findings.push(finding)
  }
  if (value instanceof Map) walkMap(findings, schema, value as ReadonlyMap<string, RuleValue>, old, path)
  else if (Array.isArray(value) && schema.items !== undefined && hasRules(schema.items)) {
    const items = schema.items
    const list = value as readonly RuleValue[]
    for (const [index, item] of list.entries()) walk(findings, items, item, oldItem(schema, old, item), [...path, index])
  }
}

function walkMap(
  findings: SchemaFinding[],
  schema: SchemaNode,
  map: ReadonlyMap<string, RuleValue>,
  old: RuleValue | undefined,
  path: readonly PathStep[],
): void {
  const before = old instanceof Map ? (old as ReadonlyMap<string, RuleValue>) : undefined
  const rest = typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined
  for (const [name, member] of map) {
    const node = schema.properties?.[name] ?? rest
    if (node !== undefined && hasRules(node)) walk(findings, node, member, before?.get(name), [...path, name])
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

function judge(
  rule: ValidationRule,
  self: RuleValue,
  oldSelf: RuleValue | undefined,
  path: readonly PathStep[],
): SchemaFinding | undefined {
  const isTransition = /\boldSelf\b/.test(rule.rule)
  if (isTransition && oldSelf === undefined) return undefined
  const bindings = { self, [formatName]: formatName, ...(oldSelf === undefined ? {} : { oldSelf }) }
  const result = evaluate(rule.rule, bindings)
  if (result === true) return undefined
  const own = messageOf(rule, bindings)
  const text = isCelError(result) || result instanceof Error ? `${errorText(result)} evaluating rule: ${own}` : own
  return { kind: "rule", path, message: `Invalid value: ${JSON.stringify(typeOf(self))}: ${text}`, isBlocking: false }
}

function messageOf(rule: ValidationRule, bindings: Readonly<Record<string, RuleValue>>): string {
  if (rule.messageExpression !== undefined) {
    const text = evaluate(rule.messageExpression, bindings)
    if (typeof text === "string" && text.trim() !== "") return text.trim()
  }
  return rule.message ?? `failed rule: ${rule.rule.trim()}`
}

function evaluate(expression: string, bindings: Readonly<Record<string, RuleValue>>): unknown {
  try {
    let run = plans.get(expression)
    if (run === undefined) {
      run = plan(environment, parse(unescaped(expression))) as unknown as Evaluate
      plans.set(expression, run)
    }
    return run(bindings)
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

/** Kubernetes writes names that CEL reserves as `__name__`; maps here have them as they are. */
function unescaped(expression: string): string {
  return expression.replace(/\.__([a-z]+)__/g, ".$1")
}

/** The evaluator's words in those of the API server's. */
function errorText(error: Error): string {
  return error.message.replace(/^(?:field not found|key not found|no such field)[: ]*/i, "no such key: ")
}

function typeOf(value: RuleValue): string {
  if (value instanceof Map) return "object"
  if (Array.isArray(value)) return "array"
  return typeof value === "bigint" ? "integer" : typeof value
}
