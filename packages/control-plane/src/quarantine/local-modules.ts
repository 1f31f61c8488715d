// Listeners whose modules an Envoy elsewhere fetches, as an Envoy on this machine can judge them.
import { decode, encode, fromJson, toJson } from "@attache/envoy-api"
import { ListenerSchema } from "@attache/envoy-api/gen/envoy/config/listener/v3/listener_pb"
import type { Resource } from "@attache/translate"

/** The file of a module by its sha256; undefined when it is not here. */
export type ModuleFile = (sha256: string) => Promise<string | undefined>

/**
 * A listener that reads its modules from files.
 *
 * Source: Envoy 1.40 accepts a listener whose module is to be fetched, whatever the module is, and answers 503 in the place of
 * one that it cannot run; a listener with a file that it cannot run is refused.
 *
 * @returns the listener itself where no module of it is to be fetched, or none is here
 */
export async function withLocalModules(listener: Resource, fileOf: ModuleFile): Promise<Resource> {
  const json = toJson(ListenerSchema, decode(ListenerSchema, listener.bytes))
  const files = new Map<string, string>()
  for (const sha256 of remoteModules(json)) {
    const file = await fileOf(sha256)
    if (file !== undefined) files.set(sha256, file)
  }
  if (files.size === 0) return listener
  const local = fromJson(ListenerSchema, replaced(json, files) as Parameters<typeof fromJson>[1])
  return { ...listener, bytes: encode(ListenerSchema, local) }
}

/** The sha256 of the code in an object of the form `{code: {remote: {sha256}}}`. */
function remoteModule(value: object): string | undefined {
  const { code } = value as { readonly code?: { readonly remote?: { readonly sha256?: unknown } } }
  const sha256 = code?.remote?.sha256
  return typeof sha256 === "string" && sha256 !== "" ? sha256 : undefined
}

function remoteModules(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return []
  const own = remoteModule(value)
  return [...(own === undefined ? [] : [own]), ...Object.values(value).flatMap(remoteModules)]
}

function replaced(value: unknown, files: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((each) => replaced(each, files))
  if (typeof value !== "object" || value === null) return value
  const filename = files.get(remoteModule(value) ?? "")
  const members = Object.entries(value).map(([key, member]) => [key, replaced(member, files)] as const)
  return { ...Object.fromEntries(members), ...(filename === undefined ? {} : { code: { local: { filename } } }) }
}
