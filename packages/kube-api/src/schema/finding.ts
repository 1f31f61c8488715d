import type { PathStep } from "./path.ts"

/** One thing a schema or a rule refuses. */
export interface SchemaFinding {
  readonly kind: "schema" | "rule" | "unknown-field"
  readonly path: readonly PathStep[]
  /** The API server's words behind the path. */
  readonly message: string
  /** True: rules are not looked at any more, as on the API server. */
  readonly isBlocking: boolean
  readonly hint?: string
}
