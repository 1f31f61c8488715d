import type { World } from "../world/world.ts"

/** Who refers: API group, kind and namespace of the referring object. */
export interface ReferenceFrom {
  readonly group: string
  readonly kind: string
  readonly namespace: string
}

/** What is referred to; the core group is the empty text. */
export interface ReferenceTo {
  readonly group: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

/**
 * Whether a reference may be followed: inside one namespace always, else when a ReferenceGrant of the target's namespace says so.
 *
 * Reads the grants of that namespace only. Source: Gateway API, ReferenceGrant.
 */
export function isReferenceAllowed(world: World, from: ReferenceFrom, to: ReferenceTo): boolean {
  if (from.namespace === to.namespace) return true
  return world.members("grants", to.namespace).some((key) => {
    const grant = world.get("ReferenceGrant", to.namespace, key.slice(key.lastIndexOf("/") + 1))
    const { from: froms = [], to: tos = [] } = grant?.spec ?? {}
    return (
      froms.some((f) => (f.group ?? "") === from.group && f.kind === from.kind && f.namespace === from.namespace) &&
      tos.some(
        (t) => (t.group ?? "") === to.group && t.kind === to.kind && (t.name === undefined || t.name === to.name),
      )
    )
  })
}
