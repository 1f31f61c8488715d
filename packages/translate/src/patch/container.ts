// Reads and writes of one member of a JSON object or array, as evanphx/json-patch 5.9 does them, in its words.
import { isJsonObject, type Json, type JsonMembers } from "./json-value.ts"

/** An object or array that may be changed. */
export type Container = Json[] | { [key: string]: Json }

/** What went wrong, and whether it was something that is not there. */
export interface ContainerError {
  readonly text: string
  readonly isMissing: boolean
}

/** Result of an action on a container. */
export type Outcome<T = undefined> =
  | { readonly value: T; readonly error?: undefined }
  | { readonly error: ContainerError }

const done: Outcome = { value: undefined }

/** The value as a container, or undefined for scalars and null. */
export function containerOf(value: Json | undefined): Container | undefined {
  if (Array.isArray(value)) return value as Json[]
  return isJsonObject(value) ? (value as { [key: string]: Json }) : undefined
}

/** An error. */
export function failed(text: string, isMissing = false): { readonly error: ContainerError } {
  return { error: { text, isMissing } }
}

/** A member. Negative positions count from the end. */
export function getMember(container: Container, key: string): Outcome<Json> {
  if (!Array.isArray(container)) {
    if (Object.hasOwn(container, key)) return { value: container[key] as Json }
    return failed(`unable to get nonexistent key: ${key}: missing value`, true)
  }
  const index = readIndex(key)
  if (typeof index === "string") return failed(index)
  const at = index < 0 ? index + container.length : index
  return at < 0 || at >= container.length ? invalidIndex(index) : { value: container[at] as Json }
}

/** Adds a member: replaces one of an object, shifts those of an array. `-` appends; -1 is the position behind the last. */
export function addMember(container: Container, key: string, value: Json): Outcome {
  if (!Array.isArray(container)) {
    setOwn(container, key, value)
    return done
  }
  if (key === "-") {
    container.push(value)
    return done
  }
  const index = readIndex(key)
  if (typeof index === "string") return failed(`value was not a proper array index: '${key}': ${index}`)
  const at = index < 0 ? index + container.length + 1 : index
  if (at < 0 || at > container.length) return invalidIndex(index)
  container.splice(at, 0, value)
  return done
}

/** Puts a value in place of one that {@link getMember} found. */
export function setMember(container: Container, key: string, value: Json): void {
  if (Array.isArray(container)) {
    const index = Number(key)
    container[index < 0 ? index + container.length : index] = value
  } else {
    setOwn(container, key, value)
  }
}

/** Takes a member out. */
export function removeMember(container: Container, key: string): Outcome {
  if (!Array.isArray(container)) {
    if (!Object.hasOwn(container, key)) return failed(`unable to remove nonexistent key: ${key}: missing value`, true)
    delete container[key]
    return done
  }
  const index = readIndex(key)
  if (typeof index === "string") return failed(index)
  const at = index < 0 ? index + container.length : index
  if (at < 0 || at >= container.length) return invalidIndex(index)
  container.splice(at, 1)
  return done
}

/** A position, or why the text is none. */
export function readIndex(text: string): number | string {
  if (!/^[+-]?\d+$/.test(text)) return `strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`
  const index = Number(text)
  return Number.isSafeInteger(index) ? index : `strconv.Atoi: parsing ${JSON.stringify(text)}: value out of range`
}

function invalidIndex(index: number): { readonly error: ContainerError } {
  return failed(`Unable to access invalid index: ${index}: invalid index referenced`)
}

// Assignment would lose a key named __proto__.
function setOwn(object: JsonMembers, key: string, value: Json): void {
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
}
