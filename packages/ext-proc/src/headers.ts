import type { HeaderMap, HeaderValue } from "@attache/envoy-api/gen/envoy/config/core/v3/base_pb"

/** Headers or trailers of one direction: what Envoy sent, with the changes made so far. */
export interface HttpHeaders {
  /** First value as UTF-8 text, or undefined when absent. Ill-formed bytes read as U+FFFD. */
  get(name: string): string | undefined
  /** First value as the bytes on the wire. */
  getBytes(name: string): Uint8Array | undefined
  /** All values in order; empty when absent. */
  getAll(name: string): readonly string[]
  has(name: string): boolean
  /**
   * Makes this the only value; an empty one is kept.
   *
   * Envoy's default mutation rules ignore changes of `host`, `:authority`, `:scheme`, `:method` and of names that begin
   * with `x-envoy`.
   */
  set(name: string, value: string | Uint8Array): void
  /** Adds a value and keeps those that are there. */
  append(name: string, value: string | Uint8Array): void
  /** Removes all values. */
  remove(name: string): void
  /** Names (lower case) and values in order, pseudo headers such as `:path` included. */
  entries(): readonly (readonly [name: string, value: string])[]
}

/** One change in the order in which it was made; `undefined` as value removes. */
export interface HeaderChange {
  readonly name: string
  readonly value: Uint8Array | undefined
  readonly isAppended: boolean
}

/** {@link HttpHeaders} together with what the next response has to carry. */
export interface TrackedHeaders {
  readonly headers: HttpHeaders
  /** Changes since the last call, oldest first. */
  takeChanges(): readonly HeaderChange[]
}

interface Entry {
  readonly name: string
  readonly value: Uint8Array
}

const noChanges: readonly HeaderChange[] = []

/** Reads a header map of Envoy's; values are decoded only when asked for. */
export function trackHeaders(map: HeaderMap | undefined): TrackedHeaders {
  let entries: Entry[] | undefined
  let changes: HeaderChange[] | undefined
  const all = (): Entry[] => {
    entries ??= (map?.headers ?? []).map((header) => ({ name: header.key, value: wireValue(header) }))
    return entries
  }
  const find = (name: string) => {
    const wanted = name.toLowerCase()
    return all().find((entry) => entry.name === wanted)
  }
  const change = (name: string, value: string | Uint8Array | undefined, isAppended: boolean) => {
    const lower = name.toLowerCase()
    const bytes = typeof value === "string" ? Buffer.from(value) : value
    entries = isAppended ? all() : all().filter((entry) => entry.name !== lower)
    if (bytes !== undefined) entries.push({ name: lower, value: bytes })
    changes ??= []
    changes.push({ name: lower, value: bytes, isAppended })
  }
  const headers: HttpHeaders = {
    get(name) {
      const entry = find(name)
      return entry === undefined ? undefined : textOf(entry.value)
    },
    getBytes: (name) => find(name)?.value,
    getAll(name) {
      const wanted = name.toLowerCase()
      return all().flatMap((entry) => (entry.name === wanted ? [textOf(entry.value)] : []))
    },
    has: (name) => find(name) !== undefined,
    set: (name, value) => change(name, value, false),
    append: (name, value) => change(name, value, true),
    remove: (name) => change(name, undefined, false),
    entries: () => all().map((entry) => [entry.name, textOf(entry.value)] as const),
  }
  const takeChanges = () => {
    const taken = changes ?? noChanges
    changes = undefined
    return taken
  }
  return { headers, takeChanges }
}

/** Envoy fills `raw_value`; only a proxy with the old runtime switch fills `value`. */
function wireValue(header: HeaderValue): Uint8Array {
  return header.rawValue.length > 0 || header.value === "" ? header.rawValue : Buffer.from(header.value)
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8")
}
