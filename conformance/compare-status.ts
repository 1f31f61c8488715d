// Equality of statuses: same objects; parents, ancestors and listeners in order; conditions as a set by type; times ignored.
import { type Difference, differences } from "./difference.ts"

interface StatusEntry {
  readonly kind: string
  readonly namespace?: string
  readonly name?: string
  readonly metadata?: { readonly namespace?: string; readonly name?: string }
  readonly status?: unknown
}

/** Differences of two lists of statuses, at most `limit`. */
export function compareStatus(expected: unknown, actual: unknown, limit: number): Difference[] {
  return differences(byObject(expected), byObject(actual), limit)
}

function byObject(document: unknown): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const entry of (document ?? []) as readonly StatusEntry[]) {
    const status = cleaned(entry.status ?? {})
    const namespace = entry.namespace ?? entry.metadata?.namespace ?? ""
    const key = [entry.kind, namespace, entry.name ?? entry.metadata?.name ?? ""]
      .filter((part) => part !== "")
      .join("/")
    if (!isEmpty(status)) result[key] = status
  }
  return result
}

function cleaned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cleaned)
  if (typeof value !== "object" || value === null) return value
  const result: Record<string, unknown> = {}
  for (const [key, member] of Object.entries(value)) {
    if (key === "lastTransitionTime" || (key === "observedGeneration" && member === 0)) continue
    const clean = key === "conditions" && Array.isArray(member) ? conditionsByType(member) : cleaned(member)
    if (!isEmpty(clean)) result[key] = clean
  }
  return result
}

function conditionsByType(conditions: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(conditions.map((c) => [(c as { type: string }).type, cleaned(c)]))
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return true
  if (Array.isArray(value)) return value.length === 0
  return typeof value === "object" && Object.keys(value).length === 0
}
