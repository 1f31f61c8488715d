import { printable } from "./printable.ts"

/** `error` refuses the object, `warning` and `info` do not. */
export type Severity = "error" | "warning" | "info"

/** The object a diagnostic is about. Empty namespace: cluster scoped. */
export interface ObjectRef {
  readonly apiVersion: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

/**
 * One finding about user input: place, cause and cure. Collected, never thrown.
 *
 * The field names are the command's JSON contract for entries of `errors` and `warnings`.
 */
export interface Diagnostic {
  /** `ATT_<AREA>_<WHAT>`. */
  readonly code: string
  readonly severity: Severity
  /** Cause, without place. For schema findings the text after the API server's field path. */
  readonly message: string
  /** The API server's full sentence where it has one, else the message. */
  readonly detail?: string
  readonly file?: string
  /** From 1. */
  readonly line?: number
  /** From 1, in UTF-16 units. */
  readonly column?: number
  readonly object?: ObjectRef
  /** The API server's field path, such as `spec.rules[0].matches`. */
  readonly field?: string
  /** What to do, one sentence. */
  readonly hint?: string
}

/**
 * One line for people: `file:line:column: severity: Kind ns/name field: message (hint) [code]`.
 *
 * Absent parts are left out; control characters come out escaped.
 */
export function formatDiagnostic(d: Diagnostic): string {
  const place = d.file === undefined ? "" : `${d.file}${d.line === undefined ? "" : `:${d.line}:${d.column ?? 1}`}: `
  const o = d.object
  const object = o === undefined ? "" : `${o.kind} ${o.namespace === "" ? "" : `${o.namespace}/`}${o.name}: `
  const field = d.field === undefined || d.field === "" ? "" : `${d.field}: `
  const hint = d.hint === undefined ? "" : ` (${d.hint})`
  return printable(`${place}${d.severity}: ${object}${field}${d.message}${hint} [${d.code}]`)
}
