import { goFloat, goNumber, isInt64 } from "./go-text.ts"
import { dottedPath } from "./path.ts"
import type { SchemaNode } from "./schema-node.ts"
import { effectiveFormat } from "./value-type.ts"
import { add, addPlaceless, type Walk } from "./walk.ts"

/** Adds what is wrong with a number's size. Integers of no format are 64 bit. */
export function checkNumber(walk: Walk, schema: SchemaNode, value: number | bigint): void {
  const { minimum, maximum, multipleOf } = schema
  const bound = (limit: number): string => (isInt64(value) ? String(Math.trunc(limit)) : goFloat(limit))
  const refuse = (what: string): void =>
    add(walk, false, (field) => `Invalid value: ${goNumber(value)}: ${field} in body should be ${what}`)
  checkSize(walk, schema, value)
  if (multipleOf !== undefined && Number(value) % multipleOf !== 0) refuse(`a multiple of ${bound(multipleOf)}`)
  if (maximum !== undefined) {
    const isOpen = schema.exclusiveMaximum === true
    if (value > maximum || (isOpen && value >= maximum))
      refuse(`less than ${isOpen ? "" : "or equal to "}${bound(maximum)}`)
  }
  if (minimum !== undefined) {
    const isOpen = schema.exclusiveMinimum === true
    if (value < minimum || (isOpen && value <= minimum))
      refuse(`greater than ${isOpen ? "" : "or equal to "}${bound(minimum)}`)
  }
  walk.matches += 2
}

function checkSize(walk: Walk, schema: SchemaNode, value: number | bigint): void {
  if (schema.type !== "integer" || schema["x-kubernetes-int-or-string"] === true) return
  const format = effectiveFormat(schema)
  const isFitting = isInt64(value) && (format !== "int32" || (value >= -(2 ** 31) && value < 2 ** 31))
  if (isFitting) return
  const wanted = format === undefined ? "integer (default format)" : `integer with format ${format}`
  addPlaceless(walk, `Checked value must be of type ${wanted} in ${dottedPath(walk.path)}`)
}
