import { byteString, textOf } from "../byte-string.ts"
import type { Pair } from "../pairs.ts"

/** Headers as people write them: a list of pairs, or a record whose values may repeat. */
export type HeaderInput = readonly (readonly [string, string])[] | Readonly<Record<string, string | readonly string[]>>

/**
 * A header map with Envoy's order and rules: names in lower case, pseudo headers in front, everything else in order of arrival.
 *
 * Names and values are byte strings. Adding to a header Envoy keeps only once joins the values. Source: Envoy `HeaderMapImpl`.
 */
export interface HeaderMap {
  /** First value of a name. */
  get(name: string): string | undefined
  /** All values of a name. */
  getAll(name: string): readonly string[]
  add(name: string, value: string): void
  /** Removes every entry of the name and adds one, at the end. Source: Envoy `HeaderMapImpl::setCopy`. */
  replace(name: string, value: string): void
  /** Sets the first entry in its place, as Envoy's own code sets the headers it knows, and removes the others. */
  set(name: string, value: string): void
  remove(name: string): void
  /** Removes every entry, pseudo headers too. */
  clear(): void
  /** A copy of the entries in order. */
  pairs(): readonly Pair[]
  readonly size: number
  /** Sum of the lengths of names and values. */
  byteSize(): number
}

const joined = new Set(
  (
    ":authority :method :path :scheme :status accept accept-encoding access-control-request-headers access-control-request-method authorization " +
    "cache-control connection content-encoding content-length content-type date expect etag grpc-accept-encoding grpc-message grpc-status grpc-timeout host " +
    "keep-alive location origin proxy-connection referer server te transfer-encoding upgrade user-agent via x-client-trace-id x-forwarded-for " +
    "x-forwarded-host x-forwarded-port x-forwarded-proto x-request-id"
  ).split(" "),
)

/** A new map with the given entries. @param entries byte strings @param isRequest in request headers `host` is another name of `:authority` */
export function createHeaderMap(entries: Iterable<Pair> = [], isRequest = false): HeaderMap {
  let list: [string, string][] = []
  const lower = (name: string): string => {
    const key = lowerCase(name)
    return isRequest && key === "host" ? ":authority" : key
  }
  const insert = (name: string, value: string): void => {
    if (!name.startsWith(":")) {
      list.push([name, value])
      return
    }
    const end = list.findIndex(([n]) => !n.startsWith(":"))
    list.splice(end < 0 ? list.length : end, 0, [name, value])
  }
  const map: HeaderMap = {
    get: (name) => list.find(([n]) => n === lower(name))?.[1],
    getAll: (name) => list.filter(([n]) => n === lower(name)).map(([, value]) => value),
    add: (name, value) => {
      const key = lower(name)
      const old = joined.has(key) ? list.find(([n]) => n === key) : undefined
      if (old === undefined) insert(key, value)
      else if (value !== "") old[1] = old[1] === "" ? value : `${old[1]},${value}`
    },
    replace: (name, value) => {
      map.remove(name)
      map.add(name, value)
    },
    set: (name, value) => {
      const key = lower(name)
      const first = list.find(([n]) => n === key)
      if (first === undefined) insert(key, value)
      else {
        first[1] = value
        list = list.filter((entry) => entry === first || entry[0] !== key)
      }
    },
    remove: (name) => {
      const key = lower(name)
      list = list.filter(([n]) => n !== key)
    },
    clear: () => {
      list = []
    },
    pairs: () => list.map(([name, value]): Pair => [name, value]),
    get size() {
      return list.length
    },
    byteSize: () => list.reduce((n, [name, value]) => n + name.length + value.length, 0),
  }
  for (const [name, value] of entries) map.add(name, value)
  return map
}

/** Lower case as Envoy makes it: of ASCII alone, so that no byte of UTF-8 changes. */
export function lowerCase(name: string): string {
  return /[A-Z]/.test(name) ? name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : name
}

/** Entries of a map of texts, as byte strings. */
export function pairsOf(input: HeaderInput | undefined): readonly Pair[] {
  if (input === undefined) return []
  const entries: readonly (readonly [string, string])[] = isPairs(input)
    ? input
    : Object.entries(input).flatMap(([name, value]) =>
        typeof value === "string" ? [[name, value] as const] : value.map((one) => [name, one] as const),
      )
  return entries.map(([name, value]) => [byteString(name), byteString(value)])
}

/** Entries as texts. */
export function textPairs(pairs: readonly Pair[]): readonly (readonly [string, string])[] {
  return pairs.map(([name, value]) => [textOf(name), textOf(value)])
}

function isPairs(input: HeaderInput): input is readonly (readonly [string, string])[] {
  return Array.isArray(input)
}
