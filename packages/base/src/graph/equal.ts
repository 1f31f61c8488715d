import { Secret } from "../secret.ts"

/**
 * Whether two plain values are equal in structure: primitives, arrays, plain objects, maps, bytes, {@link Secret}s.
 *
 * Anything else (class instances, functions) is equal only to itself. Absent and `undefined` properties are the same.
 */
export function structuralEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => structuralEqual(item, b[i]))
  if (a instanceof Uint8Array) return b instanceof Uint8Array && equalBytes(a, b)
  if (a instanceof Secret) return b instanceof Secret && equalBytes(a.reveal(), b.reveal())
  if (a instanceof Map) return b instanceof Map && equalMaps(a, b)
  if (!isPlain(a) || !isPlain(b)) return false
  for (const key in a) if (!structuralEqual(a[key], b[key])) return false
  for (const key in b) if (b[key] !== undefined && a[key] === undefined) return false
  return true
}

function isPlain(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

function equalMaps(a: ReadonlyMap<unknown, unknown>, b: ReadonlyMap<unknown, unknown>): boolean {
  if (a.size !== b.size) return false
  for (const [key, value] of a) if (!b.has(key) || !structuralEqual(value, b.get(key))) return false
  return true
}
