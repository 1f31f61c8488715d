// All patches of one resource type on a proxy's resources of that type. Only resources that patches name are decoded.
import type { Resource, ResourceGroup, ResourceKind, ResourceTable } from "../emit/snapshot.ts"
import { typeUrls } from "../emit/snapshot.ts"
import type { ResourcePatch } from "../plan/index.ts"
import { addsResource, operationError } from "./patch-document.ts"
import { createPieceMemory, type PieceMemory } from "./patch-pieces.ts"
import { addedResource, type PatchedResource, patchResource } from "./patch-resource.ts"

/** A patch that changed nothing. */
export type PatchFailure = { readonly patch: ResourcePatch } & (
  | { readonly type: "refused"; readonly error: string }
  | { readonly type: "missing" }
)

/** Resources after all patches, and the patches that changed nothing. */
export interface PatchedTable {
  readonly table: ResourceTable
  readonly failures: readonly PatchFailure[]
}

/** What is remembered of patches, to apply them again to resources that are the same or nearly so. */
export interface PatchMemory {
  /** Results on resources that are still the same objects. */
  readonly results: WeakMap<Resource, WeakMap<ResourcePatch, PatchedResource>>
  readonly pieces: WeakMap<ResourcePatch, PieceMemory>
}

/** Nothing remembered yet. */
export function createPatchMemory(): PatchMemory {
  return { results: new WeakMap(), pieces: new WeakMap() }
}

/**
 * Applies patches in order; each sees what those before it did, and one that fails leaves its resource as it was.
 *
 * A resource that a patch adds or renames takes the place of one with the same name.
 */
export function patchTable(
  kind: ResourceKind,
  table: ResourceTable,
  patches: readonly ResourcePatch[],
  memory: PatchMemory,
): PatchedTable {
  const touched: Touched[] = []
  const failures: PatchFailure[] = []
  for (const patch of patches) {
    const invalid = operationError(patch.operation)
    if (invalid !== undefined) {
      failures.push({ patch, type: "refused", error: invalid })
      continue
    }
    if (addsResource(patch.operation)) {
      const added = addedResource(kind, patch)
      if (added.error === undefined) touched.push({ before: undefined, now: added.resource })
      else failures.push({ patch, type: "refused", error: added.error })
      continue
    }
    const found = touched.findLast(({ now }) => now.name === patch.name) ?? untouched(table, touched, patch.name)
    if (found === undefined) {
      failures.push({ patch, type: "missing" })
      continue
    }
    const result = remembered(memory, kind, found.now, patch)
    if (result.error !== undefined) {
      failures.push({ patch, type: "refused", error: result.error })
      continue
    }
    found.now = result.resource
    if (!touched.includes(found)) touched.push(found)
  }
  return { table: touched.length === 0 ? table : replaced(table, touched), failures }
}

interface Touched {
  /** As it was emitted; undefined for an added one. */
  readonly before: Resource | undefined
  now: Resource
}

function untouched(table: ResourceTable, touched: readonly Touched[], name: string): Touched | undefined {
  for (const group of table.groups) {
    const before = namesOf(group).get(name)
    if (before !== undefined) return touched.some((one) => one.before === before) ? undefined : { before, now: before }
  }
  return undefined
}

function remembered(
  memory: PatchMemory,
  kind: ResourceKind,
  resource: Resource,
  patch: ResourcePatch,
): PatchedResource {
  const known = memory.results.get(resource) ?? new WeakMap<ResourcePatch, PatchedResource>()
  memory.results.set(resource, known)
  const pieces = memory.pieces.get(patch) ?? createPieceMemory()
  memory.pieces.set(patch, pieces)
  const result = known.get(patch) ?? patchResource(kind, resource, patch, pieces)
  known.set(patch, result)
  return result
}

function replaced(table: ResourceTable, touched: readonly Touched[]): ResourceTable {
  const last = new Map(touched.map((one) => [one.now.name, one]))
  const byBefore = new Map(touched.map((one) => [one.before, one]))
  const groups = table.groups.map((group) => {
    const names = namesOf(group)
    const isHit = touched.some(
      ({ before, now }) => names.has(now.name) || (before !== undefined && names.get(before.name) === before),
    )
    if (!isHit) return group
    const resources = group.resources.flatMap((resource) => {
      const one = byBefore.get(resource)
      if (one === undefined) return last.has(resource.name) ? [] : [resource]
      return last.get(one.now.name) === one ? [one.now] : []
    })
    return { ...group, resources }
  })
  const added = [...last.values()].filter(({ before }) => before === undefined).map(({ now }) => now)
  return { typeUrl: table.typeUrl, groups: added.length === 0 ? groups : [...groups, { resources: added }] }
}

const indexes = new WeakMap<ResourceGroup, ReadonlyMap<string, Resource>>()

function namesOf(group: ResourceGroup): ReadonlyMap<string, Resource> {
  let index = indexes.get(group)
  if (index === undefined) {
    index = new Map(group.resources.map((resource) => [resource.name, resource]))
    indexes.set(group, index)
  }
  return index
}

/** The kind of resource that a type URL names, or undefined when patches cannot change it. */
export function patchedKind(typeUrl: string): ResourceKind | undefined {
  return (Object.keys(typeUrls) as ResourceKind[]).find((kind) => typeUrls[kind] === typeUrl)
}
