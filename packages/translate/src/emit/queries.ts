// Emission as queries: each resource is encoded again only when the part of the plan it stands on changed.
import { type Diagnostic, type Graph, structuralEqual } from "@attache/base"
import { createPatchQueries, type PatchQueries } from "../patch/patch-queries.ts"
import type { EndpointSource, PlanSource } from "../plan/index.ts"
import { createQuarantine, type Quarantine } from "../quarantine/quarantine.ts"
import { type Suspect, type SuspectSources, suspectsOf } from "../quarantine/suspects.ts"
import { createClaimQueries } from "./claim-queries.ts"
import { createResourceQueries } from "./resource-queries.ts"
import { createRouteQueries } from "./route-queries.ts"
import {
  type ProxySnapshot,
  type Resource,
  type ResourceGroup,
  type ResourceKind,
  type ResourceTable,
  typeUrls,
} from "./snapshot.ts"

/** The emitting half of a translator. */
export interface Emitter {
  /**
   * All resources of a proxy; undefined when the key is unknown or nothing is published for it.
   *
   * A proxy that was asked for stays computed until it is gone from the plan or {@link Emitter.release} is called.
   */
  snapshot(proxyKey: string): ProxySnapshot | undefined
  /** Lets go of a proxy that nobody will ask for again. */
  release(proxyKey: string): void
  /** Patches of a policy that changed nothing. */
  readonly patchFailures: PatchQueries["failures"]
  readonly quarantine: Quarantine
  /** Parts of a resource that can be withdrawn alone. */
  suspects(proxyKey: string, kind: ResourceKind, name: string): readonly Suspect[]
}

/** An emitter over a plan. */
export function createEmitter(graph: Graph, source: PlanSource): Emitter {
  const resolve = (from: EndpointSource) => (from.type === "fixed" ? from.endpoints : source.endpoints(from.id))
  const quarantine = createQuarantine(graph)
  const routes = createRouteQueries(graph, source, quarantine)
  const claims = createClaimQueries(graph, source, routes)
  const resources = createResourceQueries(graph, source, { routes, claims, resolve, quarantine })
  const table = graph.query<ResourceTable | undefined>(
    "emit.table",
    (key) => {
      const at = key.indexOf("\n")
      const kind = key.slice(0, at) as ResourceKind
      const groups = resources.groups(kind, key.slice(at + 1))
      return { typeUrl: typeUrls[kind], groups }
    },
    { equals: sameGroups },
  )
  const diagnostics = graph.query<readonly Diagnostic[]>("emit.table-diagnostics", (key) => {
    const at = key.indexOf("\n")
    const { groups } = patches.table(key.slice(0, at) as ResourceKind, key.slice(at + 1))
    return groups.flatMap((group) => group.diagnostics ?? [])
  })
  const patches = createPatchQueries(graph, source, quarantine, (kind, proxyKey) => {
    const found = source.proxy(proxyKey) === undefined ? undefined : table.get(`${kind}\n${proxyKey}`)
    return found ?? { typeUrl: typeUrls[kind], groups: [] }
  })
  const snapshot = graph.query<ProxySnapshot | undefined>(
    "emit.snapshot",
    (proxyKey) => {
      const plan = source.proxy(proxyKey)
      if (plan === undefined || plan.isWithheld === true) return undefined
      const tables = Object.fromEntries(kinds.map((kind) => [kind, patches.table(kind, proxyKey)])) as Record<
        ResourceKind,
        ResourceTable
      >
      const ofTables = kinds.flatMap((kind) => diagnostics.get(`${kind}\n${proxyKey}`))
      return { key: proxyKey, tables, diagnostics: [...claims.diagnostics(proxyKey), ...ofTables] }
    },
    { equals: sameSnapshot },
  )
  const sources: SuspectSources = {
    source,
    resource: (proxyKey, kind, name) => findResource(snapshot.get(proxyKey), kind, name),
    routeFilters: resources.routeFilters,
  }
  const pins = new Map<string, () => void>()
  const release = (proxyKey: string): void => {
    pins.get(proxyKey)?.()
    pins.delete(proxyKey)
  }
  return {
    snapshot: (proxyKey) => {
      const found = snapshot.get(proxyKey)
      if (found === undefined) release(proxyKey)
      else if (!pins.has(proxyKey)) pins.set(proxyKey, graph.pin(snapshot, proxyKey))
      return found
    },
    release,
    patchFailures: patches.failures,
    quarantine,
    suspects: (proxyKey, kind, name) => suspectsOf(sources, proxyKey, kind, name),
  }
}

/** A resource of a snapshot. */
export function findResource(
  snapshot: ProxySnapshot | undefined,
  kind: ResourceKind,
  name: string,
): Resource | undefined {
  for (const { resources } of snapshot?.tables[kind].groups ?? []) {
    const found = resources.find((each) => each.name === name)
    if (found !== undefined) return found
  }
  return undefined
}

const kinds = Object.keys(typeUrls) as ResourceKind[]

function sameGroups(a: ResourceTable | undefined, b: ResourceTable | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return a.groups.length === b.groups.length && a.groups.every((group: ResourceGroup, i) => group === b.groups[i])
}

function sameSnapshot(a: ProxySnapshot | undefined, b: ProxySnapshot | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return kinds.every((kind) => a.tables[kind] === b.tables[kind]) && structuralEqual(a.diagnostics, b.diagnostics)
}

export type { ProxySnapshot } from "./snapshot.ts"
