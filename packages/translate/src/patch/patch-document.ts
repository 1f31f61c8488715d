// A policy's operation on a JSON document: what Envoy Gateway 1.9 demands of it, where it goes, and what is told of failures.
import type { ResourcePatch } from "../plan/index.ts"
import { applyPatch, type PatchOperation } from "./json-patch.ts"
import { locate } from "./json-path.ts"
import { parseJsonPath } from "./json-path-parser.ts"
import type { Json } from "./json-value.ts"
import { formatPointer, joinPointer } from "./pointer.ts"

/** An operation as users write it. */
export type WrittenOperation = ResourcePatch["operation"]

/** The changed document, or the text for the status. */
export type PatchedDocument = { readonly document: Json; readonly error?: undefined } | { readonly error: string }

/** Most places that one operation changes. */
const maxPlaces = 100_000

/** Why an operation is none, or undefined. Absent is what is not written or null; an empty path is a path. */
export function operationError({ op, path, jsonPath, from, value }: WrittenOperation): string | undefined {
  if (isAbsent(path) && isAbsent(jsonPath)) return "a patch operation must specify a path or jsonPath"
  switch (op) {
    case "add":
    case "replace":
    case "test":
      if (isAbsent(value)) return `the ${op} operation requires a value`
      return isAbsent(from) ? undefined : `the ${op} operation doesn't support a from attribute`
    case "remove":
      return isAbsent(value) && isAbsent(from)
        ? undefined
        : "value and from can't be specified with the remove operation"
    case "move":
    case "copy":
      if (isAbsent(from)) return `the ${op} operation requires a valid from attribute`
      return isAbsent(value) ? undefined : `the ${op} operation doesn't support a value attribute`
    default:
      return "unsupported JSONPatch operation"
  }
}

/** Whether an operation makes a whole resource instead of changing one. */
export function addsResource({ op, path, jsonPath }: WrittenOperation): boolean {
  return op === "add" && (path ?? "") === "" && (jsonPath ?? "") === ""
}

/** Applies an operation that {@link operationError} found right: to all places that its `jsonPath` selects, or to none. */
export function patchDocument(document: Json, operation: WrittenOperation): PatchedDocument {
  const places = placesOf(document, operation)
  if (places.error !== undefined) return places
  const result = applyPatch(
    document,
    places.pointers.map((path) => operationAt(operation, path)),
  )
  if (result.error === undefined) return result
  return { error: `unable to apply patch: op=${operation.op} path=${places.pointers[result.at]} err: ${result.error}` }
}

function placesOf(
  document: Json,
  { path, jsonPath }: WrittenOperation,
): { readonly pointers: readonly string[]; readonly error?: undefined } | { readonly error: string } {
  if (isAbsent(jsonPath)) return { pointers: [path ?? ""] }
  const failed = (text: string) => ({
    error: `unable to convert jsonPath: '${jsonPath}' into jsonPointers, err: ${text}`,
  })
  const parsed = parseJsonPath(jsonPath)
  if (parsed.error !== undefined) return failed(`Error during parsing jpath: ${parsed.error}`)
  const [first, second] = parsed.path
  if (first?.type === "root" && second === undefined)
    return failed("Using only Root ('$') in json path expression is not allowed!")
  if (first?.type === "current")
    return failed("Error during converting path to pointer: There is no conversion implemented for At")
  const locations = locate(document, parsed.path)
  if (locations === undefined || locations.length > maxPlaces) return failed("it selects too much")
  if (locations.length > 0) return { pointers: locations.map((at) => joinPointer(formatPointer(at), path ?? "")) }
  return {
    error:
      `no jsonPointers were found while evaluating the jsonPath: '${jsonPath}'. Ensure the elements you are trying to ` +
      "select with the jsonPath exist in the document. If you need to add a non-existing property, use the 'path' attribute",
  }
}

function operationAt({ op, from, value }: WrittenOperation, path: string): PatchOperation {
  switch (op) {
    case "add":
    case "replace":
    case "test":
      return { op, path, value: value as Json }
    case "move":
    case "copy":
      return { op, path, from: from ?? "" }
    default:
      return { op: "remove", path }
  }
}

function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null
}
