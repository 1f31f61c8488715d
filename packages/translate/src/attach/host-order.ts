// The routes of a listener by host, in the order of virtual hosts: changed where routes changed, not sorted anew.
import type { HostRoutes } from "../plan/index.ts"
import { compareEntries, type RouteEntry, sameEntry } from "./route-order.ts"

/** Entries of one host in order. */
export interface HostEntries extends HostRoutes {
  readonly routes: readonly RouteEntry[]
}

/** Entries of a listener in lists of any kind, each under a name. */
export type EntryLists = ReadonlyMap<string, readonly RouteEntry[]>

/** All hosts of a listener in the order of their first entries, and what they were made of. */
export interface HostOrder {
  readonly hosts: readonly HostEntries[]
  readonly lists: EntryLists
  readonly byHost: ReadonlyMap<string, HostEntries>
}

/** Entries that a host lost and gained. */
interface HostChange {
  /** By id: an equal entry may have come in its place. */
  readonly gone: Set<string>
  readonly come: RouteEntry[]
}

const empty: HostOrder = { hosts: [], lists: new Map(), byHost: new Map() }

/**
 * Hosts and their entries, the same whatever was before and however entries fall into lists.
 *
 * @param before an earlier order: hosts that are as they were are taken from it, which makes the cost that of the change
 */
export function orderHosts(lists: EntryLists, before: HostOrder = empty): HostOrder {
  const changes = changesBetween(before.lists, lists)
  if (changes.size === 0) return { ...before, lists }
  const byHost = new Map(before.byHost)
  const old: HostEntries[] = []
  const fresh: HostEntries[] = []
  for (const [host, { gone, come }] of changes) {
    const was = before.byHost.get(host)
    if (was !== undefined) old.push(was)
    const routes = (was?.routes ?? []).filter((entry) => !gone.has(entry.id)).concat(come)
    byHost.delete(host)
    if (routes.length === 0) continue
    const now: HostEntries = { host, routes: routes.sort(compareEntries) }
    byHost.set(host, now)
    fresh.push(now)
  }
  return { hosts: withHosts(before.hosts, old, fresh), lists, byHost }
}

/** Whether two orders have the same hosts in the same order. */
export function sameHosts(a: HostOrder, b: HostOrder): boolean {
  return a.hosts.length === b.hosts.length && a.hosts.every((host, i) => host === b.hosts[i])
}

function changesBetween(before: EntryLists, after: EntryLists): ReadonlyMap<string, HostChange> {
  const changes = new Map<string, HostChange>()
  const changeOf = (host: string): HostChange => {
    const change = changes.get(host) ?? { gone: new Set(), come: [] }
    changes.set(host, change)
    return change
  }
  // An entry that moves from one list to another, or comes again equal, is the same entry.
  const gone = new Map<string, RouteEntry>()
  for (const [name, entries] of before) {
    if (after.get(name) !== entries) for (const entry of entries) gone.set(entry.id, entry)
  }
  for (const [name, entries] of after) {
    if (before.get(name) === entries) continue
    for (const entry of entries) {
      const known = gone.get(entry.id)
      if (known !== undefined && sameEntry(known, entry)) gone.delete(entry.id)
      else changeOf(entry.host).come.push(entry)
    }
  }
  for (const entry of gone.values()) changeOf(entry.host).gone.add(entry.id)
  return changes
}

/** A few hosts find their places; many are sorted with all others. */
function withHosts(
  hosts: readonly HostEntries[],
  old: readonly HostEntries[],
  fresh: readonly HostEntries[],
): readonly HostEntries[] {
  const few = 16
  if (old.length + fresh.length > few) {
    const gone = new Set(old)
    return hosts
      .filter((host) => !gone.has(host))
      .concat(fresh)
      .sort(compareHosts)
  }
  const out = [...hosts]
  for (const host of old) out.splice(placeOf(out, host), 1)
  for (const host of fresh) out.splice(placeOf(out, host), 0, host)
  return out
}

function compareHosts(a: HostEntries, b: HostEntries): number {
  return compareEntries(a.routes[0] as RouteEntry, b.routes[0] as RouteEntry)
}

function placeOf(hosts: readonly HostEntries[], host: HostEntries): number {
  let low = 0
  let high = hosts.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareHosts(hosts[middle] as HostEntries, host) < 0) low = middle + 1
    else high = middle
  }
  return low
}
