import { createSharedTable, fewestShared, sharedBy } from "./shared.ts"
import { changedNames, type SnapshotResource, type SnapshotType } from "./snapshot.ts"
import { isSubscribed, type Subscription } from "./subscription.ts"

/** What the client was last sent of one resource. */
export interface HeldResource {
  /** Version last sent, or claimed by the client when it reconnected; undefined: it has nothing. */
  readonly version: string | undefined
  /** It must be answered whatever it holds: asked for, or to be sent once more. */
  readonly isOwed: boolean
  /** The resource last sent, where it is known; a complete state repeats it until its removal may go out. */
  readonly resource?: SnapshotResource
}

/**
 * What a client was last sent of one type: a shared state and the exceptions from it.
 *
 * A table per client would cost hundreds of kilobytes at some thousand resources; clients that are up to date all
 * point at one state of the snapshot and have no exceptions.
 */
export interface Held {
  readonly base: SnapshotType
  readonly exceptions: ReadonlyMap<string, HeldResource>
}

/** A resource that must be sent although the client may hold something of that name. */
export const owed: HeldResource = { version: undefined, isOwed: true }

/** Every name owed; one table for all who share a set of names. */
export const allOwed = sharedBy(
  (names: ReadonlySet<string>): ReadonlyMap<string, HeldResource> => new Map([...names].map((name) => [name, owed])),
)

const nothing: HeldResource = { version: undefined, isOwed: false }

/** What was last sent under a name. */
export function heldResource(held: Held, name: string): HeldResource {
  const exception = held.exceptions.get(name)
  if (exception !== undefined) return exception
  const resource = held.base.resources.get(name)
  return resource === undefined ? nothing : { version: resource.version, isOwed: false, resource }
}

/** Whether a name must be answered whatever the client holds. Makes no object, unlike {@link heldResource}: it is asked of thousands. */
export function isOwed({ exceptions }: Held, name: string): boolean {
  return exceptions.get(name)?.isOwed === true
}

/** Version last sent under a name. Makes no object either. */
export function heldVersion({ base, exceptions }: Held, name: string): string | undefined {
  const exception = exceptions.get(name)
  return exception === undefined ? base.resources.get(name)?.version : exception.version
}

/** The same with other values for some names. */
export function withExceptions(held: Held, entries: Iterable<readonly [string, HeldResource]>): Held {
  return { base: held.base, exceptions: new Map([...held.exceptions, ...entries]) }
}

const repeated = createSharedTable<Held>()

/** The same with names that must be sent once more. @param names a list that others may have too */
export function withOwed(held: Held, names: readonly string[]): Held {
  const make = (): Held =>
    withExceptions(
      held,
      names.map((name) => [name, { ...heldResource(held, name), isOwed: true }] as const),
    )
  return names.length < fewestShared ? make() : repeated.get([held.base, held.exceptions, names], make)
}

/** The difference between what a client was sent and what it should have. */
export interface Pending {
  readonly put: readonly SnapshotResource[]
  /** Names the client holds or asked for that do not exist. */
  readonly remove: readonly string[]
}

const nothingPending: Pending = { put: [], remove: [] }

/**
 * What must be sent so that a client has `wanted`.
 *
 * Compares with what was last *sent*, never with what was accepted: after a NACK the client may hold a part of what it
 * refused, so going back to accepted content is a change, and repeating refused content is not.
 */
export function pendingOf(held: Held, wanted: SnapshotType, subscription: Subscription): Pending {
  if (held.base === wanted && held.exceptions.size === 0) return nothingPending
  const changed = changedNames(held.base, wanted)
  const make = (): Pending => differences(held, wanted, subscription, changed)
  if (changed.length + held.exceptions.size < fewestShared) return make()
  const audience = subscription.isWildcard ? everybody : subscription.names
  return pendings.get([held.base, wanted, held.exceptions, audience], make)
}

const pendings = createSharedTable<Pending>()
const everybody = {}

function differences(
  held: Held,
  wanted: SnapshotType,
  subscription: Subscription,
  changed: readonly string[],
): Pending {
  const put: SnapshotResource[] = []
  const remove: string[] = []
  const look = (name: string): void => {
    if (!isSubscribed(subscription, name)) return
    const resource = wanted.resources.get(name)
    const version = heldVersion(held, name)
    if (version !== resource?.version || isOwed(held, name)) {
      if (resource === undefined) remove.push(name)
      else put.push(resource)
    }
  }
  for (const name of changed) if (!held.exceptions.has(name)) look(name)
  for (const name of held.exceptions.keys()) look(name)
  return { put, remove }
}

/**
 * What the client was sent, after everything pending was sent except some names.
 *
 * @param withheld names that still have to be sent or removed
 */
export function rebase(held: Held, wanted: SnapshotType, withheld: readonly string[]): Held {
  if (withheld.length === 0) return { base: wanted, exceptions: noExceptions }
  return { base: wanted, exceptions: new Map(withheld.map((name) => [name, heldResource(held, name)])) }
}

/** Nothing differs from the state. */
export const noExceptions: ReadonlyMap<string, HeldResource> = new Map()
