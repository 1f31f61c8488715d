import { Status } from "./abi/status.ts"
import { byteString, decodeUtf8, toBytes } from "./byte-string.ts"
import type { PropertyResult } from "./context.ts"

/** A CEL expression as far as the host understands it. */
type Node =
  | { readonly kind: "value"; readonly value: string | number | bigint | boolean | null }
  | { readonly kind: "path"; readonly path: readonly string[] }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Node[] }

type Value = string | number | bigint | boolean | null | Uint8Array

const token =
  /\s*(?:(\d+\.\d+)|(\d+)u?|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|([A-Za-z_]\w*)|(\|\||&&|==|!=|<=|>=|[-+*/%<>!?:.,()[\]]))/y

const precedence: readonly (readonly string[])[] = [
  ["||"],
  ["&&"],
  ["==", "!=", "<", "<=", ">", ">=", "in"],
  ["+", "-"],
  ["*", "/", "%"],
]

/** Parses an expression; a text says what is wrong. The subset: literals, attribute paths, operators, `? :`, `startsWith` and its like. */
export function parseExpression(text: string): Node | string {
  const tokens: string[] = []
  const starts: number[] = []
  token.lastIndex = 0
  while (token.lastIndex < text.trimEnd().length) {
    const at = token.lastIndex
    const found = token.exec(text)
    if (found === null) return syntaxError(text, at, `token recognition error at: '${text.slice(at).trim()}'`)
    tokens.push(found[0].trim())
    starts.push(token.lastIndex - found[0].trim().length)
  }
  let at = 0
  const peek = (): string | undefined => tokens[at]
  const take = (want?: string): string => {
    const found = tokens[at]
    if (found === undefined || (want !== undefined && found !== want)) {
      throw new SyntaxError(
        `mismatched input '${found ?? "<EOF>"}' expecting ${want === undefined ? operands : `'${want}'`}`,
      )
    }
    at++
    return found
  }
  const ternary = (): Node => {
    const test = binary(0)
    if (peek() !== "?") return test
    take()
    const yes = ternary()
    take(":")
    return { kind: "call", name: "?:", args: [test, yes, ternary()] }
  }
  const binary = (level: number): Node => {
    const operators = precedence[level]
    if (operators === undefined) return unary()
    let left = binary(level + 1)
    for (let op = peek(); op !== undefined && operators.includes(op); op = peek()) {
      take()
      left = { kind: "call", name: op, args: [left, binary(level + 1)] }
    }
    return left
  }
  const unary = (): Node => {
    if (peek() === "!" || peek() === "-") return { kind: "call", name: take() === "!" ? "!" : "neg", args: [unary()] }
    return postfix(primary())
  }
  const list = (end: string): Node[] => {
    const args: Node[] = []
    while (peek() !== end) {
      args.push(ternary())
      if (peek() !== end) take(",")
    }
    take(end)
    return args
  }
  const postfix = (node: Node): Node => {
    for (;;) {
      if (peek() === "[") {
        take()
        const index = ternary()
        take("]")
        if (node.kind !== "path" || index.kind !== "value")
          throw new SyntaxError("only constant indexes of attributes are understood")
        node = { kind: "path", path: [...node.path, String(index.value)] }
      } else if (peek() === ".") {
        take()
        const name = take()
        if (peek() === "(") {
          take()
          node = { kind: "call", name, args: [node, ...list(")")] }
        } else if (node.kind === "path") node = { kind: "path", path: [...node.path, name] }
        else throw new SyntaxError(`mismatched input '.${name}'`)
      } else return node
    }
  }
  const primary = (): Node => {
    const first = take()
    if (first === "(") {
      const inner = ternary()
      take(")")
      return inner
    }
    if (first === "[") return { kind: "call", name: "list", args: list("]") }
    if (/^\d+\.\d+$/.test(first)) return { kind: "value", value: Number(first) }
    if (/^\d/.test(first)) return { kind: "value", value: BigInt(first.replace("u", "")) }
    if (/^["']/.test(first)) return { kind: "value", value: first.slice(1, -1).replace(/\\(.)/g, "$1") }
    if (first === "true" || first === "false") return { kind: "value", value: first === "true" }
    if (first === "null") return { kind: "value", value: null }
    if (!/^[A-Za-z_]/.test(first)) throw new SyntaxError(`mismatched input '${first}'`)
    if (peek() !== "(") return { kind: "path", path: [first] }
    take()
    return { kind: "call", name: first, args: list(")") }
  }
  try {
    const node = ternary()
    if (at < tokens.length) throw new SyntaxError(`extraneous input '${tokens[at]}' expecting <EOF>`)
    return node
  } catch (error) {
    if (error instanceof SyntaxError) return syntaxError(text, starts[at] ?? text.length, error.message)
    throw error
  }
}

const operands =
  "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}"

/** Words and pointer as cel-cpp prints them. */
function syntaxError(text: string, at: number, what: string): string {
  return `ERROR: <input>:1:${at + 1}: Syntax error: ${what}\n | ${text}\n | ${".".repeat(at)}^`
}

/** The serialized value of an expression over attributes, or the status Envoy gives. */
export function evaluateExpression(
  text: string,
  property: (path: readonly string[]) => PropertyResult,
): PropertyResult {
  const node = parseExpression(text)
  if (typeof node === "string") return { status: Status.BadArgument } // was checked when it was created
  if (node.kind === "path") return property(node.path)
  const value = evaluate(node, property)
  return value === undefined ? { status: Status.InternalFailure } : serialize(value)
}

function evaluate(node: Node, property: (path: readonly string[]) => PropertyResult): Value | undefined {
  if (node.kind === "value") return node.value
  if (node.kind === "path") {
    const found = property(node.path)
    return found instanceof Uint8Array ? found : undefined
  }
  const { name, args } = node
  if (name === "has") return args[0]?.kind === "path" ? property(args[0].path) instanceof Uint8Array : undefined
  const [first, second, third] = args
  const a = first === undefined ? undefined : evaluate(first, property)
  if (name === "?:") return evaluate((a === true ? second : third) ?? { kind: "value", value: null }, property)
  if (name === "&&" && a === false) return false
  if (name === "||" && a === true) return true
  if (name === "in" && second?.kind === "call" && second.name === "list") {
    return second.args.some((one) => same(a, evaluate(one, property)))
  }
  const b = second === undefined ? undefined : evaluate(second, property)
  if (a === undefined || (second !== undefined && b === undefined)) return undefined
  return apply(name, a, b)
}

function apply(name: string, a: Value, b: Value | undefined): Value | undefined {
  const text = (value: Value | undefined): string => (value instanceof Uint8Array ? decodeUtf8(value) : String(value))
  switch (name) {
    case "&&":
      return a === true && b === true
    case "||":
      return a === true || b === true
    case "!":
      return a !== true
    case "==":
      return same(a, b)
    case "!=":
      return !same(a, b)
    case "startsWith":
      return text(a).startsWith(text(b))
    case "endsWith":
      return text(a).endsWith(text(b))
    case "contains":
      return text(a).includes(text(b))
    case "size":
      return BigInt(a instanceof Uint8Array ? a.length : text(a).length)
    case "string":
      return text(a)
    case "+":
      if (typeof a === "string" || a instanceof Uint8Array || typeof b === "string") return text(a) + text(b)
  }
  const x = numberOf(a, b)
  const y = b === undefined ? undefined : numberOf(b, a)
  if (typeof x === "bigint" && (y === undefined || typeof y === "bigint")) return applyInt(name, x, y ?? 0n)
  return undefined
}

function applyInt(name: string, x: bigint, y: bigint): Value | undefined {
  switch (name) {
    case "neg":
      return -x
    case "+":
      return x + y
    case "-":
      return x - y
    case "*":
      return x * y
    case "/":
      return y === 0n ? undefined : x / y
    case "%":
      return y === 0n ? undefined : x % y
    case "<":
      return x < y
    case "<=":
      return x <= y
    case ">":
      return x > y
    case ">=":
      return x >= y
  }
  return undefined
}

/** Attributes arrive as bytes: eight of them beside a number are a number. */
function numberOf(value: Value, beside: Value | undefined): Value {
  if (value instanceof Uint8Array && value.length === 8 && (typeof beside === "bigint" || beside === undefined)) {
    return new DataView(value.buffer, value.byteOffset, 8).getBigInt64(0, true)
  }
  return value
}

function same(a: Value | undefined, b: Value | undefined): boolean {
  if (a === undefined || b === undefined) return false
  if (a instanceof Uint8Array && typeof b === "bigint") return numberOf(a, b) === b
  if (b instanceof Uint8Array && typeof a === "bigint") return numberOf(b, a) === a
  if (a instanceof Uint8Array && typeof b === "boolean") return (a[0] === 1) === b
  const plain = (value: Value): Value => (value instanceof Uint8Array ? decodeUtf8(value) : value)
  return plain(a) === plain(b)
}

function serialize(value: Value): PropertyResult {
  if (value === null) return { status: Status.SerializationFailure }
  if (value instanceof Uint8Array) return value
  if (typeof value === "string") return toBytes(byteString(value))
  if (typeof value === "boolean") return Uint8Array.of(Number(value))
  const out = new Uint8Array(8)
  const view = new DataView(out.buffer)
  if (typeof value === "bigint") view.setBigInt64(0, BigInt.asIntN(64, value), true)
  else view.setFloat64(0, value, true)
  return out
}
