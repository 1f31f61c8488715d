import type { PathStep } from "./path.ts"

/** One thing a schema or a rule refuses. */
export interface SchemaFinding {
  readonly kind: "schema" | "rule" | "unknown-field" | "name"
  /** Where it is. */
  readonly path: readonly PathStep[]
  /** The same as the API server writes it; `<nil>` where it names no place. */
  readonly field: string
  /** The API server's words behind the place. */
  readonly message: string
  /** True: rules are not looked at any more, as on the API server. */
  readonly isBlocking: boolean
  readonly hint?: string
}
