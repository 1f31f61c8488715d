// Conditions of JSONPath filters, as ohler55/ojg 1.28 evaluates them.
import { compileRegex } from "./json-path-parser.ts"
import type { BinaryOperator, Expression, JsonPath } from "./json-path-syntax.ts"
import { isJsonObject, type Json } from "./json-value.ts"

/** A condition and how the paths in it are followed. */
export interface Condition {
  readonly expression: Expression
  readonly values: (item: Json, path: JsonPath) => readonly Json[]
}

/** No value: a path that found nothing, or an operation that makes no sense. */
const nothing: unique symbol = Symbol("nothing")

type Value =
  | { readonly type: "value"; readonly value: Json | typeof nothing; readonly isFound: boolean }
  | { readonly type: "list"; readonly items: readonly Value[] }
  | { readonly type: "regex"; readonly source: { matcher(text: string): { find(): boolean } } }

/** Most combinations of values that paths with several results are tried in. */
const maxCombinations = 10_000

/** Whether a condition holds for an item. A path with several values holds when one of them does; with others, when one combination does. */
export function holds({ expression, values }: Condition, item: Json): boolean {
  const found = new Map<Expression, readonly Json[]>()
  collect(expression, (path, of) => found.set(of, values(item, path)))
  const several = [...found].filter(([, list]) => list.length > 1)
  const combinations = Math.min(
    maxCombinations,
    several.reduce((product, [, list]) => product * list.length, 1),
  )
  for (let n = 0; n < combinations; n++) {
    let rest = n
    const chosen = new Map<Expression, number>()
    for (const [of, list] of several) {
      chosen.set(of, rest % list.length)
      rest = Math.floor(rest / list.length)
    }
    if (
      isTrue(
        evaluate(
          expression,
          (of) => readFound(found.get(of), chosen.get(of) ?? 0),
          (of) => found.get(of)?.length ?? 0,
        ),
      )
    )
      return true
  }
  return false
}

function readFound(list: readonly Json[] | undefined, index: number): Value {
  return list === undefined || list.length === 0
    ? { type: "value", value: nothing, isFound: false }
    : { type: "value", value: list[index] as Json, isFound: true }
}

function collect(expression: Expression, note: (path: JsonPath, of: Expression) => void): void {
  if (expression.type === "path") note(expression.path, expression)
  else if (expression.type === "not") collect(expression.of, note)
  else if (expression.type === "call") for (const argument of expression.arguments) collect(argument, note)
  else if (expression.type === "binary") {
    collect(expression.left, note)
    collect(expression.right, note)
  }
}

/** A value that a path found counts as true, whatever it is. */
function isTrue(value: Value): boolean {
  return value.type === "value" && (value.isFound || value.value === true)
}

function made(value: Json | typeof nothing): Value {
  return { type: "value", value, isFound: false }
}

type Read = (of: Expression) => Value

function evaluate(expression: Expression, read: Read, count: (of: Expression) => number): Value {
  switch (expression.type) {
    case "literal":
      return made(expression.value)
    case "nothing":
      return made(nothing)
    case "regex":
      return { type: "regex", source: expression.regex }
    case "list":
      return { type: "list", items: expression.items.map((item) => evaluate(item, read, count)) }
    case "path":
      return read(expression)
    case "not":
      return made(!isTrue(evaluate(expression.of, read, count)))
    case "call": {
      const [first, second] = expression.arguments
      if (expression.name === "count") return made(first === undefined ? nothing : count(first))
      const left = first === undefined ? made(nothing) : evaluate(first, read, count)
      if (expression.name === "length") return made(lengthOf(left))
      const pattern = second === undefined ? made(nothing) : evaluate(second, read, count)
      return made(matches(left, pattern, expression.name === "match"))
    }
    case "binary": {
      const left = evaluate(expression.left, read, count)
      const right = evaluate(expression.right, read, count)
      return made(operate(expression.operator, left, right))
    }
  }
}

function operate(operator: BinaryOperator, left: Value, right: Value): Json | typeof nothing {
  switch (operator) {
    case "&&":
      return isTrue(left) && isTrue(right)
    case "||":
      return isTrue(left) || isTrue(right)
    case "==":
      return isEqual(left, right)
    case "!=":
      return !isEqual(left, right)
    case "in":
      return right.type === "list" && right.items.some((item) => isEqual(left, item))
    case "=~":
      return matches(left, right, false)
    case "has": {
      const wanted = plain(right)
      return typeof wanted === "boolean" && wanted === (left.type !== "value" || left.value !== nothing)
    }
    case "empty": {
      const length = lengthOf(left)
      const wanted = plain(right)
      return typeof wanted === "boolean" && typeof length === "number" && wanted === (length === 0)
    }
    case "<":
    case "<=":
    case ">":
    case ">=":
      return isOrdered(operator, plain(left), plain(right))
    case "+":
    case "-":
    case "*":
    case "/":
      return calculate(operator, plain(left), plain(right))
  }
}

function plain(value: Value): Json | typeof nothing {
  return value.type === "value" ? value.value : nothing
}

/** Scalars are equal by value; objects and arrays to nothing. */
function isEqual(left: Value, right: Value): boolean {
  return left.type === "value" && right.type === "value" && left.value === right.value && !isContainer(left.value)
}

function isContainer(value: Json | typeof nothing): boolean {
  return typeof value === "object" && value !== null
}

type Plain = Json | typeof nothing

function isOrdered(operator: "<" | "<=" | ">" | ">=", left: Plain, right: Plain): boolean {
  if (typeof left === "number" ? typeof right !== "number" : typeof left !== "string" || typeof right !== "string")
    return false
  const [a, b] = [left as number, right as number]
  if (operator === "<") return a < b
  if (operator === "<=") return a <= b
  return operator === ">" ? a > b : a >= b
}

/** Integers divide to integers; division by zero and types that do not fit give nothing. */
function calculate(operator: "+" | "-" | "*" | "/", left: Plain, right: Plain): Plain {
  if (typeof left === "string" && typeof right === "string" && operator === "+") return left + right
  if (typeof left !== "number" || typeof right !== "number") return nothing
  if (operator === "+") return left + right
  if (operator === "-") return left - right
  if (operator === "*") return left * right
  if (right === 0) return nothing
  return Number.isInteger(left) && Number.isInteger(right) ? Math.trunc(left / right) : left / right
}

/** Bytes of a text, elements of an array, members of an object. */
function lengthOf(value: Value): number | typeof nothing {
  const of = plain(value)
  if (typeof of === "string") return Buffer.byteLength(of)
  if (Array.isArray(of)) return of.length
  return of !== nothing && isJsonObject(of) ? Object.keys(of).length : nothing
}

function matches(left: Value, pattern: Value, isWhole: boolean): boolean {
  const text = plain(left)
  if (typeof text !== "string") return false
  if (pattern.type === "regex") return pattern.source.matcher(text).find()
  const source = plain(pattern)
  if (typeof source !== "string") return false
  return (
    compileRegex(isWhole ? `^(?:${source})$` : source)
      ?.matcher(text)
      .find() ?? false
  )
}
