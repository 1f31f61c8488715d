import { changedMap, contentVersion } from "@attache/base"
import { sharedBy } from "./shared.ts"
import { addSum, memberSum, subtractSum, sumVersion, type VersionSum, zeroSum } from "./version.ts"

/** One encoded resource. Never changed after it was put into a snapshot. */
export interface SnapshotResource {
  readonly name: string
  /** The resource's own message, without an Any around it. The snapshot owns it. */
  readonly bytes: Uint8Array
  /** The same in pieces, many of which may be those of an earlier version; `bytes` is then made of them at every read. */
  readonly pieces?: readonly Uint8Array[]
  /** Content version, such as `contentVersion(bytes)`. Equal version means equal bytes. */
  readonly version: string
  /** What the resource came from; carried, never read. */
  readonly origins?: unknown
}

/** All resources of one type. Immutable. */
export interface SnapshotType {
  /** Composed from the names and versions of the resources; 16 hex characters. */
  readonly version: string
  readonly sum: VersionSum
  readonly resources: ReadonlyMap<string, SnapshotResource>
}

/** What one proxy should have: type URL → resources. Immutable; unchanged parts are shared with its predecessor. */
export interface Snapshot {
  readonly types: ReadonlyMap<string, SnapshotType>
}

/** A resource as given to {@link createSnapshot}; without `version` its content hash is taken. */
export interface ResourceInput {
  readonly name: string
  readonly bytes: Uint8Array
  readonly pieces?: readonly Uint8Array[]
  readonly version?: string
  readonly origins?: unknown
}

/** Changes to one type for {@link updateSnapshot}. A name in both is put, not removed. */
export interface TypeChange {
  readonly put?: Iterable<ResourceInput>
  readonly remove?: Iterable<string>
}

/** A type without resources. */
export const emptyType: SnapshotType = { version: sumVersion(zeroSum), sum: zeroSum, resources: new Map() }

/** A snapshot without resources. */
export const emptySnapshot: Snapshot = { types: new Map() }

/** The resources of a type; none for a type the snapshot lacks. */
export function typeOf(snapshot: Snapshot, typeUrl: string): SnapshotType {
  return snapshot.types.get(typeUrl) ?? emptyType
}

/**
 * A snapshot of exactly the given resources.
 *
 * Two of one name: the last wins. Resources equal to those of `previous` are taken from there, and so are whole
 * types, which makes later comparisons cheap.
 *
 * @param types type URL → resources
 */
export function createSnapshot(
  types: ReadonlyMap<string, Iterable<ResourceInput>> | Readonly<Record<string, Iterable<ResourceInput>>>,
  previous: Snapshot = emptySnapshot,
): Snapshot {
  const result = new Map<string, SnapshotType>()
  for (const [typeUrl, inputs] of types instanceof Map ? types : Object.entries(types)) {
    const before = typeOf(previous, typeUrl)
    const resources = new Map<string, SnapshotResource>()
    for (const input of inputs) resources.set(input.name, adopt(before, input))
    result.set(typeUrl, replaceAll(before, resources))
  }
  return { types: result }
}

/**
 * A snapshot with a few resources changed.
 *
 * Hashes only what is put, and costs what is put; types not named are shared.
 */
export function updateSnapshot(
  previous: Snapshot,
  changes: ReadonlyMap<string, TypeChange> | Readonly<Record<string, TypeChange>>,
): Snapshot {
  const types = new Map(previous.types)
  for (const [typeUrl, change] of changes instanceof Map ? changes : Object.entries(changes)) {
    const before = typeOf(previous, typeUrl)
    const after = updateType(before, change)
    if (after !== before) types.set(typeUrl, after)
  }
  return { types }
}

/**
 * Names whose presence or version differs between two states of a type; computed once per pair.
 *
 * Thousands of streams that stand on the same state share one comparison.
 */
export function changedNames(from: SnapshotType, to: SnapshotType): readonly string[] {
  if (from === to) return none
  const known = differences.get(from)?.get(to)
  if (known !== undefined) return known
  return remember(from, to, compare(from, to))
}

const none: readonly string[] = []
const differences = new WeakMap<SnapshotType, WeakMap<SnapshotType, readonly string[]>>()
const sums = new WeakMap<SnapshotResource, VersionSum>()

function compare(from: SnapshotType, to: SnapshotType): readonly string[] {
  if (from.resources.size === 0) return [...to.resources.keys()]
  const names: string[] = []
  let kept = 0
  for (const [name, resource] of to.resources) {
    const before = from.resources.get(name)
    if (before !== undefined) kept++
    if (before !== resource && before?.version !== resource.version) names.push(name)
  }
  if (kept < from.resources.size)
    for (const name of from.resources.keys()) if (!to.resources.has(name)) names.push(name)
  return names
}

function remember(from: SnapshotType, to: SnapshotType, names: readonly string[]): readonly string[] {
  const table = differences.get(from) ?? new WeakMap<SnapshotType, readonly string[]>()
  differences.set(from, table.set(to, names))
  return names
}

/** Names of a list of resources; made once for each list. */
export const namesOf = sharedBy((resources: readonly SnapshotResource[]): readonly string[] =>
  resources.map(({ name }) => name),
)

/** All resources of a type as a list; made once for each state. */
export const listOf = sharedBy((type: SnapshotType): readonly SnapshotResource[] => [...type.resources.values()])

/** Contribution of one resource to the version of its type; hashed once per resource. */
export function resourceSum(resource: SnapshotResource): VersionSum {
  const known = sums.get(resource)
  if (known !== undefined) return known
  const sum = memberSum(resource.name, resource.version)
  sums.set(resource, sum)
  return sum
}

function adopt(before: SnapshotType, input: ResourceInput): SnapshotResource {
  const old = before.resources.get(input.name)
  const version = input.version ?? contentVersion(input.bytes)
  if (old?.version === version && old.origins === input.origins) return old
  const content = old?.version === version ? old : input
  const base = { name: input.name, version, ...(input.origins === undefined ? {} : { origins: input.origins }) }
  const { pieces } = content
  if (pieces === undefined) return { ...base, bytes: content.bytes }
  return {
    ...base,
    pieces,
    get bytes() {
      return Buffer.concat(pieces)
    },
  }
}

function replaceAll(before: SnapshotType, resources: ReadonlyMap<string, SnapshotResource>): SnapshotType {
  const same =
    resources.size === before.resources.size && resources.values().every((r) => before.resources.get(r.name) === r)
  if (same) return before
  let sum = zeroSum
  for (const resource of resources.values()) sum = addSum(sum, resourceSum(resource))
  return { version: sumVersion(sum), sum, resources }
}

function updateType(before: SnapshotType, change: TypeChange): SnapshotType {
  const changes = new Map<string, SnapshotResource | undefined>()
  let sum = before.sum
  const now = (name: string): SnapshotResource | undefined =>
    changes.has(name) ? changes.get(name) : before.resources.get(name)
  const put = (name: string, resource: SnapshotResource | undefined): void => {
    const old = now(name)
    if (old === resource) return
    if (old !== undefined) sum = subtractSum(sum, resourceSum(old))
    if (resource !== undefined) sum = addSum(sum, resourceSum(resource))
    changes.set(name, resource)
  }
  for (const name of change.remove ?? []) put(name, undefined)
  for (const input of change.put ?? []) put(input.name, adopt(before, input))
  for (const [name, resource] of changes) if (before.resources.get(name) === resource) changes.delete(name)
  if (changes.size === 0) return before
  const after = { version: sumVersion(sum), sum, resources: changedMap(before.resources, changes) }
  const changed = [...changes].filter(([name, now]) => before.resources.get(name)?.version !== now?.version)
  remember(
    before,
    after,
    changed.map(([name]) => name),
  )
  return after
}
