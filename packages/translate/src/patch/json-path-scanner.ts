// Characters of a JSONPath: where the reader stands, and the tokens that paths and filters share.

/** Reads a text from left to right. */
export interface Scanner {
  readonly text: string
  at: number
}

/** A text that is no JSONPath, with the place. Thrown inside the parser, never out of it. */
export class JsonPathError extends Error {
  constructor({ text, at }: Scanner, problem: string) {
    super(`${problem} at ${at + 1} in ${text}`)
  }
}

/** The next character that is no space, without taking it; empty at the end. */
export function peek(scanner: Scanner): string {
  while (scanner.text[scanner.at] === " ") scanner.at++
  return scanner.text[scanner.at] ?? ""
}

/** Takes a text that must come next, after spaces. */
export function expect(scanner: Scanner, wanted: string): void {
  if (peek(scanner) !== wanted) throw new JsonPathError(scanner, "not terminated")
  scanner.at++
}

/** Takes what a sticky pattern matches here; undefined when nothing does. */
export function take(scanner: Scanner, pattern: RegExp): string | undefined {
  pattern.lastIndex = scanner.at
  const found = pattern.exec(scanner.text)?.[0]
  if (found !== undefined) scanner.at += found.length
  return found
}

const escapes: Readonly<Record<string, string>> = {
  b: "\b",
  t: "\t",
  n: "\n",
  f: "\f",
  r: "\r",
  '"': '"',
  "'": "'",
  "\\": "\\",
}

/** Takes a quoted text, quotes included, and gives what it says. */
export function takeString(scanner: Scanner): string {
  const quote = scanner.text[scanner.at++]
  let value = ""
  for (;;) {
    const char = scanner.text[scanner.at++]
    if (char === undefined) throw new JsonPathError(scanner, "not terminated")
    if (char === quote) return value
    value += char === "\\" ? takeEscape(scanner) : char
  }
}

function takeEscape(scanner: Scanner): string {
  const char = scanner.text[scanner.at++] ?? ""
  const simple = Object.hasOwn(escapes, char) ? escapes[char] : undefined
  if (simple !== undefined) return simple
  const hex =
    char === "x"
      ? take(scanner, /[\da-f]{2}/iy)
      : char === "u" || char === "U"
        ? take(scanner, /[\da-f]{4}/iy)
        : undefined
  if (hex === undefined) throw new JsonPathError(scanner, `${JSON.stringify(char)} is not a valid escaped character`)
  return String.fromCharCode(Number.parseInt(hex, 16))
}
