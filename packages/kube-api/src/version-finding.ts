import type { KindEntry } from "./kinds.ts"
import type { Finding } from "./validate-object.ts"

/** What is to be said about the version an object is written in: not served, or going away. */
export function versionFinding(entry: KindEntry, version: string, kind: string): Finding | undefined {
  const own = entry.versions.find(({ name }) => name === version)
  const stored = entry.versions.find(({ storage }) => storage)?.name ?? ""
  const base = {
    kind: "schema",
    path: ["apiVersion"],
    field: "apiVersion",
    isBlocking: false,
    hint: `use ${entry.group === "" ? "" : `${entry.group}/`}${stored}`,
  } as const
  if (own?.served !== true) {
    const message = `version ${version} of ${kind} is not served`
    return { ...base, code: "ATT_RESOURCE_VERSION_NOT_SERVED", severity: "error", message }
  }
  if (own.deprecationWarning === undefined) return undefined
  return { ...base, code: "ATT_RESOURCE_DEPRECATED_VERSION", severity: "warning", message: own.deprecationWarning }
}
