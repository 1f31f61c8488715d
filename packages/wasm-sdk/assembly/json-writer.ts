// @ts-nocheck: the compiler's declarations of numbers are older than some editors' TypeScript.
import { deepest, JsonKind, JsonValue } from "./json"

/** Puts the pieces of a value's text behind each other. */
export function writeValue(value: JsonValue, depth: i32, out: string[]): void {
  const kind = value.kind
  if (kind == JsonKind.Bool) out.push(value.number != 0 ? "true" : "false")
  else if (kind == JsonKind.Number) out.push(value.content)
  else if (kind == JsonKind.Text) writeText(value.content, out)
  else if ((kind == JsonKind.List || kind == JsonKind.Object) && depth < deepest) writeItems(value, depth + 1, out)
  else out.push("null")
}

function writeItems(value: JsonValue, depth: i32, out: string[]): void {
  const isObject = value.kind == JsonKind.Object
  out.push(isObject ? "{" : "[")
  for (let i = 0; i < value.size; i++) {
    if (i > 0) out.push(",")
    if (isObject) {
      writeText(value.nameAt(i), out)
      out.push(":")
    }
    writeValue(value.at(i), depth, out)
  }
  out.push(isObject ? "}" : "]")
}

function writeText(text: string, out: string[]): void {
  out.push('"')
  let from = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code >= 0x20 && code != 0x22 && code != 0x5c) continue
    if (i > from) out.push(text.slice(from, i))
    from = i + 1
    if (code >= 0x20) out.push(code == 0x22 ? '\\"' : "\\\\")
    else out.push("\\u00" + (code < 0x10 ? "0" : "1") + "0123456789abcdef".charAt(code & 15))
  }
  out.push(from == 0 ? text : text.slice(from))
  out.push('"')
}

/** A number's text: whole numbers without a fraction, `null` for what JSON cannot say, as in JavaScript. */
export function numberText(value: f64): string {
  if (!isFinite(value)) return "null"
  return Math.abs(value) < 9007199254740992 && Math.trunc(value) == value ? (value as i64).toString() : value.toString()
}
