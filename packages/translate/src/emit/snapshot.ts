// What emission gives: encoded resources of a proxy, in groups that stay the same object while nothing in them changes.
import type { Diagnostic } from "@attache/base"
import type { Origin } from "../plan/index.ts"

/** Type URLs of the resources that are emitted. */
export const typeUrls = {
  listeners: "type.googleapis.com/envoy.config.listener.v3.Listener",
  routes: "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
  clusters: "type.googleapis.com/envoy.config.cluster.v3.Cluster",
  endpoints: "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment",
  secrets: "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret",
} as const

/** Short name of a resource type. */
export type ResourceKind = keyof typeof typeUrls

/** Part of a resource that comes from objects of its own: a route of a route configuration. */
export interface ResourcePart {
  readonly name: string
  /** Content version of the part's bytes. */
  readonly version: string
  /** Version of the bytes that are withdrawn, where an error answer stands for them. */
  readonly withdrawn?: string
  readonly origins: readonly Origin[]
}

/** One encoded resource. */
export interface Resource {
  readonly name: string
  /** The message itself, without an `Any` around it. */
  readonly bytes: Uint8Array
  /** The same in pieces, most of them those of the version before; `bytes` is then joined at every read. */
  readonly pieces?: readonly Uint8Array[]
  /** Content version: equal version, equal bytes. Route configurations have one composed from their parts. */
  readonly version: string
  /** Objects it comes from; empty where `parts` say it more exactly. */
  readonly origins: readonly Origin[]
  /** Parts by leaf; leaves that did not change are the same arrays as before. */
  readonly parts?: readonly (readonly ResourcePart[])[]
}

/** Some resources of one type. The same object as before when nothing in it changed. */
export interface ResourceGroup {
  readonly resources: readonly Resource[]
  /** Resources of the group that could not be made. */
  readonly diagnostics?: readonly Diagnostic[]
}

/** All resources of one type, each name once, in Envoy Gateway's order. */
export interface ResourceTable {
  readonly typeUrl: string
  readonly groups: readonly ResourceGroup[]
}

/** Everything a proxy is given. */
export interface ProxySnapshot {
  readonly key: string
  readonly tables: Readonly<Record<ResourceKind, ResourceTable>>
  /** Parts that could not be made by our own fault, with what stands in their place. */
  readonly diagnostics: readonly Diagnostic[]
}

/** Resources of a table, one after the other. */
export function* resourcesOf(table: ResourceTable): Generator<Resource> {
  for (const { resources } of table.groups) yield* resources
}

/** Resources of a snapshot by type URL and name, copied out: linear in their number. */
export function resourceMaps(snapshot: ProxySnapshot): ReadonlyMap<string, ReadonlyMap<string, Resource>> {
  return new Map(
    Object.values(snapshot.tables).map((table) => [
      table.typeUrl,
      new Map([...resourcesOf(table)].map((resource) => [resource.name, resource])),
    ]),
  )
}

/** What differs between two snapshots of one type. */
export interface TableChange {
  readonly put: readonly Resource[]
  readonly remove: readonly string[]
}

/** Changes by type URL; types without any are absent. Looks only into groups that are other objects than before. */
export function snapshotChanges(
  before: ProxySnapshot | undefined,
  after: ProxySnapshot | undefined,
): ReadonlyMap<string, TableChange> {
  const changes = new Map<string, TableChange>()
  for (const kind of Object.keys(typeUrls) as ResourceKind[]) {
    const change = tableChange(before?.tables[kind], after?.tables[kind])
    if (change.put.length > 0 || change.remove.length > 0) changes.set(typeUrls[kind], change)
  }
  return changes
}

function tableChange(before: ResourceTable | undefined, after: ResourceTable | undefined): TableChange {
  if (before === after) return { put: [], remove: [] }
  const groups = differingGroups(before?.groups ?? [], after?.groups ?? [])
  const kept = new Set(groups.after)
  const known = new Set(groups.before)
  const old = new Map<string, Resource>()
  for (const group of groups.before) if (!kept.has(group)) for (const r of group.resources) old.set(r.name, r)
  const put: Resource[] = []
  for (const group of groups.after) {
    if (known.has(group)) continue
    for (const resource of group.resources) {
      if (old.get(resource.name)?.version !== resource.version) put.push(resource)
      old.delete(resource.name)
    }
  }
  return { put, remove: [...old.keys()] }
}

interface GroupChange {
  readonly before: readonly ResourceGroup[]
  readonly after: readonly ResourceGroup[]
}

/** Groups without those that stand in both at the same place, from the front or from the end. */
function differingGroups(before: readonly ResourceGroup[], after: readonly ResourceGroup[]): GroupChange {
  if (before.length === after.length) {
    const at = after.flatMap((group, i) => (group === before[i] ? [] : [i]))
    return { before: at.map((i) => before[i] as ResourceGroup), after: at.map((i) => after[i] as ResourceGroup) }
  }
  const most = Math.min(before.length, after.length)
  let start = 0
  while (start < most && before[start] === after[start]) start++
  let end = 0
  while (end < most - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++
  return { before: before.slice(start, before.length - end), after: after.slice(start, after.length - end) }
}
