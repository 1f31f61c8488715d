// Texts to objects: parsed, lists unpacked, namespaces filled in, defaults set.
import type { Diagnostic, ObjectRef } from "@attache/base"
import { findKind, groupOf, type KindEntry, knownKinds, schemaOf, versionOf } from "./kinds.ts"
import type { KubeObject } from "./kube-object.ts"
import { withDefaults } from "./schema/defaults.ts"
import { nearest } from "./schema/nearest.ts"
import type { PathStep } from "./schema/path.ts"
import { type Position, readYaml, type YamlDocument, type YamlLimits } from "./yaml/documents.ts"

/** Where an object begins. */
export interface Origin extends Position {
  readonly file: string
}

/** An object from a text. */
export interface LoadedObject {
  /** With defaults, and with a namespace unless its kind is cluster scoped. Not to be changed. */
  readonly object: KubeObject
  /** As written; what is validated. */
  readonly raw: KubeObject
  readonly origin: Origin
  /** Place of a member of the object. */
  positionOf(path: readonly PathStep[]): Position
}

/** How a text is read. */
export interface LoadOptions {
  /** Name of the text in diagnostics. */
  readonly file: string
  /** Namespace of objects that name none. Default `default`. */
  readonly defaultNamespace?: string
  readonly limits?: YamlLimits
}

/** Objects and what could not be read. */
export interface Loading {
  readonly objects: readonly LoadedObject[]
  /** Those without `object` are about the text as a whole. */
  readonly diagnostics: readonly Diagnostic[]
}

/** Reads the objects of a text, valid or not. Never throws. `List` kinds count as their items. */
export function loadObjects(text: string, options: LoadOptions): Loading {
  const { documents, diagnostics } = readYaml(text, options.file, options.limits)
  const found: Diagnostic[] = [...diagnostics]
  const objects: LoadedObject[] = []
  for (const document of documents) loadDocument(document, document.value, [], options, objects, found)
  return { objects, diagnostics: found }
}

function loadDocument(
  document: YamlDocument,
  value: unknown,
  path: readonly PathStep[],
  options: LoadOptions,
  objects: LoadedObject[],
  found: Diagnostic[],
): void {
  const place = path.length === 0 ? document.start : document.positionOf(path)
  const fault = (message: string, hint: string) => {
    found.push({ code: "ATT_YAML_NOT_AN_OBJECT", severity: "error", message, file: options.file, ...place, hint })
  }
  if (!isRecord(value)) return fault("not an object", "a document needs apiVersion, kind and metadata")
  const { apiVersion, kind, metadata, items } = value
  if (typeof kind !== "string" || typeof apiVersion !== "string")
    return fault(
      "apiVersion and kind must be given as texts",
      "for example apiVersion: gateway.networking.k8s.io/v1, kind: Gateway",
    )
  if (kind.endsWith("List") && Array.isArray(items)) {
    for (const [index, item] of items.entries())
      loadDocument(document, inherited(item, apiVersion, kind), [...path, "items", index], options, objects, found)
    return
  }
  const entry = findKind(apiVersion, kind)
  if (entry?.scope === "Configuration") return
  if (!isRecord(metadata) || typeof metadata.name !== "string" || metadata.name === "")
    return fault(`${kind} has no metadata.name`, "give it a name")
  const namespace =
    entry?.scope === "Cluster"
      ? ""
      : typeof metadata.namespace === "string" && metadata.namespace !== ""
        ? metadata.namespace
        : (options.defaultNamespace ?? "default")
  const raw = value as unknown as KubeObject
  const complete = {
    ...value,
    apiVersion: storedVersion(entry, apiVersion),
    metadata: { ...metadata, namespace },
  } as unknown as KubeObject
  if (entry === undefined)
    found.push(unknownKind(apiVersion, kind, { apiVersion, kind, namespace, name: metadata.name }, options.file, place))
  objects.push({
    object: applyDefaults(complete),
    raw,
    origin: { file: options.file, ...place },
    positionOf: (inner) => document.positionOf([...path, ...inner]),
  })
}

/** Items of a typed list may leave out what the list's own kind says. */
function inherited(item: unknown, apiVersion: string, listKind: string): unknown {
  if (!isRecord(item) || item.kind !== undefined || listKind === "List") return item
  return { apiVersion, kind: listKind.slice(0, -"List".length), ...item }
}

/** Versions of one kind that have the same schema are one: objects carry the stored one. */
function storedVersion(entry: KindEntry | undefined, apiVersion: string): string {
  const stored = entry?.versions.find(({ storage }) => storage)?.name
  if (entry === undefined || stored === undefined) return apiVersion
  return entry.group === "" ? stored : `${entry.group}/${stored}`
}

/** An object with the defaults of its kind; unknown kinds stay as they are. A missing status stays missing. */
export function applyDefaults(object: KubeObject): KubeObject {
  const entry = findKind(object.apiVersion, object.kind)
  if (entry === undefined) return object
  const { status, ...rest } = withDefaults(schemaOf(entry, versionOf(object.apiVersion)), object) as KubeObject
  const complete: KubeObject = object.status === undefined ? rest : { ...rest, status }
  return entry.kind === "Secret" && entry.group === "" ? withStringData(complete) : complete
}

/** The API server keeps a Secret's `stringData` as `data`. */
function withStringData(object: KubeObject): KubeObject {
  const { stringData, ...rest } = object as KubeObject & { readonly stringData?: Readonly<Record<string, string>> }
  if (stringData === undefined) return object
  const encoded = Object.fromEntries(
    Object.entries(stringData).map(([key, text]) => [key, Buffer.from(String(text)).toString("base64")]),
  )
  return { ...rest, data: { ...(rest.data as Record<string, string> | undefined), ...encoded } }
}

function unknownKind(apiVersion: string, kind: string, object: ObjectRef, file: string, place: Position): Diagnostic {
  const same = knownKinds().filter((entry) => entry.kind === kind)
  const group = groupOf(apiVersion)
  const near =
    same[0] ??
    knownKinds().find(
      (entry) =>
        entry.kind ===
        nearest(
          kind,
          knownKinds()
            .filter((e) => e.group === group)
            .map((e) => e.kind),
        ),
    )
  const version = near?.versions.find(({ storage }) => storage)?.name ?? "v1"
  const hint =
    near === undefined
      ? {}
      : { hint: `did you mean kind ${near.kind} of apiVersion ${near.group === "" ? "" : `${near.group}/`}${version}?` }
  const message = `kind ${kind} of ${apiVersion} is not known`
  return { code: "ATT_RESOURCE_UNKNOWN_KIND", severity: "warning", message, file, ...place, object, ...hint }
}

/** Whether a value is an object with members. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
