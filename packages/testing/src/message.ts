import type { HeaderInput } from "@attache/wasm-host"
import type { Fields, Message, PluginSetup, ProxySetup } from "./proxy.ts"

const decoder = new TextDecoder()

/** A message out of its parts. */
export function messageOf(headers: Fields, bytes: Uint8Array, trailers: Fields): Message {
  const lower = headers.map(([name, value]) => [name.toLowerCase(), value] as const)
  return { headers: lower, trailers, bytes, body: decoder.decode(bytes), header: (name) => fieldValue(lower, name) }
}

/** Values of a header, joined with `, `; undefined when absent. */
export function fieldValue(fields: Fields, name: string): string | undefined {
  const wanted = name.toLowerCase()
  const values = fields.filter(([each]) => each === wanted).map(([, value]) => value)
  return values.length === 0 ? undefined : values.join(", ")
}

/** Headers as people write them, as a list; names in lower case. */
export function fieldsOf(input: HeaderInput | undefined): Fields {
  if (input === undefined) return []
  if (isList(input)) return input.map(([name, value]) => [name.toLowerCase(), value])
  return Object.entries(input).flatMap(([name, value]) =>
    [value].flat().map((each: string) => [name.toLowerCase(), each] as const),
  )
}

function isList(input: HeaderInput): input is readonly (readonly [string, string])[] {
  return Array.isArray(input)
}

/** Bytes of a body given as text or bytes. */
export function bytesOf(body: string | Uint8Array | undefined): Uint8Array {
  if (body === undefined) return new Uint8Array(0)
  return typeof body === "string" ? new TextEncoder().encode(body) : body
}

/** The plugins of a setup with their names, in the order in which a request meets them. */
export function pluginsOf(setup: ProxySetup): readonly (PluginSetup & { readonly name: string })[] {
  const plugins: readonly PluginSetup[] = [setup.plugin].flat()
  return plugins.map((plugin, i) => ({ ...plugin, name: plugin.name ?? (i === 0 ? "plugin" : `plugin-${i + 1}`) }))
}

/** The method of a request: GET, or POST when it has a body. */
export function methodOf(request: {
  readonly method?: string
  readonly body?: unknown
  readonly chunks?: unknown
}): string {
  return request.method ?? (request.body === undefined && request.chunks === undefined ? "GET" : "POST")
}

/** Node's flat list of names and values as pairs; the values, which Node reads as Latin-1, as UTF-8. */
export function fieldsFromNode(raw: readonly string[]): Fields {
  return raw.flatMap((name, i) => (i % 2 === 0 ? [[name.toLowerCase(), fromNode(raw[i + 1] ?? "")] as const] : []))
}

/** Headers as people write them, with values as Node wants them for their UTF-8 bytes to go out. */
export function fieldsForNode(input: HeaderInput | undefined): [name: string, value: string][] {
  return fieldsOf(input).map(([name, value]) => [name, Buffer.from(value, "utf8").toString("latin1")])
}

function fromNode(value: string): string {
  return Buffer.from(value, "latin1").toString("utf8")
}
