// Texts in the JSONPath dialect of ohler55/ojg 1.28, which Envoy Gateway 1.9 takes: not RFC 9535. `$` and the first dot
// may be missing, `**` is two wildcards, `&&` and `||` bind alike, `=~` searches.
import { RE2JS } from "re2js"
import { expect, JsonPathError, peek, type Scanner, take, takeString } from "./json-path-scanner.ts"
import type { BinaryOperator, Expression, FilterFunction, JsonPath, PathStep } from "./json-path-syntax.ts"

/** A path, or why the text is none. Never throws. */
export function parseJsonPath(
  text: string,
): { readonly path: JsonPath; readonly error?: undefined } | { readonly error: string } {
  const scanner: Scanner = { text, at: 0 }
  try {
    const path = takePath(scanner, 0)
    if (scanner.at < text.length) throw new JsonPathError(scanner, "parse error")
    return { path }
  } catch (error) {
    if (error instanceof JsonPathError) return { error: error.message }
    throw error
  }
}

/** Deepest nesting of filters, groups and lists. */
const maxDepth = 50

// Bytes of bare names; others need ['...'].
const bareName = /[\w#%;?^{|}~\u0080-\uffff]+/y

function takePath(scanner: Scanner, depth: number): JsonPath {
  const path: PathStep[] = []
  for (;;) {
    const step = takeStep(scanner, path.at(-1), depth)
    if (step === undefined) return path
    path.push(step)
  }
}

function takeStep(scanner: Scanner, last: PathStep | undefined, depth: number): PathStep | undefined {
  const char = scanner.text[scanner.at]
  switch (char) {
    case "$":
    case "@":
      if (last !== undefined) return undefined
      scanner.at++
      return char === "$" ? { type: "root" } : { type: "current" }
    case "*":
      scanner.at++
      return { type: "wildcard" }
    case ".":
      scanner.at++
      return takeAfterDot(scanner)
    case "[":
      scanner.at++
      return takeBracket(scanner, depth + 1)
    default: {
      if (last !== undefined && last.type !== "descent") return undefined
      const name = take(scanner, bareName)
      return name === undefined ? undefined : { type: "child", name }
    }
  }
}

function takeAfterDot(scanner: Scanner): PathStep {
  const char = scanner.text[scanner.at]
  if (char === undefined) throw new JsonPathError(scanner, "not terminated")
  if (char === "*" || char === ".") {
    scanner.at++
    return char === "*" ? { type: "wildcard" } : { type: "descent" }
  }
  const name = take(scanner, bareName)
  if (name === undefined) throw new JsonPathError(scanner, `an expression fragment can not start with a '${char}'`)
  return { type: "child", name }
}

function takeBracket(scanner: Scanner, depth: number): PathStep {
  if (depth > maxDepth) throw new JsonPathError(scanner, "too deeply nested")
  const char = peek(scanner)
  if (char === "*") {
    scanner.at++
    expect(scanner, "]")
    return { type: "wildcard" }
  }
  if (char === "?") {
    scanner.at++
    const condition = takeExpression(scanner, depth)
    expect(scanner, "]")
    return { type: "filter", condition }
  }
  if (char === "(") throw new JsonPathError(scanner, "scripts are not supported")
  if (char === ":") return takeSlice(scanner, undefined)
  const first = takeMember(scanner)
  if (typeof first === "number" && peek(scanner) === ":") return takeSlice(scanner, first)
  const members = [first]
  while (peek(scanner) === ",") {
    scanner.at++
    peek(scanner)
    members.push(takeMember(scanner))
  }
  expect(scanner, "]")
  if (members.length > 1) return { type: "union", members }
  return typeof first === "number" ? { type: "index", index: first } : { type: "child", name: first }
}

function takeMember(scanner: Scanner): string | number {
  const char = scanner.text[scanner.at]
  if (char === "'" || char === '"') return takeString(scanner)
  return takeInteger(scanner) ?? fail(scanner, char === undefined ? "not terminated" : "parse error")
}

function takeInteger(scanner: Scanner): number | undefined {
  peek(scanner)
  const digits = take(scanner, /-?\d+/y)
  if (digits === undefined) return undefined
  return Number.isSafeInteger(Number(digits)) ? Number(digits) : fail(scanner, "number out of range")
}

function takeSlice(scanner: Scanner, start: number | undefined): PathStep {
  expect(scanner, ":")
  const end = takeInteger(scanner)
  let step: number | undefined
  if (peek(scanner) === ":") {
    scanner.at++
    step = takeInteger(scanner)
  }
  expect(scanner, "]")
  return {
    type: "slice",
    ...(start === undefined ? {} : { start }),
    ...(end === undefined ? {} : { end }),
    step: step ?? 1,
  }
}

/** Operators by how tightly they bind, tightest first; those of one class from left to right. */
const precedence: Readonly<Record<BinaryOperator, number>> = {
  "*": 1,
  "/": 1,
  "+": 2,
  "-": 2,
  "==": 3,
  "!=": 3,
  "<": 3,
  "<=": 3,
  ">": 3,
  ">=": 3,
  "=~": 3,
  in: 3,
  empty: 3,
  has: 3,
  "&&": 4,
  "||": 4,
}

const operatorPattern = /==|!=|<=|>=|=~|~=|&&|\|\||[<>+\-*/]|in\b|empty\b|has\b|exists\b/y
const sameOperator: Readonly<Record<string, BinaryOperator>> = { "~=": "=~", exists: "has" }

function takeExpression(scanner: Scanner, depth: number): Expression {
  const operands: Expression[] = [takeOperand(scanner, depth)]
  const operators: BinaryOperator[] = []
  const reduce = (): void => {
    const operator = operators.pop()
    const right = operands.pop()
    const left = operands.pop()
    if (operator === undefined || left === undefined || right === undefined)
      throw new Error("operator without operands")
    operands.push({ type: "binary", operator, left, right })
  }
  for (;;) {
    const char = peek(scanner)
    if (char === "" || char === "]" || char === ")" || char === ",") break
    const text = take(scanner, operatorPattern) ?? fail(scanner, `'${char}' is not a valid operation`)
    const operator = sameOperator[text] ?? (text as BinaryOperator)
    while (operators.length > 0 && precedence[operators.at(-1) ?? operator] <= precedence[operator]) reduce()
    operators.push(operator)
    operands.push(takeOperand(scanner, depth))
  }
  while (operators.length > 0) reduce()
  return operands[0] ?? { type: "nothing" }
}

const words: Readonly<Record<string, Expression>> = {
  null: { type: "literal", value: null },
  true: { type: "literal", value: true },
  false: { type: "literal", value: false },
  Nothing: { type: "nothing" },
}

function takeOperand(scanner: Scanner, depth: number): Expression {
  if (depth > maxDepth) throw new JsonPathError(scanner, "too deeply nested")
  const char = peek(scanner)
  switch (char) {
    case "!":
      scanner.at++
      // Everything that follows, as in the original.
      return { type: "not", of: takeExpression(scanner, depth + 1) }
    case "'":
    case '"':
      return { type: "literal", value: takeString(scanner) }
    case "@":
    case "$":
      return { type: "path", path: takePath(scanner, depth + 1) }
    case "(": {
      scanner.at++
      const inner = takeExpression(scanner, depth + 1)
      expect(scanner, ")")
      return inner
    }
    case "[":
      scanner.at++
      return { type: "list", items: takeList(scanner, "]", depth + 1) }
    case "/":
      return { type: "regex", regex: takeRegex(scanner) }
    default:
      return takeWord(scanner, depth)
  }
}

function takeWord(scanner: Scanner, depth: number): Expression {
  const number = take(scanner, /-?\d+(\.\d*)?([eE][+-]?\d+)?/y)
  if (number !== undefined) return { type: "literal", value: Number(number) }
  const name = take(scanner, /(length|count|match|search)(?=\()/y)
  if (name !== undefined) {
    scanner.at++
    return { type: "call", name: name as FilterFunction, arguments: takeList(scanner, ")", depth + 1) }
  }
  const word = take(scanner, /null|true|false|Nothing/y)
  return (word === undefined ? undefined : words[word]) ?? fail(scanner, "expected a value")
}

function takeList(scanner: Scanner, end: string, depth: number): readonly Expression[] {
  const items: Expression[] = []
  if (peek(scanner) !== end) {
    items.push(takeExpression(scanner, depth))
    while (peek(scanner) === ",") {
      scanner.at++
      items.push(takeExpression(scanner, depth))
    }
  }
  expect(scanner, end)
  return items
}

function takeRegex(scanner: Scanner): RE2JS {
  const source = take(scanner, /\/(?:[^/\\]|\\.)*\//sy) ?? fail(scanner, "not terminated")
  return compileRegex(source.slice(1, -1)) ?? fail(scanner, "error parsing regexp")
}

/** A regular expression in RE2's syntax, or undefined when it is none. */
export function compileRegex(source: string): RE2JS | undefined {
  try {
    return RE2JS.compile(source)
  } catch {
    return undefined
  }
}

function fail(scanner: Scanner, problem: string): never {
  throw new JsonPathError(scanner, problem)
}
