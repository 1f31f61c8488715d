// Values as Go prints them, because the API server's messages do.

const shortEscapes: Readonly<Record<string, string>> = {
  "\u0007": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  '"': '\\"',
  "\\": "\\\\",
}

/** A text in quotes, as `%q` prints it. */
export function goQuote(text: string): string {
  if (/^[ !#-[\]-~]*$/.test(text)) return `"${text}"`
  let quoted = ""
  for (const character of text.toWellFormed()) {
    const code = character.codePointAt(0) ?? 0
    const short = shortEscapes[character]
    if (short !== undefined) quoted += short
    else if (/[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(character)) quoted += character
    else if (code < 0x20 || code === 0x7f) quoted += `\\x${hex(code, 2)}`
    else quoted += code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`
  }
  return `"${quoted}"`
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0")
}

/** A number as `%v` prints it: integers in full, others as `goFloat` does. */
export function goNumber(value: number | bigint): string {
  if (typeof value === "bigint") return String(value)
  return isInt64(value) ? BigInt(value).toString() : goFloat(value)
}

/** A floating point number as `%v` prints it: with an exponent when that is below -4 or above 5. */
export function goFloat(value: number): string {
  const exponential = value.toExponential()
  const exponent = Number(exponential.slice(exponential.indexOf("e") + 1))
  if (exponent >= -4 && exponent < 6) return String(value)
  return exponential.replace(/e([-+])(\d)$/, "e$10$2")
}

/** Whether the API server holds a number as 64 bit integer. */
export function isInt64(value: unknown): boolean {
  if (typeof value === "bigint") return value >= -(2n ** 63n) && value < 2n ** 63n
  return Number.isInteger(value) && Math.abs(value as number) < 2 ** 63
}

/** A value as Go's JSON encoder writes it: names sorted, markup escaped. */
export function goJson(value: unknown): string {
  return JSON.stringify(sorted(value) ?? null)
    .replaceAll("<", "\\u003c")
    .replaceAll(">", "\\u003e")
    .replaceAll("&", "\\u0026")
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029")
}

function sorted(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value)
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== "object" || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([name, member]) => [name, sorted(member)]))
}

/** The value part of a message: texts quoted, numbers and booleans bare, everything else as JSON. */
export function goValue(value: unknown): string {
  if (typeof value === "string") return goQuote(value)
  if (typeof value === "number" || typeof value === "bigint") return goNumber(value)
  return goJson(value)
}
