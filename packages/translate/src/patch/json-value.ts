/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | JsonMembers

/** A JSON object. */
export interface JsonMembers {
  readonly [key: string]: Json
}

/** Whether a value is a JSON object. */
export function isJsonObject(value: Json | undefined): value is JsonMembers {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

/** Own member of an object, or undefined; `__proto__` and the like are names as any other. */
export function memberOf(object: JsonMembers, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

/** Whether two values are the same JSON; the order of members does not matter. */
export function isSameJson(a: Json, b: Json): boolean {
  if (a === b) return true
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item: Json, i) => isSameJson(item, b[i] as Json))
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  return keys.every((key) => Object.hasOwn(b, key) && isSameJson(a[key] as Json, b[key] as Json))
}
