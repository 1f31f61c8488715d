import { Secret } from "../secret.ts"

/**
 * Whether two plain values are equal in structure: primitives, arrays, plain objects, maps, sets of primitives, byte
 * and number arrays, and secrets by their bytes.
 *
 * Anything else (class instances, functions) is equal only to itself. Absent and `undefined` properties are the same;
 * the order of properties and of map entries does not count.
 */
export function structuralEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false
  if (Array.isArray(a)) return Array.isArray(b) && equalArrays(a, b)
  if (isPlain(a)) return isPlain(b) && equalObjects(a, b)
  if (a instanceof Map) return b instanceof Map && equalMaps(a, b)
  if (a instanceof Set) return b instanceof Set && a.size === b.size && [...a].every((item) => b.has(item))
  if (a instanceof Uint8Array) return b instanceof Uint8Array && Buffer.compare(a, b) === 0
  if (ArrayBuffer.isView(a)) return ArrayBuffer.isView(b) && a.constructor === b.constructor && equalViews(a, b)
  return a instanceof Secret && b instanceof Secret && Buffer.compare(a.reveal(), b.reveal()) === 0
}

function isPlain(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function equalArrays(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (!structuralEqual(a[i], b[i])) return false
  return true
}

// Keys are users' words (labels, header names), so a name such as `constructor` must not find the prototype's.
function equalObjects(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): boolean {
  let surplus = 0
  for (const key in b) if (b[key] !== undefined) surplus++
  for (const key in a) {
    const value = a[key]
    if (value === undefined) continue
    if (!Object.hasOwn(b, key) || b[key] === undefined || !structuralEqual(value, b[key])) return false
    surplus--
  }
  return surplus === 0
}

function equalMaps(a: ReadonlyMap<unknown, unknown>, b: ReadonlyMap<unknown, unknown>): boolean {
  if (a.size !== b.size) return false
  for (const [key, value] of a) if (!b.has(key) || !structuralEqual(value, b.get(key))) return false
  return true
}

function equalViews(a: ArrayBufferView, b: ArrayBufferView): boolean {
  return Buffer.compare(bytesOf(a), bytesOf(b)) === 0
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
}
