import { Status } from "./abi/status.ts"
import { byteString, textOf, toBytes } from "./byte-string.ts"
import { type CelMap, type CelValue, mapOf } from "./cel/value.ts"
import type { PropertyResult } from "./context.ts"
import { encodePairs, type Pair } from "./pairs.ts"

/** An attribute. Texts are byte strings; maps are walked by the rest of a path. */
export type Attribute =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "int"; readonly value: bigint }
  /** Nanoseconds since the epoch, or of a length of time. */
  | { readonly kind: "timestamp" | "duration"; readonly value: bigint }
  | { readonly kind: "double"; readonly value: number }
  | { readonly kind: "bool"; readonly value: boolean }
  | {
      readonly kind: "map"
      readonly get: (key: string) => Attribute | undefined
      /** Absent: the map cannot be listed. */
      readonly entries?: () => readonly Pair[]
    }
  /** A value of JSON; a message of protobuf also has its bytes. */
  | { readonly kind: "json"; readonly value: unknown; readonly message?: Uint8Array }

/** A text attribute; none of none. */
export const text = (value: string | undefined): Attribute | undefined =>
  value === undefined ? undefined : { kind: "text", text: value }
/** An integer attribute; none of none. */
export const int = (value: number | bigint | undefined): Attribute | undefined =>
  value === undefined ? undefined : { kind: "int", value: BigInt(value) }
/** A map whose values are made when they are asked for. */
export const map = (get: (key: string) => Attribute | undefined): Attribute => ({ kind: "map", get })

/**
 * The serialized value at a path.
 *
 * NOT_FOUND when absent, SERIALIZATION_FAILURE when the path ends before a value. Source: Envoy `Context::getProperty`, `serializeValue`.
 */
export function readPath(path: readonly string[], root: (name: string) => Attribute | undefined): PropertyResult {
  const [first, ...rest] = path
  if (first === undefined) return { status: Status.SerializationFailure }
  let value = root(first)
  for (const segment of rest) value = value === undefined ? undefined : step(value, segment)
  if (value === undefined) return { status: Status.NotFound }
  return serialize(value) ?? { status: Status.SerializationFailure }
}

/** An attribute as an expression sees it. */
export function celOf(attribute: Attribute): CelValue {
  switch (attribute.kind) {
    case "bytes":
      return attribute.bytes
    case "text":
      return textOf(attribute.text)
    case "timestamp":
    case "duration":
      return { kind: attribute.kind, nanos: attribute.value }
    case "int":
    case "double":
    case "bool":
      return attribute.value
    case "map":
      return celMap(attribute)
    case "json":
      return attribute.message === undefined
        ? celOfJson(attribute.value)
        : { kind: "message", fields: celMap(attribute), bytes: attribute.message }
  }
}

function celMap(attribute: Attribute): CelMap {
  const entries = attribute.kind === "map" ? attribute.entries : undefined
  return {
    kind: "map",
    get: (key) => {
      const found = typeof key === "string" ? step(attribute, byteString(key)) : undefined
      return found === undefined ? undefined : celOf(found)
    },
    entries: entries === undefined ? undefined : () => entries().map(([key, value]) => [textOf(key), textOf(value)]),
  }
}

function celOfJson(value: unknown): CelValue {
  if (Array.isArray(value)) return { kind: "list", items: value.map(celOfJson) }
  if (typeof value === "object" && value !== null)
    return mapOf(Object.entries(value).map(([key, own]) => [key, celOfJson(own)] as const))
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null
}

function step(value: Attribute, segment: string): Attribute | undefined {
  if (value.kind === "map") return value.get(segment)
  if (value.kind !== "json") return undefined
  const inner = value.value
  if (Array.isArray(inner)) return jsonValue(inner[Number(segment)])
  if (typeof inner !== "object" || inner === null) return undefined
  return jsonValue((inner as Readonly<Record<string, unknown>>)[segment])
}

function jsonValue(value: unknown): Attribute | undefined {
  if (value === undefined) return undefined
  if (typeof value === "string") return text(byteString(value))
  if (typeof value === "number") return { kind: "double", value }
  if (typeof value === "boolean") return { kind: "bool", value }
  return { kind: "json", value }
}

function serialize(value: Attribute): Uint8Array | undefined {
  switch (value.kind) {
    case "bytes":
      return value.bytes
    case "text":
      return toBytes(value.text)
    case "bool":
      return Uint8Array.of(Number(value.value))
    case "int":
    case "timestamp":
    case "duration":
    case "double": {
      const out = new Uint8Array(8)
      const view = new DataView(out.buffer)
      if (value.kind === "double") view.setFloat64(0, value.value, true)
      else view.setBigUint64(0, BigInt.asUintN(64, value.value), true)
      return out
    }
    case "json":
      return value.message ?? serializeJson(value.value)
    case "map":
      return value.entries === undefined ? undefined : serializeMap(value.entries())
  }
}

function serializeJson(value: unknown): Uint8Array | undefined {
  if (value === null || typeof value !== "object") return undefined
  const entries: readonly (readonly [unknown, unknown])[] = Array.isArray(value)
    ? value.map((one) => [one, undefined])
    : Object.entries(value)
  const pairs: Pair[] = []
  for (const [key, one] of entries) {
    const name = typeof key === "string" ? byteString(key) : elementOf(key)
    const bytes = one === undefined ? "" : elementOf(one)
    if (name === undefined || bytes === undefined) return undefined
    pairs.push([name, bytes])
  }
  return serializeMap(pairs)
}

function elementOf(value: unknown): string | undefined {
  const inner = jsonValue(value)
  const bytes = inner === undefined ? undefined : serialize(inner)
  return bytes === undefined ? undefined : [...bytes].map((b) => String.fromCharCode(b)).join("")
}

/** A map of texts; one without entries is a count of 0. */
function serializeMap(pairs: readonly Pair[]): Uint8Array {
  return pairs.length === 0 ? new Uint8Array(4) : encodePairs(pairs)
}
