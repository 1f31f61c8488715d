// Field constraints (protoc-gen-validate) as they stand in the options of the descriptor set, compiled to checks.
import { type Check, checkOfBytes, checkOfEnum, checkOfNumber, checkOfString } from "./constraint-checks.ts"
import { descriptorBytes, type TypeEntry, textAt } from "./descriptor-set.ts"
import { fieldsOf, type WireField } from "./wire-values.ts"

/** What is demanded of one field or of the elements of one. */
export interface FieldConstraint {
  /** A message that must be there. */
  readonly isRequired: boolean
  /** Its own fields are not looked at. */
  readonly isSkipped: boolean
  /** Checks of a scalar, list or map. */
  readonly checks: readonly Check[]
  readonly items?: FieldConstraint
  readonly keys?: FieldConstraint
  readonly values?: FieldConstraint
}

/** What is demanded of a message. */
export interface MessageConstraint {
  readonly fields: ReadonlyMap<number, FieldConstraint>
  /** Oneofs of which one field must be set. */
  readonly requiredOneofs: ReadonlySet<string>
}

/** The extension number by which all validation options go. */
const rulesOption = 1071

/** Reads the constraints of a message. Field numbers of DescriptorProto: field 2, options 7, oneof_decl 8. */
export function readConstraint(entry: TypeEntry): MessageConstraint {
  const fields = new Map<number, FieldConstraint>()
  const requiredOneofs = new Set<string>()
  let isDisabled = false
  for (const { no, start, end } of fieldsOf(descriptorBytes(), entry.start, entry.end)) {
    if (no === 2) readField(start, end, fields)
    else if (no === 7) isDisabled ||= options(start, end).some((option) => option.integer !== 0n)
    else if (no === 8) readOneof(start, end, requiredOneofs)
  }
  return isDisabled ? { fields: new Map(), requiredOneofs: new Set() } : { fields, requiredOneofs }
}

function options(start: number, end: number): readonly WireField[] {
  // 1072 is the older option that also turns a message's constraints off.
  return [...fieldsOf(descriptorBytes(), start, end)].filter(({ no }) => no === rulesOption || no === rulesOption + 1)
}

function readField(start: number, end: number, into: Map<number, FieldConstraint>): void {
  let number = 0
  let rules: WireField | undefined
  for (const field of fieldsOf(descriptorBytes(), start, end)) {
    if (field.no === 3) number = Number(field.integer)
    else if (field.no === 8) rules = options(field.start, field.end)[0]
  }
  if (rules !== undefined) into.set(number, readRules(rules.start, rules.end))
}

function readOneof(start: number, end: number, into: Set<string>): void {
  let name = ""
  for (const field of fieldsOf(descriptorBytes(), start, end)) {
    if (field.no === 1) name = textAt(field.start, field.end)
    else if (field.no === 2 && options(field.start, field.end).some(({ integer }) => integer !== 0n)) into.add(name)
  }
}

/** FieldRules: numbers 1 to 12, bool 13, string 14, bytes 15, enum 16, message 17, repeated 18, map 19, any 20, duration 21, timestamp 22. */
function readRules(start: number, end: number): FieldConstraint {
  let constraint: FieldConstraint = { isRequired: false, isSkipped: false, checks: [] }
  for (const { no, start: from, end: to } of fieldsOf(descriptorBytes(), start, end)) {
    const rules = [...fieldsOf(descriptorBytes(), from, to)]
    if (no <= 13) constraint = { ...constraint, checks: [checkOfNumber(rules, no)] }
    else if (no === 14) constraint = { ...constraint, checks: [checkOfString(rules)] }
    else if (no === 15) constraint = { ...constraint, checks: [checkOfBytes(rules)] }
    else if (no === 16) constraint = { ...constraint, checks: [checkOfEnum(rules)] }
    else if (no === 17) constraint = { ...constraint, isRequired: hasFlag(rules, 2), isSkipped: hasFlag(rules, 1) }
    else if (no === 18) constraint = { ...constraint, ...readListRules(rules) }
    else if (no === 19) constraint = { ...constraint, ...readMapRules(rules) }
    else if (no === 20) constraint = { ...constraint, isRequired: hasFlag(rules, 1), checks: [checkOfType(rules)] }
    else if (no === 21) constraint = { ...constraint, isRequired: hasFlag(rules, 1), checks: [checkOfDuration(rules)] }
    else if (no === 22) constraint = { ...constraint, isRequired: hasFlag(rules, 1) }
  }
  return constraint
}

function hasFlag(rules: readonly WireField[], number: number): boolean {
  return rules.some(({ no, integer }) => no === number && integer !== 0n)
}

function amount(rules: readonly WireField[], number: number): number | undefined {
  const found = rules.find(({ no }) => no === number)
  return found === undefined ? undefined : Number(found.integer)
}

function nested(rules: readonly WireField[], number: number): FieldConstraint | undefined {
  const found = rules.find(({ no }) => no === number)
  return found === undefined ? undefined : readRules(found.start, found.end)
}

function readListRules(rules: readonly WireField[]): Partial<FieldConstraint> {
  const items = nested(rules, 4)
  const checks: Check[] = [checkSize("item", amount(rules, 1), amount(rules, 2), hasFlag(rules, 5))]
  if (hasFlag(rules, 3)) {
    checks.push((list) =>
      new Set(list as readonly unknown[]).size === (list as readonly unknown[]).length
        ? undefined
        : "value must contain unique items",
    )
  }
  return { checks, ...(items === undefined ? {} : { items }) }
}

function readMapRules(rules: readonly WireField[]): Partial<FieldConstraint> {
  const keys = nested(rules, 4)
  const values = nested(rules, 5)
  const size = checkSize("pair", amount(rules, 1), amount(rules, 2), hasFlag(rules, 6))
  return {
    checks: [(map) => size(Object.keys(map as object))],
    ...(keys === undefined ? {} : { keys }),
    ...(values === undefined ? {} : { values }),
  }
}

function checkSize(what: string, min: number | undefined, max: number | undefined, ignoresEmpty: boolean): Check {
  return (list) => {
    const { length } = list as readonly unknown[]
    if (ignoresEmpty && length === 0) return undefined
    if (min !== undefined && length < min) return `value must contain at least ${min} ${what}(s)`
    return max !== undefined && length > max ? `value must contain no more than ${max} ${what}(s)` : undefined
  }
}

function checkOfType(rules: readonly WireField[]): Check {
  const types = (number: number) => rules.filter(({ no }) => no === number).map(({ start, end }) => textAt(start, end))
  const [allowed, refused] = [types(2), types(3)]
  return (any) => {
    const { typeUrl } = any as { readonly typeUrl: string }
    if (allowed.length > 0 && !allowed.includes(typeUrl)) return `type URL must be one of ${allowed.join(", ")}`
    return refused.includes(typeUrl) ? `type URL must not be one of ${refused.join(", ")}` : undefined
  }
}

/** DurationRules: const 2, lt 3, lte 4, gt 5, gte 6. */
function checkOfDuration(rules: readonly WireField[]): Check {
  const nanosOf = ({ seconds, nanos }: { seconds: bigint; nanos: number }) => seconds * 1_000_000_000n + BigInt(nanos)
  const bound = (number: number): bigint | undefined => {
    const found = rules.find(({ no }) => no === number)
    if (found === undefined) return undefined
    const parts = [...fieldsOf(descriptorBytes(), found.start, found.end)]
    const part = (no: number) => parts.find((field) => field.no === no)?.integer ?? 0n
    return nanosOf({ seconds: part(1), nanos: Number(part(2)) })
  }
  const [exact, lt, lte, gt, gte] = [bound(2), bound(3), bound(4), bound(5), bound(6)]
  const text = (nanos: bigint) => `${Number(nanos) / 1e9}s`
  return (duration) => {
    const nanos = nanosOf(duration as { seconds: bigint; nanos: number })
    if (exact !== undefined && nanos !== exact) return `value must equal ${text(exact)}`
    if (lt !== undefined && nanos >= lt) return `value must be less than ${text(lt)}`
    if (lte !== undefined && nanos > lte) return `value must be less than or equal to ${text(lte)}`
    if (gt !== undefined && nanos <= gt) return `value must be greater than ${text(gt)}`
    if (gte !== undefined && nanos < gte) return `value must be greater than or equal to ${text(gte)}`
    return undefined
  }
}
