// What the API server and the product say about one object, in a form that can be compared.
import { type KindEntry, loadObjects, validateObject } from "@attache/kube-api"
import type { ApiServer } from "./api-server.ts"
import { collectionPath } from "./crds.ts"

/** A verdict: accepted when there are no texts. Texts are `place: message`, sorted, each once. */
export interface Verdict {
  readonly texts: readonly string[]
  /** Places of fields that the schema does not know. */
  readonly unknown: readonly string[]
  /** Why there is no verdict: the server could not even decode the object. */
  readonly undecodable?: string
}

interface Status {
  readonly message?: string
  readonly details?: { readonly causes?: readonly { readonly field?: string; readonly message?: string }[] }
}

/** The server's verdict on creating an object, or on replacing the one of the same name, without keeping it. */
export async function serverVerdict(
  server: ApiServer,
  entry: KindEntry,
  object: unknown,
  isUpdate = false,
): Promise<Verdict> {
  const path = objectPath(entry, object, isUpdate)
  const method = isUpdate ? "PUT" : "POST"
  const { status, body } = await server.send(method, `${path}?dryRun=All&fieldValidation=Ignore`, object)
  const unknown = isUpdate ? [] : await unknownFields(server, path, object)
  if (status < 300) return { texts: [], unknown }
  const { message = "", details } = body as Status
  if (status !== 422) return { texts: [message], unknown, undecodable: message }
  const causes = (details?.causes ?? []).map((cause) => `${cause.field ?? ""}: ${cause.message ?? ""}`)
  return { texts: sorted(causes), unknown }
}

/** Path of an object, or of the collection it is created in. */
export function objectPath(entry: KindEntry, object: unknown, isNamed: boolean): string {
  const { apiVersion, metadata } = object as { apiVersion: string; metadata: { name: string; namespace?: string } }
  const version = apiVersion.slice(apiVersion.indexOf("/") + 1)
  const path = collectionPath(entry, version, metadata.namespace ?? "default")
  return isNamed ? `${path}/${metadata.name}` : path
}

/** The server names unknown fields only when it is asked to refuse them, and then says nothing else. */
async function unknownFields(server: ApiServer, path: string, object: unknown): Promise<readonly string[]> {
  const { status, body } = await server.send("POST", `${path}?dryRun=All&fieldValidation=Strict`, object)
  const { message = "" } = body as Status
  if (status !== 400 || !message.includes("strict decoding error")) return []
  return sorted([...message.matchAll(/unknown field "([^"]*)"/g)].map(([, field = ""]) => field))
}

/** The product's verdict on the same object. */
export function ownVerdict(object: unknown, old?: unknown): Verdict {
  const read = (value: unknown) => loadObjects(JSON.stringify(value), { file: "object.json" }).objects[0]
  const loaded = read(object)
  const before = old === undefined ? undefined : read(old)
  if (loaded === undefined) return { texts: ["not loaded"], unknown: [] }
  const findings = validateObject(loaded, before === undefined ? {} : { old: before.object })
  const unknown = findings.filter(({ code }) => code === "ATT_RESOURCE_UNKNOWN_FIELD").map(({ field = "" }) => field)
  const detail = findings.find(({ severity }) => severity === "error")?.detail ?? ""
  return { texts: sorted(textsOf(detail)), unknown: sorted(unknown) }
}

/** The texts of a whole answer. A comma inside a message begins a new text only where a place follows it. */
function textsOf(detail: string): readonly string[] {
  const all = detail.replace(/^.*? is invalid: /s, "")
  const inner = all.startsWith("[") && all.endsWith("]") ? all.slice(1, -1) : all
  const kinds = "Invalid value|Unsupported value|Required value|Too long|Too many|Duplicate value|Forbidden"
  return inner === "" ? [] : inner.split(new RegExp(`, (?=(?:<nil>|[a-zA-Z][^\\s:]*): (?:${kinds}))`))
}

function sorted(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort()
}
