/** Shards of a parent's routes: enough that one stays small with tens of thousands of routes. A power of four. */
export const shardCount = 256

/** Shard of an object key: FNV-1a over UTF-16 units, equal everywhere and independent of what else there is. */
export function shardOf(key: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < key.length; i++) value = Math.imul(value ^ key.charCodeAt(i), 0x01000193)
  return ((value >>> 16) ^ value) & (shardCount - 1)
}
