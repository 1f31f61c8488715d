/** A JSON value that nobody changes. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject

/** A JSON object that nobody changes. */
export interface JsonObject {
  readonly [key: string]: JsonValue
}

/** The object under a key, or undefined when it is absent or something else. */
export function objectIn(value: JsonValue | undefined, ...keys: readonly string[]): JsonObject | undefined {
  if (!isJsonObject(value)) return undefined
  for (const key of keys) {
    const inner = value[key]
    if (isJsonObject(inner)) return inner
  }
  return undefined
}

/** The list under one of the keys, empty when absent or something else. */
export function listIn(value: JsonValue | undefined, ...keys: readonly string[]): readonly JsonValue[] {
  if (!isJsonObject(value)) return []
  for (const key of keys) {
    const inner = value[key]
    if (isJsonList(inner)) return inner
  }
  return []
}

/** The text under one of the keys, or undefined. */
export function textIn(value: JsonValue | undefined, ...keys: readonly string[]): string | undefined {
  if (!isJsonObject(value)) return undefined
  return keys.map((key) => value[key]).find((inner) => typeof inner === "string")
}

/** The number under one of the keys, also when written as text as protobuf's JSON does for 64 bits; else undefined. */
export function numberIn(value: JsonValue | undefined, ...keys: readonly string[]): number | undefined {
  if (!isJsonObject(value)) return undefined
  for (const key of keys) {
    const inner = value[key]
    if (typeof inner === "number") return inner
    if (typeof inner === "string" && /^-?\d+$/.test(inner)) return Number(inner)
  }
  return undefined
}

/** Whether a value is a JSON object, neither a list nor null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

function isJsonList(value: unknown): value is readonly JsonValue[] {
  return Array.isArray(value)
}
