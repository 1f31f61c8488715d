import type { AnyObject } from "./world.ts"

/**
 * Order of objects: creation time, then namespace, then name, by code units.
 *
 * Objects without a time come first. Source: Envoy Gateway 1.9 sorts all lists so before it translates.
 */
export function byAge(a: AnyObject, b: AnyObject): number {
  return (
    compare(a.metadata.creationTimestamp ?? "", b.metadata.creationTimestamp ?? "") ||
    compare(a.metadata.namespace ?? "", b.metadata.namespace ?? "") ||
    compare(a.metadata.name, b.metadata.name)
  )
}

/** Code unit order of two texts: -1, 0 or 1. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
