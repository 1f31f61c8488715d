// Patches as queries: a proxy without any pays for one empty list.
import type { Graph } from "@attache/base"
import type { ResourceKind, ResourceTable } from "../emit/snapshot.ts"
import type { PlanSource, ResourcePatch } from "../plan/index.ts"
import { patchKey } from "../quarantine/part-key.ts"
import type { Quarantine } from "../quarantine/quarantine.ts"
import { createPatchMemory, type PatchedTable, type PatchFailure, patchedKind, patchTable } from "./patch-table.ts"

/** What patches do to a proxy. */
export interface PatchQueries {
  /** Resources of one type after all patches. */
  table(kind: ResourceKind, proxyKey: string): ResourceTable
  /** Patches of a policy that changed nothing, in the policy's order. */
  failures(proxyKey: string, policy: string): readonly (PatchFailure | UnknownType)[]
}

/** A patch for a type of resource that cannot be patched. */
export interface UnknownType {
  readonly patch: ResourcePatch
  readonly type: "refused"
  readonly error: string
}

/** Sets up the queries over the tables that emission gives. */
export function createPatchQueries(
  graph: Graph,
  source: PlanSource,
  quarantine: Quarantine,
  emitted: (kind: ResourceKind, proxyKey: string) => ResourceTable,
): PatchQueries {
  const memory = createPatchMemory()
  const patched = graph.query<PatchedTable>(
    "patch.table",
    (key) => {
      const at = key.indexOf("\n")
      const kind = key.slice(0, at) as ResourceKind
      const proxyKey = key.slice(at + 1)
      const table = emitted(kind, proxyKey)
      const patches = source.patches(proxyKey).filter(({ typeUrl }) => patchedKind(typeUrl) === kind)
      if (patches.length === 0) return { table, failures: [] }
      const withdrawn = quarantine.of(proxyKey)
      const wanted = patches.filter((patch) => !withdrawn.has(patchKey(patch)))
      const result = patchTable(kind, table, wanted, memory)
      const refused = patches.flatMap((patch): readonly PatchFailure[] => {
        const why = withdrawn.get(patchKey(patch))
        return why === undefined ? [] : [{ patch, type: "refused", error: `Envoy refuses it: ${why}` }]
      })
      return refused.length === 0 ? result : { ...result, failures: [...result.failures, ...refused] }
    },
    { equals: isSamePatched },
  )
  const failures = graph.query<readonly (PatchFailure | UnknownType)[]>("patch.failures", (key) => {
    const [proxyKey = "", policy = ""] = key.split("\n")
    const own = source.patches(proxyKey).filter(({ origin }) => origin.object === policy)
    const kinds = new Set(own.flatMap(({ typeUrl }) => patchedKind(typeUrl) ?? []))
    const unknown = own.flatMap((patch): readonly UnknownType[] =>
      patchedKind(patch.typeUrl) === undefined
        ? [{ patch, type: "refused", error: `unsupported patch type ${patch.typeUrl}` }]
        : [],
    )
    const known = [...kinds].flatMap((kind) => patched.get(`${kind}\n${proxyKey}`).failures)
    return [...unknown, ...known.filter(({ patch }) => patch.origin.object === policy)].sort(
      (a, b) => a.patch.index - b.patch.index,
    )
  })
  return {
    table: (kind, proxyKey) => patched.get(`${kind}\n${proxyKey}`).table,
    failures: (proxyKey, policy) => failures.get(`${proxyKey}\n${policy}`),
  }
}

function isSamePatched(a: PatchedTable, b: PatchedTable): boolean {
  return isSameTable(a.table, b.table) && isSameFailures(a.failures, b.failures)
}

function isSameTable(a: ResourceTable, b: ResourceTable): boolean {
  if (a === b) return true
  return (
    a.groups.length === b.groups.length &&
    a.groups.every((group, i) => {
      const other = b.groups[i]
      if (group === other) return true
      return (
        group.resources.length === other?.resources.length &&
        group.resources.every((resource, j) => resource === other.resources[j]) &&
        group.diagnostics === other.diagnostics
      )
    })
  )
}

function isSameFailures(a: readonly PatchFailure[], b: readonly PatchFailure[]): boolean {
  return (
    a.length === b.length &&
    a.every((one, i) => {
      const other = b[i]
      if (other === undefined || one.type !== other.type || one.patch !== other.patch) return false
      return one.type === "missing" || (other.type === "refused" && one.error === other.error)
    })
  )
}
