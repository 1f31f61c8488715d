/**
 * A map with some entries put (`undefined`: taken out), without a copy of all others.
 *
 * Neither map is to be changed afterwards. Costs what the change costs; once in a while, when changes have piled up, a
 * copy. The order of entries is not kept.
 */
export function changedMap<K, V>(map: ReadonlyMap<K, V>, changes: ReadonlyMap<K, V | undefined>): ReadonlyMap<K, V> {
  if (changes.size === 0) return map
  const { base, top } = layersOf(map)
  if (top.size + changes.size > mostChanges(base.size)) return copyOf(map, changes)
  return layered(base, new Map([...top, ...changes]))
}

/** What lies under a layered map, and the changes on top of it. */
interface Layers<K, V> {
  readonly base: ReadonlyMap<K, V>
  readonly top: ReadonlyMap<K, V | undefined>
}

const layers = new WeakMap<object, Layers<unknown, unknown>>()

function layersOf<K, V>(map: ReadonlyMap<K, V>): Layers<K, V> {
  return (layers.get(map) as Layers<K, V> | undefined) ?? { base: map, top: new Map() }
}

/** Copying all once in so many changes costs about as much as copying the changes each time. */
function mostChanges(size: number): number {
  return Math.floor(Math.sqrt(size))
}

function copyOf<K, V>(map: ReadonlyMap<K, V>, changes: ReadonlyMap<K, V | undefined>): ReadonlyMap<K, V> {
  const copy = new Map(map)
  for (const [key, value] of changes) {
    if (value === undefined) copy.delete(key)
    else copy.set(key, value)
  }
  return copy
}

function layered<K, V>(base: ReadonlyMap<K, V>, top: ReadonlyMap<K, V | undefined>): ReadonlyMap<K, V> {
  let size = base.size
  for (const [key, value] of top) size += Number(value !== undefined) - Number(base.has(key))
  const get = (key: K): V | undefined => {
    const value = top.get(key)
    return value === undefined && !top.has(key) ? base.get(key) : value
  }
  function* entries(): Generator<[K, V], undefined> {
    for (const [key, value] of base) if (!top.has(key)) yield [key, value]
    for (const [key, value] of top) if (value !== undefined) yield [key, value]
  }
  function* keys(): Generator<K, undefined> {
    for (const [key] of entries()) yield key
  }
  function* values(): Generator<V, undefined> {
    for (const [, value] of entries()) yield value
  }
  const map: ReadonlyMap<K, V> = {
    size,
    get,
    has: (key) => get(key) !== undefined,
    entries,
    keys,
    values,
    forEach: (call) => {
      for (const [key, value] of entries()) call(value, key, map)
    },
    [Symbol.iterator]: entries,
  }
  layers.set(map, { base, top })
  return map
}
