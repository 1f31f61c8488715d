// JSON Patch on a document: RFC 6902 as Envoy Gateway 1.9 runs it (evanphx/json-patch 5.9.11 with
// EnsurePathExistsOnAdd and negative indices), in its words.
import {
  addMember,
  type Container,
  containerOf,
  failed,
  getMember,
  type Outcome,
  readIndex,
  removeMember,
  setMember,
} from "./container.ts"
import { isSameJson, type Json } from "./json-value.ts"
import { parsePointer } from "./pointer.ts"

/** An operation with all it needs. */
export type PatchOperation =
  | { readonly op: "add" | "replace" | "test"; readonly path: string; readonly value: Json }
  | { readonly op: "remove"; readonly path: string }
  | { readonly op: "move" | "copy"; readonly path: string; readonly from: string }

/** The document after all operations, or why one of them (the one at position `at`) does not apply. */
export type Patched =
  | { readonly document: Json; readonly error?: undefined }
  | { readonly error: string; readonly at: number }

/** Most elements that an `add` may fill an array with to reach a position. */
const maxPadding = 10_000

/**
 * Applies operations in order, all or none. The document stays as it is; never throws.
 *
 * Beyond RFC 6902: `add` makes parents that are missing and fills arrays with null up to a position; negative positions
 * count from the end; `test` of something missing passes for null.
 */
export function applyPatch(document: Json, operations: readonly PatchOperation[]): Patched {
  let root = document
  // Containers made here: all others are copied before they are changed, and only on the way to the change.
  const own = new WeakSet<Container>()
  for (const [at, operation] of operations.entries()) {
    const result = run(root, operation, own)
    if (result.error !== undefined) return { error: result.error.text, at }
    root = result.value
  }
  return { document: root }
}

/** The document with own containers on the way to a place, as far as there are any. */
function unshared(root: Json, path: string, own: WeakSet<Container>): Json {
  const tokens = parsePointer(path) ?? []
  const copy = (container: Container): Container => {
    if (own.has(container)) return container
    const made: Container = Array.isArray(container) ? [...container] : { ...container }
    own.add(made)
    return made
  }
  const top = containerOf(root)
  if (top === undefined) return root
  const changed = copy(top)
  let container = changed
  for (const [depth, token] of tokens.slice(0, -1).entries()) {
    if (token === "" && depth === 0) continue
    const next = getMember(container, token)
    const inner = next.error === undefined ? containerOf(next.value) : undefined
    if (inner === undefined) break
    const made = copy(inner)
    setMember(container, token, made as Json)
    container = made
  }
  return changed as Json
}

function run(root: Json, operation: PatchOperation, own: WeakSet<Container>): Outcome<Json> {
  const { op, path } = operation
  switch (op) {
    case "add":
      return add(unshared(root, path, own), path, structuredClone(operation.value))
    case "replace":
      return replace(unshared(root, path, own), path, structuredClone(operation.value))
    case "remove":
      return remove(unshared(root, path, own), path)
    case "test":
      return test(root, path, operation.value)
    case "move":
      return move(root, operation.from, path, own)
    case "copy":
      return copy(unshared(root, path, own), operation.from, path)
  }
}

function add(root: Json, path: string, value: Json): Outcome<Json> {
  if (path === "") return { value }
  const blocked = makeParents(root, path)
  if (blocked !== undefined) return failed(blocked)
  const place = findPlace(root, path)
  if (place === undefined) return failed(`add operation does not apply: doc is missing path: "${path}": missing value`)
  return after(root, addMember(place.container, place.key, value), `error in add for path: '${path}'`)
}

function replace(root: Json, path: string, value: Json): Outcome<Json> {
  if (path === "")
    return containerOf(value) === undefined ? failed("replace operation value must be object or array") : { value }
  const place = findPlace(root, path)
  if (place === undefined)
    return failed(`replace operation does not apply: doc is missing path: ${path}: missing value`)
  if (getMember(place.container, place.key).error !== undefined)
    return failed(`replace operation does not apply: doc is missing key: ${path}: missing value`)
  setMember(place.container, place.key, value)
  return { value: root }
}

function remove(root: Json, path: string): Outcome<Json> {
  const place = findPlace(root, path)
  if (place === undefined)
    return failed(`remove operation does not apply: doc is missing path: "${path}": missing value`)
  return after(root, removeMember(place.container, place.key), `error in remove for path: '${path}'`)
}

function test(root: Json, path: string, value: Json): Outcome<Json> {
  const mismatch = failed(`testing value ${path} failed: test failed`)
  if (path === "") return isSameJson(root, value) ? { value: root } : mismatch
  const place = findPlace(root, path)
  if (place === undefined) return failed(`test operation does not apply: is missing path: ${path}: missing value`)
  const found = getMember(place.container, place.key)
  if (found.error !== undefined && !found.error.isMissing)
    return failed(`error in test for path: '${path}': ${found.error.text}`)
  return isSameJson(found.error === undefined ? found.value : null, value) ? { value: root } : mismatch
}

function move(document: Json, from: string, path: string, own: WeakSet<Container>): Outcome<Json> {
  if (from === "") return failed("unable to move entire document to another path: invalid state detected")
  let root = unshared(document, from, own)
  const source = findPlace(root, from)
  if (source === undefined)
    return failed(`move operation does not apply: doc is missing from path: ${from}: missing value`)
  const found = getMember(source.container, source.key)
  const taken = found.error === undefined ? removeMember(source.container, source.key) : found
  if (taken.error !== undefined) return failed(`error in move for path: '${source.key}': ${taken.error.text}`)
  // Only now: what was taken out may have moved others.
  root = unshared(root, path, own)
  const place = findPlace(root, path)
  if (place === undefined)
    return failed(`move operation does not apply: doc is missing destination path: ${path}: missing value`)
  const value = found.error === undefined ? found.value : null
  return after(root, addMember(place.container, place.key, value), `error in move for path: '${path}'`)
}

function copy(root: Json, from: string, path: string): Outcome<Json> {
  const source = from === "" ? undefined : findPlace(root, from)
  if (from !== "" && source === undefined)
    return failed(`copy operation does not apply: doc is missing from path: "${from}": missing value`)
  const found: Outcome<Json> = source === undefined ? { value: root } : getMember(source.container, source.key)
  if (found.error !== undefined) return failed(`error in copy for from: '${from}': ${found.error.text}`)
  const value = structuredClone(found.value)
  const place = findPlace(root, path)
  if (place === undefined)
    return failed(`copy operation does not apply: doc is missing destination path: ${path}: missing value`)
  return after(root, addMember(place.container, place.key, value), "error while adding value during copy")
}

function after(root: Json, { error }: Outcome, context: string): Outcome<Json> {
  return error === undefined ? { value: root } : failed(`${context}: ${error.text}`)
}

/** Where the last token of a path points; undefined when a parent is missing. An empty token at the top is the top itself. */
function findPlace(root: Json, path: string): { readonly container: Container; readonly key: string } | undefined {
  const tokens = parsePointer(path)
  let container = containerOf(root)
  if (tokens === undefined || container === undefined) return undefined
  for (const [depth, token] of tokens.slice(0, -1).entries()) {
    if (token === "" && depth === 0) continue
    const next = getMember(container, token)
    container = next.error === undefined ? containerOf(next.value) : undefined
    if (container === undefined) return undefined
  }
  return { container, key: tokens.at(-1) ?? "" }
}

/** Makes the parents of a path that are missing. Returns why that cannot be. */
function makeParents(root: Json, path: string): string | undefined {
  const tokens = parsePointer(path) ?? []
  let container = containerOf(root)
  for (const [depth, token] of tokens.slice(0, -1).entries()) {
    if (container === undefined) return "invalid state detected"
    if (token === "" && depth === 0) continue
    const found = getMember(container, token)
    if (found.error === undefined && found.value !== null) {
      container = containerOf(found.value)
      if (container === undefined) return "invalid state detected"
      continue
    }
    const problem = fillTo(container, readIndex(token)) ?? missingParent(tokens[depth + 1] ?? "")
    if (typeof problem === "string") return problem
    addMember(container, token, problem as Json)
    container = problem
  }
  return undefined
}

function missingParent(next: string): Container | string {
  const index = readIndex(next)
  if (typeof index === "string") return next === "-" ? [] : {}
  if (index < -1) return `Unable to ensure path for negative index other than -1: ${index}: invalid index referenced`
  const array: Json[] = []
  return fillTo(array, index) ?? array
}

function fillTo(container: Container, index: number | string): string | undefined {
  if (!Array.isArray(container) || typeof index === "string") return undefined
  if (index - container.length > maxPadding)
    return `Unable to fill an array up to index ${index}: invalid index referenced`
  while (container.length < index) container.push(null)
  return undefined
}
