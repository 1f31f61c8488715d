import { messageOf } from "@attache/base"
import {
  type DescField,
  type DescMessage,
  toJson as esToJson,
  type JsonObject,
  type JsonValue,
  type Message,
  type MessageShape,
} from "@bufbuild/protobuf"
import type { Any } from "@bufbuild/protobuf/wkt"
import { unpackAny } from "./decode.ts"
import { depthLimit, type Finding, memberPath, tooDeep, unknownField, unknownType } from "./finding.ts"
import { schemaOf } from "./registry.ts"
import { scalarEncodings } from "./scalar-encoding.ts"
import { hasOwnJsonForm, isWrapper } from "./well-known.ts"

type Fields = Readonly<Record<string, unknown>>

interface Place {
  readonly path: string
  readonly depth: number
  readonly report: (finding: Finding) => void
}

/**
 * Protobuf's JSON form: camel case names, keys sorted, fields at their default left out, nested `Any` messages by `@type`.
 *
 * Never throws for a decoded message. An `Any` that cannot be read stays as `{"@type", "value": base64}`; it, unknown
 * fields and values without a JSON form are reported.
 */
export function toJson<S extends DescMessage>(
  type: S | string,
  message: MessageShape<S>,
  report: (finding: Finding) => void = () => {},
): JsonValue {
  return messageJson(schemaOf(type), message as Message, { path: "", depth: 0, report }) ?? null
}

function messageJson(desc: DescMessage, message: Message, place: Place): JsonValue | undefined {
  if (place.depth > depthLimit) return void place.report(tooDeep(place.path))
  if (desc.typeName === "google.protobuf.Any") return anyJson(message as Any, place)
  if (hasOwnJsonForm(desc.typeName)) return wellKnownJson(desc, message, place)
  const json: Record<string, JsonValue> = {}
  for (const field of sortedFields(desc)) {
    const value = presentValue(field, message as unknown as Fields)
    if (value === undefined) continue
    const written = fieldJson(field, value, {
      ...place,
      path: memberPath(place.path, field.jsonName),
      depth: place.depth + 1,
    })
    if (written !== undefined) json[field.jsonName] = written
  }
  for (const { no } of message.$unknown ?? [])
    place.report(unknownField(`${place.path}#${no}`, desc.typeName, String(no)))
  return json
}

function anyJson(any: Any, place: Place): JsonValue {
  if (any.typeUrl === "") return {}
  const opaque = { "@type": any.typeUrl, value: base64(any.value) }
  try {
    const inner = unpackAny(any)
    if (inner === undefined) {
      place.report(unknownType(place.path, any.typeUrl))
      return opaque
    }
    const json = messageJson(inner.schema, inner.message, { ...place, depth: place.depth + 1 })
    if (json === undefined) return opaque
    return { "@type": any.typeUrl, ...(hasOwnJsonForm(inner.schema.typeName) ? { value: json } : (json as JsonObject)) }
  } catch (error) {
    place.report({ code: "ATT_PROTO_BYTES", path: place.path, message: messageOf(error), typeUrl: any.typeUrl })
    return opaque
  }
}

function wellKnownJson(desc: DescMessage, message: Message, place: Place): JsonValue | undefined {
  const [wrapped] = desc.fields
  if (wrapped !== undefined && isWrapper(desc.typeName))
    return scalarJson(wrapped.scalar, (message as unknown as Fields).value)
  try {
    return sorted(esToJson(desc, message))
  } catch (error) {
    return void place.report({ code: "ATT_PROTO_VALUE", path: place.path, message: messageOf(error) })
  }
}

/** The value of a field that is to be written, else undefined. */
function presentValue(field: DescField, message: Fields): unknown {
  if (field.fieldKind !== "list" && field.fieldKind !== "map" && field.oneof !== undefined) {
    const chosen = message[field.oneof.localName] as { case?: string; value?: unknown } | undefined
    return chosen?.case === field.localName ? chosen.value : undefined
  }
  const value = message[field.localName]
  if (value === undefined || value === null) return undefined
  if (field.fieldKind === "list") return (value as readonly unknown[]).length === 0 ? undefined : value
  if (field.fieldKind === "map") return Object.keys(value).length === 0 ? undefined : value
  if (field.presence !== 2)
    return field.parent.file.edition === 999 || Object.hasOwn(message, field.localName) ? value : undefined
  const isZero = field.scalar === undefined ? value === 0 : scalarEncodings[field.scalar].isZero(value)
  return isZero ? undefined : value
}

function fieldJson(field: DescField, value: unknown, place: Place): JsonValue | undefined {
  if (field.fieldKind === "list") {
    return (value as readonly unknown[])
      .map((item, i) => valueJson(field, item, { ...place, path: memberPath(place.path, i) }))
      .filter((item) => item !== undefined)
  }
  if (field.fieldKind !== "map") return valueJson(field, value, place)
  const entries = Object.entries(value as Fields)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => [key, valueJson(field, item, { ...place, path: memberPath(place.path, key) })] as const)
  return Object.fromEntries(entries.filter((entry): entry is [string, JsonValue] => entry[1] !== undefined))
}

function valueJson(field: DescField, value: unknown, place: Place): JsonValue | undefined {
  if (field.enum !== undefined) {
    if (field.enum.typeName === "google.protobuf.NullValue") return null
    return field.enum.value[value as number]?.name ?? (value as number)
  }
  if (field.message === undefined) return scalarJson(field.scalar, value)
  const { typeName } = field.message
  if (typeName === "google.protobuf.Struct" && field.parent.typeName !== "google.protobuf.Value")
    return sorted(value as JsonObject)
  if (field.fieldKind === "message" && field.oneof === undefined && isWrapper(typeName))
    return scalarJson(field.message.fields[0]?.scalar, value)
  return messageJson(field.message, value as Message, place)
}

function scalarJson(scalar: number | undefined, value: unknown): JsonValue {
  if (value instanceof Uint8Array) return base64(value)
  if (typeof value === "bigint") return String(value)
  if (typeof value !== "number") return value as JsonValue
  if (!Number.isFinite(value)) return String(value)
  return scalar === 2 ? shortestFloat(value) : value
}

/** The shortest decimal that is this 32-bit float, as 0.1 for 0.10000000149011612. */
function shortestFloat(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === Math.fround(value)) return short
  }
  return value
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64")
}

function sorted(value: JsonValue): JsonValue {
  if (value === null || typeof value !== "object") return value
  if (Array.isArray(value)) return value.map(sorted)
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, member]) => [key, sorted(member)]))
}

const fieldOrders = new WeakMap<DescMessage, readonly DescField[]>()

function sortedFields(desc: DescMessage): readonly DescField[] {
  let fields = fieldOrders.get(desc)
  if (fields === undefined) {
    fields = desc.fields.toSorted((a, b) => (a.jsonName < b.jsonName ? -1 : 1))
    fieldOrders.set(desc, fields)
  }
  return fields
}
