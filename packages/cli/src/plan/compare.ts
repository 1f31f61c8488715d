// What changes from one revision of all proxies to another.
import { type Drain, drainOf } from "@attache/control-plane"
import { fromJson } from "@attache/envoy-api"
import { ListenerSchema } from "@attache/envoy-api/gen/envoy/config/listener/v3/listener_pb"
import type { SnapshotJson } from "@attache/translate"
import { type Difference, differences } from "./differences.ts"
import type { Revision } from "./revision.ts"

/** What becomes of something. */
export type Change = "added" | "removed" | "changed"

/** A resource that is not what it was. */
export interface ResourceChange {
  /** `listeners`, `routes`, `clusters`, `endpoints` or `secrets`. */
  readonly kind: keyof SnapshotJson
  readonly name: string
  readonly change: Change
  /** The first places that differ; empty unless the resource changed. */
  readonly differences: readonly Difference[]
  /** Objects that it comes from, `Kind/namespace/name`. */
  readonly objects: readonly string[]
}

/** What a proxy would notice. */
export interface ProxyChange {
  readonly proxy: string
  readonly change: Change
  readonly resources: readonly ResourceChange[]
  /** Listeners that give up connections, with the part of their filter chains where it is not all. */
  readonly drains: readonly Drain[]
}

/** Differences shown of one resource. */
const shownDifferences = 5

const kinds = ["listeners", "routes", "clusters", "endpoints", "secrets"] as const

/** Changes by proxy, in order of key; proxies that notice nothing are left out. */
export function compareRevisions(before: Revision, after: Revision): readonly ProxyChange[] {
  const keys = [...new Set([...Object.keys(before.proxies), ...Object.keys(after.proxies)])].sort()
  return keys.flatMap((proxy): readonly ProxyChange[] => {
    const old = before.proxies[proxy]
    const now = after.proxies[proxy]
    const objectsOf = (kind: keyof SnapshotJson, name: string): readonly string[] =>
      after.objects(proxy, kind, name) ?? before.objects(proxy, kind, name) ?? []
    const resources = kinds.flatMap((kind) => resourceChanges(kind, old?.[kind] ?? [], now?.[kind] ?? [], objectsOf))
    const drains = drainsOf(old?.listeners ?? [], now?.listeners ?? [])
    if (old !== undefined && now !== undefined && resources.length === 0) return []
    return [{ proxy, change: changeOf(old, now), resources, drains }]
  })
}

function resourceChanges(
  kind: keyof SnapshotJson,
  before: readonly unknown[],
  after: readonly unknown[],
  objectsOf: (kind: keyof SnapshotJson, name: string) => readonly string[],
): readonly ResourceChange[] {
  const old = byName(before)
  const now = byName(after)
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((name): readonly ResourceChange[] => {
    const a = old.get(name)
    const b = now.get(name)
    const found = a === undefined || b === undefined ? [] : differences(a, b, shownDifferences)
    if (a !== undefined && b !== undefined && found.length === 0) return []
    return [{ kind, name, change: changeOf(a, b), differences: found, objects: objectsOf(kind, name) }]
  })
}

function drainsOf(before: readonly unknown[], after: readonly unknown[]): ProxyChange["drains"] {
  const now = byName(after)
  return [...byName(before)].flatMap(([listener, json]) => {
    const after = now.get(listener)
    const drain = drainOf(
      fromJson(ListenerSchema, json),
      after === undefined ? undefined : fromJson(ListenerSchema, after),
    )
    return drain === undefined ? [] : [{ listener, ...drain }]
  })
}

function byName(resources: readonly unknown[]): ReadonlyMap<string, unknown> {
  return new Map(
    resources.map((each) => {
      const { name, clusterName } = each as { readonly name?: string; readonly clusterName?: string }
      return [name ?? clusterName ?? "", each]
    }),
  )
}

const changeOf = (before: unknown, after: unknown): Change =>
  before === undefined ? "added" : after === undefined ? "removed" : "changed"
