import { byteString, fromBytes, toBytes, utf8 } from "../byte-string.ts"
import { encodePairs, type Pair } from "../pairs.ts"

/** A value of CEL. Texts are ordinary texts, integers bigints, doubles numbers. */
export type CelValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | CelUint
  | CelTime
  | CelList
  | CelMap
  | CelType
  | CelMessage

/** An unsigned integer. */
export interface CelUint {
  readonly kind: "uint"
  readonly value: bigint
}
/** A moment or a length of time in nanoseconds. */
export interface CelTime {
  readonly kind: "timestamp" | "duration"
  readonly nanos: bigint
}
/** A list. */
export interface CelList {
  readonly kind: "list"
  readonly items: readonly CelValue[]
}
/** A map; attributes are made when they are asked for. */
export interface CelMap {
  readonly kind: "map"
  get(key: CelValue): CelValue | undefined
  /** Entries in order; undefined for a map that cannot be listed. */
  readonly entries: (() => readonly (readonly [CelValue, CelValue])[]) | undefined
}
/** The type of a value, by its name. */
export interface CelType {
  readonly kind: "type"
  readonly name: string
}
/** A protobuf message: its fields, and its bytes where they are known. */
export interface CelMessage {
  readonly kind: "message"
  readonly fields: CelMap
  readonly bytes: Uint8Array | undefined
}

/** An evaluation that came to no value; the message is cel-cpp's. */
export class CelError extends Error {}

/** An unsigned integer of 64 bits. */
export function uint(value: bigint): CelUint {
  return { kind: "uint", value }
}

/** Bytes of a literal: code units below 256 stand for themselves, others for their UTF-8. */
export function bytesValue(text: string): Uint8Array {
  return /^[\0-\u00ff]*$/.test(text) ? toBytes(text) : utf8(text)
}

/** A map of known entries. */
export function mapOf(entries: readonly (readonly [CelValue, CelValue])[]): CelMap {
  return {
    kind: "map",
    get: (key) => entries.find(([own]) => isSame(own, key))?.[1],
    entries: () => entries,
  }
}

/** Name of a value's kind in cel-cpp's messages. */
export function kindName(value: CelValue): string {
  if (value === null) return "null_type"
  switch (typeof value) {
    case "boolean":
      return "bool"
    case "bigint":
      return "int64"
    case "number":
      return "double"
    case "string":
      return "string"
  }
  if (value instanceof Uint8Array) return "bytes"
  return value.kind === "uint" ? "uint64" : value.kind === "type" ? "CelType" : value.kind
}

/** Equality across kinds of numbers; values of different kinds are unequal. */
export function isSame(a: CelValue, b: CelValue): boolean {
  const x = numberOf(a)
  const y = numberOf(b)
  if (x !== undefined && y !== undefined) return x <= y && x >= y
  if (a instanceof Uint8Array && b instanceof Uint8Array) return fromBytes(a) === fromBytes(b)
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b
  if (a instanceof Uint8Array || b instanceof Uint8Array) return false
  if (a.kind === "list" && b.kind === "list") {
    return a.items.length === b.items.length && a.items.every((one, i) => isSame(one, b.items[i] ?? null))
  }
  if (a.kind === "map" && b.kind === "map") {
    const [left, right] = [a.entries?.() ?? [], b.entries?.() ?? []]
    return left.length === right.length && left.every(([key, value]) => isSame(value, b.get(key) ?? uint(-1n)))
  }
  if ("nanos" in a && "nanos" in b) return a.kind === b.kind && a.nanos === b.nanos
  return a.kind === "type" && b.kind === "type" && a.name === b.name
}

/** The number behind a value of a numeric kind. */
export function numberOf(value: CelValue): bigint | number | undefined {
  if (typeof value === "bigint" || typeof value === "number") return value
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "uint"
    ? value.value
    : undefined
}

/** The bytes a module gets for a value; undefined for what has none. Source: Envoy `serializeValue`. */
export function serializeCel(value: CelValue): Uint8Array | undefined {
  if (value === null) return undefined
  if (typeof value === "string") return toBytes(byteString(value))
  if (typeof value === "boolean") return Uint8Array.of(Number(value))
  if (typeof value === "bigint" || typeof value === "number") return eightBytes(value)
  if (value instanceof Uint8Array) return value
  switch (value.kind) {
    case "uint":
      return eightBytes(value.value)
    case "timestamp":
    case "duration":
      return eightBytes(value.nanos)
    case "list":
      return serializeEntries(value.items.map((item) => [item, ""]))
    case "map":
      return value.entries === undefined ? undefined : serializeEntries(value.entries())
    case "message":
      return value.bytes
    case "type":
      return undefined
  }
}

function serializeEntries(entries: readonly (readonly [CelValue, CelValue])[]): Uint8Array | undefined {
  const pairs: Pair[] = []
  for (const entry of entries) {
    const [key, value] = entry.map(serializeCel)
    if (key === undefined || value === undefined) return undefined
    pairs.push([fromBytes(key), fromBytes(value)])
  }
  return pairs.length === 0 ? new Uint8Array(4) : encodePairs(pairs)
}

function eightBytes(value: bigint | number): Uint8Array {
  const out = new Uint8Array(8)
  const view = new DataView(out.buffer)
  if (typeof value === "bigint") view.setBigUint64(0, BigInt.asUintN(64, value), true)
  else view.setFloat64(0, value, true)
  return out
}
