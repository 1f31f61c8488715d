import type { ResourcePatch } from "./patch.ts"

/** What a user makes of a proxy's bootstrap (EnvoyProxy `bootstrap`). */
export interface BootstrapOverride {
  /** Default `Replace`. */
  readonly type?: "Replace" | "Merge" | "JSONPatch"
  /** A bootstrap, whole (`Replace`) or in part (`Merge`), in protobuf's JSON form; not checked yet. */
  readonly value?: unknown
  /** Why the YAML that should hold `value` could not be read. */
  readonly unreadable?: string
  readonly jsonPatches?: readonly ResourcePatch["operation"][]
}
