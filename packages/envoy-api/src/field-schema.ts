import type { DescEnum, DescField, DescMessage, DescOneof } from "@bufbuild/protobuf"
import { descriptorBytes, textAt } from "./descriptor-set.ts"
import { visitFields } from "./wire-fields.ts"

/** A `FieldDescriptorProto` as far as it matters here. */
export interface RawField {
  name: string
  number: number
  /** `TYPE_*` of descriptor.proto; scalar types have the numbers of protobuf-es' `ScalarType`. */
  type: number
  repeated: boolean
  required: boolean
  /** Full name without leading dot; empty for scalars. */
  typeName: string
  jsonName: string
  defaultValue: string | undefined
  /** -1 outside of a oneof and for a proto3 `optional`. */
  oneofIndex: number
  optional: boolean
  packed: boolean | undefined
  deprecated: boolean
}

/** Schemas by full name. */
export interface TypeLookup {
  readonly message: (typeName: string) => DescMessage
  readonly enum: (typeName: string) => DescEnum
}

/** Where a field stands and how it finds what it refers to. */
export interface FieldContext extends TypeLookup {
  readonly parent: DescMessage
  readonly proto3: boolean
  /** Key and value field of the map entry message with this name, if there is one. */
  readonly mapEntry: (typeName: string) => readonly [RawField, RawField] | undefined
}

const typeGroup = 10
const typeMessage = 11
const typeEnum = 14
const typeString = 9
const typeBytes = 12

/** Reads the `FieldDescriptorProto` in `[start..end)` of the descriptor set. */
export function readField(start: number, end: number): RawField {
  const raw: RawField = {
    name: "",
    number: 0,
    type: 0,
    repeated: false,
    required: false,
    typeName: "",
    jsonName: "",
    defaultValue: undefined,
    oneofIndex: -1,
    optional: false,
    packed: undefined,
    deprecated: false,
  }
  visitFields(descriptorBytes(), start, end, (no, value, from, to) => {
    if (no === 1) raw.name = textAt(from, to)
    else if (no === 3) raw.number = value
    else if (no === 4) [raw.required, raw.repeated] = [value === 2, value === 3]
    else if (no === 5) raw.type = value
    else if (no === 6) raw.typeName = textAt(from + 1, to)
    else if (no === 7) raw.defaultValue = textAt(from, to)
    else if (no === 8) readFieldOptions(raw, from, to)
    else if (no === 9) raw.oneofIndex = value
    else if (no === 10) raw.jsonName = textAt(from, to)
    else if (no === 17) raw.optional = value !== 0
  })
  if (raw.optional) raw.oneofIndex = -1
  return raw
}

function readFieldOptions(raw: RawField, start: number, end: number): void {
  visitFields(descriptorBytes(), start, end, (no, value) => {
    if (no === 2) raw.packed = value !== 0
    else if (no === 3) raw.deprecated = value !== 0
  })
}

/** The property name that protobuf-es gives a field or oneof: lower camel case, escaped where JavaScript claims it. */
export function localNameOf(name: string, inOneof: boolean): string {
  const camel = name.replace(/_+(.)?/g, (_, next: string | undefined) => next?.toUpperCase() ?? "")
  return inOneof ? camel : safeProperty(camel)
}

/** Escapes names that JavaScript objects have already. */
export function safeProperty(name: string): string {
  return /^(constructor|toString|toJSON|valueOf)$/.test(name) ? `${name}$` : name
}

/** Describes a field; message and enum types are looked up when they are first asked for. */
export function describeField(raw: RawField, oneof: DescOneof | undefined, context: FieldContext): DescField {
  const entry = raw.repeated && raw.type === typeMessage ? context.mapEntry(raw.typeName) : undefined
  const content = entry === undefined ? raw : entry[1]
  const kind =
    content.type === typeMessage || content.type === typeGroup
      ? "message"
      : content.type === typeEnum
        ? "enum"
        : "scalar"
  const cached: { message?: DescMessage; enum?: DescEnum } = {}
  const field = {
    kind: "field",
    fieldKind: entry !== undefined ? "map" : raw.repeated ? "list" : kind,
    listKind: entry === undefined && raw.repeated ? kind : undefined,
    mapKind: entry === undefined ? undefined : kind,
    mapKey: entry?.[0].type,
    name: raw.name,
    localName: localNameOf(raw.name, oneof !== undefined),
    jsonName: raw.jsonName,
    number: raw.number,
    parent: context.parent,
    oneof,
    scalar: kind === "scalar" ? content.type : undefined,
    get message() {
      if (kind !== "message") return undefined
      cached.message ??= context.message(content.typeName)
      return cached.message
    },
    get enum() {
      if (kind !== "enum") return undefined
      cached.enum ??= context.enum(content.typeName)
      return cached.enum
    },
    presence: presenceOf(raw, oneof, kind, context.proto3),
    utf8Validation: context.proto3,
    delimitedEncoding: kind === "message" ? raw.type === typeGroup : undefined,
    packed: raw.repeated && entry === undefined ? isPacked(raw, kind, context.proto3) : undefined,
    longAsString: false,
    deprecated: raw.deprecated,
    getDefaultValue: () => defaultOf(raw, kind, context),
    get proto() {
      return noProto(`${context.parent.typeName}.${raw.name}`)
    },
    toString: () => `field ${context.parent.typeName}.${raw.name}`,
  }
  return field as unknown as DescField
}

// FieldPresence: explicit 1, implicit 2, legacy required 3.
function presenceOf(raw: RawField, oneof: DescOneof | undefined, kind: string, proto3: boolean): 1 | 2 | 3 {
  if (raw.required) return 3
  if (raw.repeated) return 2
  return oneof !== undefined || raw.optional || !proto3 || kind === "message" ? 1 : 2
}

function isPacked(raw: RawField, kind: string, proto3: boolean): boolean {
  if (kind === "message" || raw.type === typeString || raw.type === typeBytes) return false
  return raw.packed ?? proto3
}

// Only booleans and enums have defaults in Envoy's proto2 files.
function defaultOf(raw: RawField, kind: string, context: FieldContext): boolean | number | undefined {
  if (raw.defaultValue === undefined || kind === "message") return undefined
  if (kind === "enum") return context.enum(raw.typeName).values.find((value) => value.name === raw.defaultValue)?.number
  return raw.defaultValue === "true"
}

/** Descriptor messages are not kept: they cost more than everything else together. Always throws. */
export function noProto(name: string): never {
  throw new Error(`the descriptor message of ${name} is not kept; decode descriptors/envoy-api.binpb for options`)
}
