import { formatCheck } from "./formats.ts"
import { goQuote, isInt64 } from "./go-text.ts"
import type { SchemaNode } from "./schema-node.ts"
import { add, type Walk } from "./walk.ts"

/** A value's type and number format, as the API server names them. */
function kindOf(value: unknown): readonly [type: string, format: string] {
  if (Array.isArray(value)) return ["array", ""]
  if (typeof value === "number" || typeof value === "bigint")
    return isInt64(value) ? ["integer", "int64"] : ["number", "float64"]
  return [typeof value, ""]
}

/** The format of a schema as far as it counts: those that do not belong to its type are not looked at. */
export function effectiveFormat({ type, format }: SchemaNode): string | undefined {
  if (format === undefined || format === "") return undefined
  if (type === "integer") return format === "int32" || format === "int64" ? format : undefined
  if (type === "number") return format === "float" || format === "double" ? format : undefined
  if (type !== undefined && type !== "string") return undefined
  return formatCheck(format) === undefined ? undefined : format
}

/**
 * Adds a finding when a value has not the type of its schema.
 *
 * One difference is meant: the API server accepts a list where a text with a format is wanted, and we do not.
 */
export function checkType(walk: Walk, schema: SchemaNode, value: unknown): void {
  const names = schema["x-kubernetes-int-or-string"] === true ? intOrString : namesOf(schema.type)
  const format = effectiveFormat(schema)
  const refuse = (wanted: string, actual: string): void =>
    add(walk, true, (field) => {
      const shown = goQuote(actual)
      return `Invalid value: ${shown}: ${field} in body must be of type ${wanted}: ${shown}`
    })
  if (value === null) {
    if (names.length > 0 && schema.nullable !== true) refuse(names.join(","), "null")
    return
  }
  if (names.length === 0 && format === undefined) return
  walk.matches += 1
  const [actual, actualFormat] = kindOf(value)
  const isFitting =
    names.includes(actual) ||
    (actual === "integer" && names.includes("number")) ||
    (names.includes("integer") && isNearInteger(value))
  if (isFitting) walk.matches += 1
  else if (format !== undefined && actual !== "string" && actual !== "array" && actualFormat !== format)
    refuse(format, actualFormat)
  else if (names.length > 0) refuse(names.join(","), actual)
}

/** Whether a fraction is so near to an integer, seen relatively, that the API server takes it for one. Source: `swag`. */
function isNearInteger(value: unknown): boolean {
  if (typeof value !== "number" || Math.abs(value) > Number.MAX_SAFE_INTEGER) return false
  const whole = Math.trunc(value)
  return whole !== 0 && Math.abs(value - whole) / Math.abs(value + whole) < 1e-9
}

const intOrString = ["integer", "string"] as const
const singles = new Map<string, readonly string[]>()

function namesOf(type: SchemaNode["type"]): readonly string[] {
  if (type === undefined) return none
  const known = singles.get(type)
  if (known !== undefined) return known
  const names = [type]
  singles.set(type, names)
  return names
}

const none: readonly string[] = []
