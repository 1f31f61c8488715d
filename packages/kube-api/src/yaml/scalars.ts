// Plain scalars as Kubernetes reads them: YAML 1.1 without dates and sexagesimals. Source: go.yaml.in/yaml/v2 2.4, `resolve`.
import { defineScalarTag, mapTag, mergeTag, NOT_RESOLVED, Schema, seqTag, strTag } from "js-yaml"

const words = new Map<string, null | boolean | number>([
  ...["", "~", "null", "Null", "NULL"].map((word) => [word, null] as const),
  ...["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"].map((word) => [word, true] as const),
  ...["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"].map((word) => [word, false] as const),
  ...[".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"].map((word) => [word, Number.POSITIVE_INFINITY] as const),
  ...["-.inf", "-.Inf", "-.INF"].map((word) => [word, Number.NEGATIVE_INFINITY] as const),
  ...[".nan", ".NaN", ".NAN"].map((word) => [word, Number.NaN] as const),
])

const float = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/

/** What a plain scalar means; itself when it is a text. Integers beyond 2^53 are rounded. */
export function plainScalar(source: string): null | boolean | number | string {
  const word = words.get(source)
  if (word !== undefined) return word
  if (!/^[-+.0-9]/.test(source)) return source
  const integer = integerOf(source)
  if (integer !== undefined) return Number(integer)
  const plain = source.startsWith(".") ? source : source.replaceAll("_", "")
  const value = float.test(plain) ? Number(plain) : Number.NaN
  return Number.isFinite(value) ? value : source
}

/** Whether a plain scalar is written as an integer, whatever its size. */
export function isInteger(source: string): boolean {
  return /^[-+]?[0-9][0-9_]*$/.test(source) || integerOf(source) !== undefined
}

/** The integer a plain scalar is, in 64 bits with or without sign: decimal, `0x`, `0o`, `0b`, or octal with a leading 0. */
function integerOf(source: string): bigint | undefined {
  const match = /^([-+]?)(0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|0|[1-9][0-9]*)$/.exec(source.replaceAll("_", ""))
  if (match === null || !/^[-+0-9]/.test(source)) return undefined
  const [, sign, digits = ""] = match
  const size = BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits.toLowerCase())
  if (sign === "-") return size <= 2n ** 63n ? -size : undefined
  return size < (sign === "+" ? 2n ** 63n : 2n ** 64n) ? size : undefined
}

type Plain = ReturnType<typeof plainScalar>

function plainTag(name: string, first: readonly string[], isOne: (value: Plain) => boolean) {
  return defineScalarTag<Plain>(`tag:yaml.org,2002:${name}`, {
    implicit: true,
    implicitFirstChars: first,
    resolve: (source) => {
      const value = plainScalar(source)
      return isOne(value) ? value : NOT_RESOLVED
    },
    identify: () => false,
  })
}

const numberStarts = [..."+-.0123456789"]

/** The schema for objects. */
export const kubernetesSchema = new Schema([
  plainTag("null", ["", "~", "n", "N"], (value) => value === null),
  plainTag("bool", [..."yYnNtTfFoO"], (value) => typeof value === "boolean"),
  plainTag("int", numberStarts, (value) => Number.isInteger(value)),
  plainTag("float", numberStarts, (value) => typeof value === "number"),
  mergeTag,
  strTag,
  seqTag,
  mapTag,
])
