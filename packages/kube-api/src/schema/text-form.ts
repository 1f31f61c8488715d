import { formatCheck } from "./formats.ts"
import { goQuote } from "./go-text.ts"
import { matchesPattern } from "./patterns.ts"
import type { SchemaNode } from "./schema-node.ts"
import { effectiveFormat } from "./value-type.ts"
import { add, type Walk } from "./walk.ts"

/** Adds the first of length and pattern that a text fails, and its format. Lengths count characters, whatever the message says. */
export function checkText(walk: Walk, schema: SchemaNode, text: string): void {
  checkLengthAndPattern(walk, schema, text)
  walk.matches += 1
  const format = effectiveFormat(schema)
  if (format === undefined || formatCheck(format) === undefined) return
  walk.matches += 1
  if (formatCheck(format)?.(text) === false)
    add(
      walk,
      true,
      (field) => `Invalid value: ${goQuote(text)}: ${field} in body must be of type ${format}: ${goQuote(text)}`,
    )
}

function checkLengthAndPattern(walk: Walk, { maxLength, minLength, pattern }: SchemaNode, text: string): void {
  if (maxLength !== undefined && text.length > maxLength && characters(text) > maxLength) {
    add(walk, true, () => `Too long: may not be more than ${maxLength} ${maxLength === 1 ? "byte" : "bytes"}`)
    return
  }
  const refuse = (what: string): void =>
    add(walk, false, (field) => `Invalid value: ${goQuote(text)}: ${field} in body should ${what}`)
  if (minLength !== undefined && characters(text) < minLength) refuse(`be at least ${minLength} chars long`)
  else if (pattern !== undefined && !matchesPattern(pattern, text)) refuse(`match '${pattern}'`)
}

function characters(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}
