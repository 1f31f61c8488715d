import type { DescField, DescMessage, Message, MessageShape } from "@bufbuild/protobuf"
import type { Any } from "@bufbuild/protobuf/wkt"
import type { Check } from "./constraint-checks.ts"
import { type FieldConstraint, type MessageConstraint, readConstraint } from "./constraint-rules.ts"
import { unpackAny } from "./decode.ts"
import { depthLimit } from "./finding.ts"
import { schemaOf } from "./registry.ts"
import { findType } from "./schema.ts"

/** A value that Envoy would refuse. */
export interface Violation {
  /** Type of the message that holds the field. */
  readonly typeName: string
  /** Place from the message inwards, with the names of the .proto files: `load_assignment.endpoints[0].priority`. */
  readonly path: string
  /** What the value must be, in the words of protoc-gen-validate. */
  readonly message: string
}

/**
 * The first value of a message that breaks a constraint of Envoy's API, or undefined.
 *
 * Looks into nested messages, and into an `Any` whose type is known, as Envoy does when it reads the configuration.
 * Formats of strings (`uri`, `ip`, `hostname`) and undefined enum numbers are not looked at.
 */
export function violationOf<S extends DescMessage>(type: S | string, message: MessageShape<S>): Violation | undefined {
  return checkMessage(schemaOf(type), message as Message, "", 0)
}

const cache = new Map<string, MessageConstraint>()

function constraintOf(typeName: string): MessageConstraint {
  let constraint = cache.get(typeName)
  if (constraint === undefined) {
    const entry = typeName.startsWith("google.protobuf.") ? undefined : findType(typeName)
    constraint = entry === undefined ? { fields: new Map(), requiredOneofs: new Set() } : readConstraint(entry)
    cache.set(typeName, constraint)
  }
  return constraint
}

type Fields = Readonly<Record<string, unknown>>

function checkMessage(desc: DescMessage, message: Message, path: string, depth: number): Violation | undefined {
  if (depth > depthLimit) return { typeName: desc.typeName, path, message: `nested more than ${depthLimit} deep` }
  if (desc.typeName === "google.protobuf.Any") return checkAny(message as Any, path, depth)
  if (desc.typeName.startsWith("google.protobuf.")) return undefined
  const constraint = constraintOf(desc.typeName)
  for (const field of desc.fields) {
    const found = checkField(field, message as unknown as Fields, constraint.fields.get(field.number), path, depth)
    if (found !== undefined) return found
  }
  for (const { name, localName } of desc.oneofs) {
    const chosen = (message as unknown as Fields)[localName] as { readonly case?: string } | undefined
    if (constraint.requiredOneofs.has(name) && chosen?.case === undefined)
      return { typeName: desc.typeName, path: memberAt(path, name), message: "value is required" }
  }
  return undefined
}

function checkAny(any: Any, path: string, depth: number): Violation | undefined {
  if (any.typeUrl === "") return undefined
  const inner = unpackAny(any)
  return inner === undefined ? undefined : checkMessage(inner.schema, inner.message, path, depth + 1)
}

function checkField(
  field: DescField,
  message: Fields,
  constraint: FieldConstraint | undefined,
  parent: string,
  depth: number,
): Violation | undefined {
  const path = memberAt(parent, field.name)
  const violation = (text: string | undefined, at = path): Violation | undefined =>
    text === undefined ? undefined : { typeName: field.parent.typeName, path: at, message: text }
  const value = presentValue(field, message)
  if (value === undefined)
    return violation(constraint?.isRequired === true && field.oneof === undefined ? "value is required" : undefined)
  const own = violation(firstWrong(constraint?.checks, value))
  if (own !== undefined) return own
  const inside = (content: unknown, at: string, rules: FieldConstraint | undefined): Violation | undefined =>
    violation(firstWrong(rules?.checks, content), at) ??
    (field.message === undefined || rules?.isSkipped === true
      ? undefined
      : checkMessage(field.message, content as Message, at, depth + 1))
  if (field.fieldKind === "list") {
    return first((value as readonly unknown[]).entries(), ([i, item]) =>
      inside(item, `${path}[${i}]`, constraint?.items),
    )
  }
  if (field.fieldKind === "map") {
    return first(Object.entries(value as Fields), ([key, item]) => {
      const at = `${path}[${JSON.stringify(key)}]`
      return violation(firstWrong(constraint?.keys?.checks, key), at) ?? inside(item, at, constraint?.values)
    })
  }
  if (field.fieldKind !== "message" || constraint?.isSkipped === true || typeof value !== "object") return undefined
  return checkMessage(field.message, value as Message, path, depth + 1)
}

/** The value of a field that is present, else undefined. Wrappers stand for what they wrap. */
function presentValue(field: DescField, message: Fields): unknown {
  if (field.oneof !== undefined) {
    const chosen = message[field.oneof.localName] as { readonly case?: string; readonly value?: unknown }
    if (chosen.case !== field.localName) return undefined
    return field.fieldKind === "message" && isWrapped(field.message) ? (chosen.value as Fields).value : chosen.value
  }
  return field.presence === 2 || Object.hasOwn(message, field.localName) ? message[field.localName] : undefined
}

function isWrapped({ typeName }: DescMessage): boolean {
  return (
    typeName.startsWith("google.protobuf.") &&
    typeName.endsWith("Value") &&
    /(Int|Float|Double|Bool|String|Bytes)/.test(typeName)
  )
}

function firstWrong(checks: readonly Check[] | undefined, value: unknown): string | undefined {
  for (const check of checks ?? []) {
    const text = check(value)
    if (text !== undefined) return text
  }
  return undefined
}

function first<T>(items: Iterable<T>, check: (item: T) => Violation | undefined): Violation | undefined {
  for (const item of items) {
    const found = check(item)
    if (found !== undefined) return found
  }
  return undefined
}

function memberAt(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`
}
