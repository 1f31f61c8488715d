import { isFunction } from "./functions.ts"
import { CelSyntaxError, type Token, tokensOf } from "./token.ts"
import { bytesValue, type CelValue, uint } from "./value.ts"

/** A parsed expression. */
export type CelNode =
  | { readonly kind: "value"; readonly value: CelValue }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "field"; readonly of: CelNode; readonly name: string; readonly isTest: boolean }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly CelNode[] }
  | { readonly kind: "list"; readonly items: readonly CelNode[] }
  | { readonly kind: "map"; readonly entries: readonly (readonly [key: CelNode, value: CelNode])[] }
  | {
      readonly kind: "macro"
      readonly name: "all" | "exists" | "exists_one" | "map" | "filter"
      readonly of: CelNode
      readonly variable: string
      readonly args: readonly CelNode[]
    }

/** Why an expression is refused: by the parser, or by the compiler after it. */
export interface CelRefusal {
  readonly stage: "parse" | "compile"
  readonly message: string
}

/** Nesting above this is refused; cel-cpp's parser allows as much. */
const depthLimit = 250

/** Parses an expression of CEL, as far as plugins of proxies use it: no messages, no comprehensions but the macros. */
export function parseExpression(text: string): CelNode | CelRefusal {
  const errors: CelSyntaxError[] = []
  try {
    const node = createParser(tokensOf(text, (error) => errors.push(error)))
    if (errors.length > 0) return refusal(text, errors)
    return findUnknown(node) ? { stage: "compile", message: "No overloads provided for FunctionStep creation" } : node
  } catch (error) {
    if (!(error instanceof CelSyntaxError)) throw error
    return refusal(text, [...errors, error])
  }
}

function refusal(text: string, errors: readonly CelSyntaxError[]): CelRefusal {
  return { stage: "parse", message: errors.map((error) => syntaxError(text, error)).join("\n") }
}

/** Words and pointer as cel-cpp prints them. */
function syntaxError(text: string, { message, at }: CelSyntaxError): string {
  const lines = text.slice(0, at).split("\n")
  const column = lines.at(-1)?.length ?? 0
  const place = `<input>:${lines.length}:${column + 1}`
  const shown = text.split("\n")[lines.length - 1] ?? ""
  const pointer = text === "" ? "" : `\n | ${shown}\n | ${".".repeat(column)}^`
  return `ERROR: ${place}: Syntax error: ${message}${pointer}`
}

const operands =
  "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}"

const levels: readonly (readonly string[])[] = [
  ["||"],
  ["&&"],
  ["==", "!=", "<", "<=", ">", ">=", "in"],
  ["+", "-"],
  ["*", "/", "%"],
]
const macros = new Set(["all", "exists", "exists_one", "map", "filter"])

function createParser(tokens: readonly Token[]): CelNode {
  let at = 0
  let depth = 0
  const end = tokens.at(-1) ?? { kind: "end", text: "<EOF>", at: 0 }
  const peek = (): Token => tokens[at] ?? end
  const isSign = (text: string): boolean => peek().kind !== "string" && peek().kind !== "bytes" && peek().text === text
  const fail = (message: string): never => {
    throw new CelSyntaxError(message, peek().at)
  }
  const take = (): Token => {
    const token = peek()
    at++
    return token
  }
  const expect = (text: string): void => {
    if (!isSign(text))
      fail(text === ")" ? `missing ')' at '${peek().text}'` : `mismatched input '${peek().text}' expecting '${text}'`)
    take()
  }
  const nested = (parse: () => CelNode): CelNode => {
    if (++depth > depthLimit) fail("expression is nested too deeply")
    const node = parse()
    depth--
    return node
  }

  const conditional = (): CelNode =>
    nested(() => {
      const test = binary(0)
      if (!isSign("?")) return test
      take()
      const yes = binary(0)
      expect(":")
      return call("?:", [test, yes, conditional()])
    })
  const binary = (level: number): CelNode => {
    const operators = levels[level]
    if (operators === undefined) return unary()
    let left = binary(level + 1)
    while (operators.includes(peek().text) && peek().kind !== "string" && peek().kind !== "bytes") {
      const { text } = take()
      left = call(text, [left, binary(level + 1)])
    }
    return left
  }
  const unary = (): CelNode => {
    if (isSign("!")) {
      take()
      return nested(() => call("!", [unary()]))
    }
    if (!isSign("-")) return member()
    take()
    const next = peek()
    if (next.kind === "int") {
      take()
      return { kind: "value", value: inRange(-BigInt(next.value ?? 0), next.at) }
    }
    return nested(() => call("neg", [unary()]))
  }
  const member = (): CelNode => {
    let node = primary()
    for (;;) {
      if (isSign("[")) {
        take()
        node = call("[]", [node, conditional()])
        expect("]")
      } else if (isSign(".")) {
        take()
        const name = take()
        if (name.kind !== "name") {
          at--
          fail("no viable alternative at input '.'")
        }
        node = isSign("(") ? method(node, name.text) : { kind: "field", of: node, name: name.text, isTest: false }
      } else return node
    }
  }
  const list = (close: string): readonly CelNode[] => {
    const items: CelNode[] = []
    while (!isSign(close)) {
      items.push(conditional())
      if (!isSign(",")) break
      take()
    }
    expect(close)
    return items
  }
  const method = (of: CelNode, name: string): CelNode => {
    take()
    const args = list(")")
    const [variable, ...rest] = args
    if (!macros.has(name) || variable?.kind !== "name" || rest.length === 0) return call(`.${name}`, [of, ...args])
    return { kind: "macro", name: name as "all", of, variable: variable.name, args: rest }
  }
  const mapLiteral = (): CelNode => {
    const entries: (readonly [CelNode, CelNode])[] = []
    while (!isSign("}")) {
      const key = conditional()
      expect(":")
      entries.push([key, conditional()])
      if (!isSign(",")) break
      take()
    }
    expect("}")
    return { kind: "map", entries }
  }
  const primary = (): CelNode => {
    const token = take()
    const value = literalOf(token)
    if (value !== undefined) return { kind: "value", value }
    if (token.kind === "sign" && token.text === "(") {
      const inner = conditional()
      expect(")")
      return inner
    }
    if (token.kind === "sign" && token.text === "[") return { kind: "list", items: list("]") }
    if (token.kind === "sign" && token.text === "{") return mapLiteral()
    if (token.kind !== "name" || token.text === "in") {
      at--
      fail(`mismatched input '${token.text}' expecting ${operands}`)
    }
    if (!isSign("(")) return { kind: "name", name: token.text }
    take()
    const args = list(")")
    const [first] = args
    if (token.text !== "has" || args.length !== 1) return call(token.text, args)
    if (first?.kind !== "field") return fail("invalid argument to has() macro")
    return { ...first, isTest: true }
  }

  const node = conditional()
  if (peek().kind !== "end") fail(`extraneous input '${peek().text}' expecting <EOF>`)
  return node
}

const call = (name: string, args: readonly CelNode[]): CelNode => ({ kind: "call", name, args })

function literalOf(token: Token): CelValue | undefined {
  switch (token.kind) {
    case "int":
      return inRange(BigInt(token.value ?? 0), token.at)
    case "uint":
      return uint(BigInt(token.value ?? 0))
    case "double":
      return Number(token.value)
    case "string":
      return String(token.value)
    case "bytes":
      return bytesValue(String(token.value))
    case "name":
      if (token.text === "null") return null
      return token.text === "true" ? true : token.text === "false" ? false : undefined
  }
  return undefined
}

function inRange(value: bigint, at: number): bigint {
  if (BigInt.asIntN(64, value) === value) return value
  throw new CelSyntaxError("invalid int literal", at)
}

/** Whether a function is called that nobody knows. */
function findUnknown(node: CelNode): boolean {
  switch (node.kind) {
    case "value":
    case "name":
      return false
    case "field":
      return findUnknown(node.of)
    case "list":
      return node.items.some(findUnknown)
    case "map":
      return node.entries.some(([key, value]) => findUnknown(key) || findUnknown(value))
    case "macro":
      return findUnknown(node.of) || node.args.some(findUnknown)
    case "call":
      return !isFunction(node.name, node.args.length) || node.args.some(findUnknown)
  }
}
