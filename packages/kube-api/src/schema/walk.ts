import type { SchemaFinding } from "./finding.ts"
import { dottedPath, type PathStep } from "./path.ts"

/** A walk over one value. The path is changed in place; findings hold copies. */
export interface Walk {
  readonly findings: SchemaFinding[]
  readonly path: PathStep[]
  /** How much fits so far: of several alternatives that fail, the server reports the one that fits best. */
  matches: number
}

/** Adds one finding at the walk's place. `message` gets the place as the server writes it. */
export function add(walk: Walk, isBlocking: boolean, message: (field: string) => string): void {
  const field = dottedPath(walk.path)
  walk.findings.push({ kind: "schema", path: [...walk.path], field, message: message(field), isBlocking })
}

/** Adds one finding that the server gives no place, though we know it. */
export function addPlaceless(walk: Walk, text: string): void {
  const message = `Invalid value: "": ${text}`
  walk.findings.push({ kind: "schema", path: [...walk.path], field: "<nil>", message, isBlocking: false })
}
