import { messageOf } from "@attache/base"
import type { DescField, DescMessage, MessageInitShape } from "@bufbuild/protobuf"
import type { Any } from "@bufbuild/protobuf/wkt"
import { enumEncoding, type ScalarEncoding, scalarEncodings } from "./scalar-encoding.ts"
import { putStruct } from "./struct-encoding.ts"
import { typeUrlOf } from "./type-urls.ts"
import { closeLength, openLength, putRaw, putVarint, written } from "./wire-writer.ts"

type Fields = Readonly<Record<string, unknown>>
type Step = (message: Fields) => void
type PutField = (value: unknown) => void

/** One step for each field, in the order of their numbers. */
interface Plan {
  readonly fields: readonly DescField[]
  readonly steps: readonly Step[]
}

const plans = new WeakMap<DescMessage, Plan>()

/**
 * Bytes of a message, equal for equal content in every replica: fields in the order of their numbers, keys of maps and
 * structs sorted.
 *
 * Takes what protobuf-es' `create` takes, so there is no need to call it: absent fields, plain nested objects and
 * finished messages all do. The fields of a type are compiled once; a route takes a few microseconds. A value that its
 * field cannot hold is our own mistake and throws a plain error that names the field.
 */
export function encode<S extends DescMessage>(schema: S, message: MessageInitShape<S>): Uint8Array {
  return written(() => putMessage(schema, message as Fields))
}

/** The message as an `Any`; takes the same as {@link encode}. */
export function anyOf<S extends DescMessage>(schema: S, message: MessageInitShape<S>): Any {
  return { $typeName: "google.protobuf.Any", typeUrl: typeUrlOf(schema), value: encode(schema, message) }
}

function putMessage(schema: DescMessage, message: Fields): void {
  const typeName = message.$typeName
  if (typeName !== undefined && typeName !== schema.typeName)
    throw new Error(`not a ${schema.typeName} but a ${String(typeName)}`)
  const { steps, fields } = plans.get(schema) ?? compile(schema)
  let i = 0
  try {
    for (; i < steps.length; i++) steps[i]?.(message)
  } catch (error) {
    throw error instanceof EncodeError ? error : new EncodeError(`cannot encode ${fields[i]}: ${messageOf(error)}`)
  }
  if (message.$unknown !== undefined) putUnknown(message.$unknown as readonly UnknownField[])
}

// Told apart so that only the innermost message names its field.
class EncodeError extends Error {}

interface UnknownField {
  readonly no: number
  readonly wireType: number
  readonly data: Uint8Array
}

function putUnknown(fields: readonly UnknownField[]): void {
  for (const { no, wireType, data } of fields) {
    putVarint(no * 8 + wireType)
    putRaw(data)
  }
}

// Nested types are compiled when a message first holds one: most of Envoy's types never occur.
function compile(schema: DescMessage): Plan {
  const fields = schema.fields.toSorted((a, b) => a.number - b.number)
  const plan = { fields, steps: fields.map(compileField) }
  plans.set(schema, plan)
  return plan
}

function compileField(field: DescField): Step {
  const { localName } = field
  if (field.fieldKind === "map") return compileMap(field)
  if (field.fieldKind === "list") return compileList(field)
  const put = compileValue(field, field.number, field.fieldKind === "message" && field.oneof === undefined)
  if (field.oneof !== undefined) {
    const oneofName = field.oneof.localName
    return (message) => {
      const chosen = message[oneofName] as { case?: string; value?: unknown } | undefined
      if (chosen?.case === localName) put(chosen.value)
    }
  }
  // Messages of proto2 types hold defaults on their prototype.
  if (field.parent.file.edition === 998) {
    return (message) => {
      if (Object.hasOwn(message, localName) && message[localName] !== undefined) put(message[localName])
    }
  }
  const { isZero } = field.presence === 2 ? scalarOf(field) : { isZero: () => false }
  return (message) => {
    const value = message[localName]
    if (value !== undefined && value !== null && !isZero(value)) put(value)
  }
}

function compileList(field: DescField & { fieldKind: "list" }): Step {
  const { localName } = field
  if (field.packed) {
    const { put } = scalarOf(field)
    const tag = field.number * 8 + 2
    return (message) => {
      const items = message[localName] as readonly unknown[] | undefined
      if (items === undefined || items.length === 0) return
      putVarint(tag)
      const start = openLength()
      for (const item of items) put(item)
      closeLength(start)
    }
  }
  const put = compileValue(field, field.number, false)
  return (message) => {
    const items = message[localName] as readonly unknown[] | undefined
    if (items !== undefined) for (const item of items) put(item)
  }
}

function compileMap(field: DescField & { fieldKind: "map" }): Step {
  const { localName, mapKey } = field
  const tag = field.number * 8 + 2
  const key = scalarEncodings[mapKey]
  const putValue = compileValue(field, 2, false)
  const toKey = mapKey === 9 ? (text: string) => text : mapKey === 8 ? (text: string) => text === "true" : Number
  return (message) => {
    const map = message[localName] as Fields | undefined
    if (map === undefined) return
    const keys = Object.keys(map)
    if (keys.length > 1) keys.sort()
    for (const text of keys) {
      putVarint(tag)
      const start = openLength()
      putVarint(8 + key.wireType)
      key.put(toKey(text))
      putValue(map[text])
      closeLength(start)
    }
  }
}

function scalarOf(field: DescField): ScalarEncoding {
  return field.scalar === undefined ? enumEncoding : scalarEncodings[field.scalar]
}

/** Writes tag and value. `unwrapped`: a wrapper type stands as its bare scalar there. */
function compileValue(field: DescField, fieldNumber: number, unwrapped: boolean): PutField {
  if (field.message === undefined) {
    const { put, wireType } = scalarOf(field)
    const tag = fieldNumber * 8 + wireType
    return (value) => {
      putVarint(tag)
      put(value)
    }
  }
  if (field.delimitedEncoding) throw new Error("groups are not supported")
  const tag = fieldNumber * 8 + 2
  const put = contentOf(field.message, field.parent.typeName, unwrapped)
  return (value) => {
    putVarint(tag)
    const start = openLength()
    put(value)
    closeLength(start)
  }
}

function contentOf(schema: DescMessage, parent: string, unwrapped: boolean): PutField {
  if (schema.typeName === "google.protobuf.Struct" && parent !== "google.protobuf.Value") return putStruct
  const wrapped = unwrapped && /^google\.protobuf\.\w+Value$/.test(schema.typeName) ? schema.fields[0] : undefined
  if (wrapped === undefined) return (value) => putMessage(schema, value as Fields)
  const step = compileField(wrapped)
  return (value) => step({ value })
}
