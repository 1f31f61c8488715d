/** One token of an expression with where it starts. */
export interface Token {
  readonly kind: "name" | "int" | "uint" | "double" | "string" | "bytes" | "sign" | "end"
  readonly text: string
  readonly at: number
  /** Of numbers and texts; texts as byte strings are not used here: bytes have code units below 256. */
  readonly value?: bigint | number | string
}

/** What is wrong with an expression, and where. */
export class CelSyntaxError extends Error {
  readonly at: number

  constructor(message: string, at: number) {
    super(message)
    this.at = at
  }
}

const space = /(?:\s|\/\/[^\n]*)+/y
const number =
  /(\d+\.\d+(?:[eE][-+]?\d+)?|\d+[eE][-+]?\d+|\.\d+(?:[eE][-+]?\d+)?)|0x([0-9a-fA-F]+)([uU]?)|(\d+)([uU]?)/y
const name = /[A-Za-z_]\w*/y
const quoted =
  /([bB]?[rR]?|[rR][bB])("""(?:[^\\]|\\[\s\S])*?"""|'''(?:[^\\]|\\[\s\S])*?'''|"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*')/y
const sign = /\|\||&&|==|!=|<=|>=|[-+*/%<>!?:.,()[\]{}]/y

/** The tokens of an expression, an `end` last. @param refuse told of what is none, which is then left out */
export function tokensOf(text: string, refuse: (error: CelSyntaxError) => void): readonly Token[] {
  const tokens: Token[] = []
  let at = 0
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    return pattern.exec(text)
  }
  for (;;) {
    at += match(space)?.[0].length ?? 0
    if (at >= text.length) return [...tokens, { kind: "end", text: "<EOF>", at }]
    const found = read(match, at)
    if (found === undefined) {
      // A quote that is not closed takes the rest with it.
      const wrong = /^["']/.test(text.slice(at)) ? text.slice(at) : text.slice(at, at + 1)
      refuse(new CelSyntaxError(`token recognition error at: '${wrong}'`, at))
      at += wrong.length
    } else {
      tokens.push(found)
      at += found.text.length
    }
  }
}

function read(match: (pattern: RegExp) => RegExpExecArray | null, at: number): Token | undefined {
  const text = match(quoted)
  if (text !== null) return quotedToken(text, at)
  const word = match(name)
  if (word !== null) return { kind: "name", text: word[0], at }
  const digits = match(number)
  if (digits !== null) {
    const [all, double, hex, hexUnsigned, decimal, unsigned] = digits
    if (double !== undefined) return { kind: "double", text: all, at, value: Number(double) }
    const value = hex === undefined ? BigInt(decimal ?? "0") : BigInt(`0x${hex}`)
    const isUnsigned = (hexUnsigned ?? "") !== "" || (unsigned ?? "") !== ""
    return { kind: isUnsigned ? "uint" : "int", text: all, at, value }
  }
  const other = match(sign)
  return other === null ? undefined : { kind: "sign", text: other[0], at }
}

function quotedToken([text, prefix = "", literal = ""]: RegExpExecArray, at: number): Token {
  const width = /^("""|''')/.test(literal) ? 3 : 1
  const inner = literal.slice(width, -width)
  const isBytes = /b/i.test(prefix)
  const value = /r/i.test(prefix) ? inner : inner.replace(escapes, (all, code: string) => characterOf(all, code))
  return { kind: isBytes ? "bytes" : "string", text: text ?? "", at, value }
}

const escapes = /\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[xX][0-9a-fA-F]{2}|[0-3][0-7]{2}|[\s\S])/g
const simple: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", a: "\u0007", b: "\b", f: "\f", v: "\v" }

function characterOf(all: string, code: string): string {
  if (/^[uUxX]./.test(code)) {
    const point = Number.parseInt(code.slice(1), 16)
    return point > 0x10ffff ? all : String.fromCodePoint(point)
  }
  if (/^[0-3]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8))
  return simple[code] ?? code
}
