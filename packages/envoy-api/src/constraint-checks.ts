// Checks of single values, from the rules of protoc-gen-validate, in its words.
import { descriptorBytes, textAt } from "./descriptor-set.ts"
import type { WireField } from "./wire-values.ts"

/** What is wrong with a value, or undefined. */
export type Check = (value: unknown) => string | undefined

type Rules = readonly WireField[]

function numberReader(type: number): (field: WireField) => number | bigint {
  const view = (field: WireField) =>
    new DataView(descriptorBytes().buffer, descriptorBytes().byteOffset + field.start, field.end - field.start)
  if (type === 1) return (field) => view(field).getFloat32(0, true)
  if (type === 2) return (field) => view(field).getFloat64(0, true)
  return ({ integer }) => integer
}

/** FloatRules and the like: const 1, lt 2, lte 3, gt 4, gte 5, in 6, not_in 7, ignore_empty 8. @param type number of the rules in FieldRules */
export function checkOfNumber(rules: Rules, type: number): Check {
  const read = numberReader(type)
  const all = (no: number) => rules.filter((field) => field.no === no).map(read)
  const [exact, lt, lte, gt, gte] = [1, 2, 3, 4, 5].map((no) => all(no)[0])
  const allowed = all(6).map(String)
  const refused = all(7).map(String)
  const ignoresEmpty = rules.some(({ no, integer }) => no === 8 && integer !== 0n)
  return (given) => {
    const value = (typeof given === "boolean" ? Number(given) : given) as number | bigint
    if (ignoresEmpty && Number(value) === 0) return undefined
    if (exact !== undefined && String(value) !== String(exact)) return `value must equal ${exact}`
    if (allowed.length > 0 && !allowed.includes(String(value))) return `value must be in list [${allowed.join(" ")}]`
    if (refused.includes(String(value))) return `value must not be in list [${refused.join(" ")}]`
    // NaN is in no range, as in Envoy.
    if (lt !== undefined && !(value < lt)) return `value must be less than ${lt}`
    if (lte !== undefined && !(value <= lte)) return `value must be less than or equal to ${lte}`
    if (gt !== undefined && !(value > gt)) return `value must be greater than ${gt}`
    if (gte !== undefined && !(value >= gte)) return `value must be greater than or equal to ${gte}`
    return undefined
  }
}

/** EnumRules: const 1, defined_only 2, in 3, not_in 4. Undefined numbers never pass our JSON and are not asked for. */
export function checkOfEnum(rules: Rules): Check {
  const all = (no: number) => rules.filter((field) => field.no === no).map(({ integer }) => Number(integer))
  const [[exact], allowed, refused] = [all(1), all(3), all(4)]
  return (value) => {
    if (exact !== undefined && value !== exact) return `value must equal ${exact}`
    if (allowed.length > 0 && !allowed.includes(value as number)) return `value must be in list [${allowed.join(" ")}]`
    return refused.includes(value as number) ? `value must not be in list [${refused.join(" ")}]` : undefined
  }
}

// Formats of `well_known_regex` (24) by number, strict and not. Source: Envoy's protoc-gen-validate runtime.
// Envoy takes an empty name where the format is not strict.
const headerName = { strict: /^:?[\w!#$%&'*+\-.^|~`]+$/, loose: /^[^\0\n\r]*$/ }
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what the format excludes
const headerValue = { strict: /^[^\0-\x08\n-\x1f\x7f]*$/, loose: /^[^\0\n\r]*$/ }

/** StringRules: const 1, min_len 2, max_len 3, min_bytes 4, max_bytes 5, pattern 6, prefix 7, suffix 8, contains 9, in 10, not_in 11, len 19, not_contains 23, well_known_regex 24, strict 25, ignore_empty 26; formats 12 to 22. */
export function checkOfString(rules: Rules): Check {
  const texts = (no: number) => rules.filter((field) => field.no === no).map(({ start, end }) => textAt(start, end))
  const length = (no: number) => {
    const found = rules.find((field) => field.no === no)
    return found === undefined ? undefined : Number(found.integer)
  }
  const [pattern, prefix, suffix, part] = [6, 7, 8, 9].map((no) => texts(no)[0])
  const [allowed, refused, without] = [texts(10), texts(11), texts(23)[0]]
  const known = length(24)
  const format = known === 1 ? headerName : known === 2 ? headerValue : undefined
  const regex = pattern === undefined ? format?.[length(25) === 0 ? "loose" : "strict"] : new RegExp(pattern, "u")
  const sizes = sizeChecks(length)
  return (given) => {
    const value = given as string
    if (length(26) === 1 && value === "") return undefined
    const wrong = sizes.map((check) => check(value)).find((text) => text !== undefined)
    if (wrong !== undefined) return wrong
    if (texts(1)[0] !== undefined && value !== texts(1)[0]) return `value must equal ${texts(1)[0]}`
    if (prefix !== undefined && !value.startsWith(prefix)) return `value does not have prefix ${JSON.stringify(prefix)}`
    if (suffix !== undefined && !value.endsWith(suffix)) return `value does not have suffix ${JSON.stringify(suffix)}`
    if (part !== undefined && !value.includes(part)) return `value does not contain ${JSON.stringify(part)}`
    if (without !== undefined && value.includes(without)) return `value contains ${JSON.stringify(without)}`
    if (allowed.length > 0 && !allowed.includes(value)) return `value must be in list [${allowed.join(" ")}]`
    if (refused.includes(value)) return `value must not be in list [${refused.join(" ")}]`
    return regex === undefined || regex.test(value) ? undefined : `value does not match regex pattern ${regex.source}`
  }
}

function sizeChecks(length: (no: number) => number | undefined): readonly Check[] {
  const bound = (
    no: number,
    size: (value: string) => number,
    fits: (size: number, limit: number) => boolean,
    text: string,
  ): Check => {
    const limit = length(no)
    return (value) =>
      limit === undefined || fits(size(value as string), limit) ? undefined : text.replace("%", String(limit))
  }
  const runes = (value: string) => [...value].length
  const atLeast = (size: number, limit: number) => size >= limit
  const atMost = (size: number, limit: number) => size <= limit
  return [
    bound(19, runes, (size, limit) => size === limit, "value length must be % runes"),
    bound(2, runes, atLeast, "value length must be at least % runes"),
    bound(3, runes, atMost, "value length must be at most % runes"),
    bound(4, Buffer.byteLength, atLeast, "value length must be at least % bytes"),
    bound(5, Buffer.byteLength, atMost, "value length must be at most % bytes"),
  ]
}

/** BytesRules: min_len 2, max_len 3, len 13, ignore_empty 14. Envoy's API uses no others. */
export function checkOfBytes(rules: Rules): Check {
  const limit = (no: number) => {
    const found = rules.find((field) => field.no === no)
    return found === undefined ? undefined : Number(found.integer)
  }
  const [min, max, exact] = [limit(2), limit(3), limit(13)]
  return (value) => {
    const { length } = value as Uint8Array
    if (limit(14) === 1 && length === 0) return undefined
    if (exact !== undefined && length !== exact) return `value length must be ${exact} bytes`
    if (min !== undefined && length < min) return `value length must be at least ${min} bytes`
    return max !== undefined && length > max ? `value length must be at most ${max} bytes` : undefined
  }
}
