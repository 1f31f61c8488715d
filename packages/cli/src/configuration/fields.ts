// Fields of configuration documents that no schema is known of, read with places: what is unknown or of another type is refused.
import type { Diagnostic } from "@attache/base"
import { fieldPath, type OwnKind, ownVersion, type PathStep, type YamlDocument } from "@attache/kube-api"

/** Takes what is wrong with a document. */
export interface FieldReader {
  readonly refuse: (path: readonly PathStep[], message: string, hint: string) => void
}

/** A mapping whose values nobody has looked at. */
export type Members = Readonly<Record<string, unknown>>

/** A reader that adds errors of one code. @param document undefined: what is wrong is at the file's beginning */
export function fieldReader(
  document: YamlDocument | undefined,
  file: string,
  code: string,
  diagnostics: Diagnostic[],
): FieldReader {
  return {
    refuse: (path, message, hint) => {
      const field = path.length === 0 ? {} : { field: fieldPath(path) }
      const position = document?.positionOf(path) ?? { line: 1, column: 1 }
      diagnostics.push({ code, severity: "error", message, hint, file, ...position, ...field })
    },
  }
}

/** Refuses a document that is not of a kind in the one version there is. */
export function kindIn({ apiVersion, kind }: Members, wanted: OwnKind, { refuse }: FieldReader): void {
  if (apiVersion === ownVersion && kind === wanted) return
  const field = apiVersion === ownVersion ? "kind" : "apiVersion"
  refuse([field], `is not that of ${names[wanted]}`, `write apiVersion: ${ownVersion} and kind: ${wanted}`)
}

const names: Readonly<Record<OwnKind, string>> = {
  AddressPolicy: "an address policy",
  SignaturePolicy: "a signature policy",
}

/** A mapping with none but these members; an empty one where it is none. */
export function membersOf(
  value: unknown,
  path: readonly PathStep[],
  allowed: readonly string[],
  reader: FieldReader,
): Members {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    reader.refuse(path, "is no mapping", `write ${allowed.join(", ")} in it`)
    return {}
  }
  for (const name of Object.keys(value))
    if (!allowed.includes(name)) reader.refuse([...path, name], "is unknown", `known are ${allowed.join(", ")}`)
  return value as Members
}

/** A list; an empty one where there is none, or a wrong one. @param most entries it may have */
export function listOf(
  value: unknown,
  path: readonly PathStep[],
  most: number,
  reader: FieldReader,
): readonly unknown[] {
  if (value === undefined) return []
  if (Array.isArray(value) && value.length <= most) return value
  reader.refuse(path, Array.isArray(value) ? `has more than ${most} entries` : "is no list", "write a shorter list")
  return []
}

/** A member that is a text and not empty; undefined where it is absent or wrong. */
export function textIn(
  members: Members,
  path: readonly PathStep[],
  name: string,
  reader: FieldReader,
): string | undefined {
  const value = members[name]
  if (value === undefined || (typeof value === "string" && value !== "")) return value as string | undefined
  reader.refuse([...path, name], "is no text", "write it in quotes")
  return undefined
}
