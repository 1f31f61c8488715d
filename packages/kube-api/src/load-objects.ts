// Texts to objects: parsed, lists unpacked, namespaces filled in, defaults set.
import type { Diagnostic, ObjectRef } from "@attache/base"
import { applyDefaults } from "./apply-defaults.ts"
import { findKind, type KindEntry } from "./kinds.ts"
import type { KubeObject } from "./kube-object.ts"
import { ownKindOf } from "./own-kinds.ts"
import { isRecord } from "./record.ts"
import type { PathStep } from "./schema/path.ts"
import { unknownKind } from "./unknown-kind.ts"
import { type Position, readYaml, type YamlDocument, type YamlLimits } from "./yaml/documents.ts"

/** Where an object begins. */
export interface Origin extends Position {
  readonly file: string
}

/** An object from a text. */
export interface LoadedObject {
  /** With defaults, and with a namespace unless its kind is cluster scoped; in the stored version. Not to be changed. */
  readonly object: KubeObject
  /** As written. */
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
  /** Documents that configure the control plane and are no objects: EnvoyGateway, which `validateConfiguration` judges, and those of ours. */
  readonly configurations: readonly YamlDocument[]
  /** Those without `object` are about the text as a whole. */
  readonly diagnostics: readonly Diagnostic[]
}

/** What reading a text has given so far. */
interface Collected {
  readonly options: LoadOptions
  readonly objects: LoadedObject[]
  readonly configurations: YamlDocument[]
  readonly diagnostics: Diagnostic[]
}

/** Reads the objects of a text, valid or not. Never throws. `List` kinds count as their items. */
export function loadObjects(text: string, options: LoadOptions): Loading {
  const { documents, diagnostics } = readYaml(text, options.file, options.limits)
  const into: Collected = { options, objects: [], configurations: [], diagnostics: [...diagnostics] }
  for (const document of documents) loadValue(into, document, document.value, [])
  const { objects, configurations } = into
  return { objects, configurations, diagnostics: into.diagnostics }
}

function loadValue(into: Collected, document: YamlDocument, value: unknown, path: readonly PathStep[]): void {
  if (isRecord(value) && typeof value.apiVersion === "string" && typeof value.kind === "string") {
    const { apiVersion, kind, items } = value
    if (kind.endsWith("List") && Array.isArray(items)) {
      for (const [index, item] of items.entries())
        loadValue(into, document, inherited(item, apiVersion, kind), [...path, "items", index])
      return
    }
    const entry = findKind(apiVersion, kind)
    if (entry?.scope === "Configuration" || ownKindOf(value) !== undefined) into.configurations.push(document)
    else loadObject(into, document, value as Readonly<Record<string, unknown>> & TypeMeta, entry, path)
    return
  }
  const hint =
    "give it apiVersion, kind and metadata.name, for example apiVersion: gateway.networking.k8s.io/v1, kind: Gateway"
  const message = isRecord(value) ? "apiVersion and kind must be given as texts" : "this is no object"
  refuse(into, document, path, message, hint)
}

interface TypeMeta {
  readonly apiVersion: string
  readonly kind: string
}

function loadObject(
  into: Collected,
  document: YamlDocument,
  value: Readonly<Record<string, unknown>> & TypeMeta,
  entry: KindEntry | undefined,
  path: readonly PathStep[],
): void {
  const { apiVersion, kind, metadata } = value
  if (!isRecord(metadata) || typeof metadata.name !== "string" || metadata.name === "") {
    refuse(into, document, path, `${kind} has no metadata.name`, "give it a name")
    return
  }
  const { file, defaultNamespace = "default" } = into.options
  const place = placeOf(document, path)
  const given = metadata.namespace
  const isGiven = given !== undefined && given !== null && given !== ""
  const namespace = entry?.scope === "Cluster" ? "" : isGiven ? given : defaultNamespace
  const ref = { apiVersion, kind, namespace: String(namespace), name: metadata.name }
  if (entry === undefined) into.diagnostics.push(unknownKind(ref, file, place))
  const complete = { ...value, apiVersion: storedVersion(entry, apiVersion), metadata: { ...metadata, namespace } }
  into.objects.push({
    object: applyDefaults(complete as unknown as KubeObject),
    raw: value as unknown as KubeObject,
    origin: { file, ...place },
    positionOf: (inner) => document.positionOf([...path, ...inner]),
  })
}

function placeOf(document: YamlDocument, path: readonly PathStep[]): Position {
  return path.length === 0 ? document.start : document.positionOf(path)
}

function refuse(
  into: Collected,
  document: YamlDocument,
  path: readonly PathStep[],
  message: string,
  hint: string,
): void {
  const place = placeOf(document, path)
  const base = { code: "ATT_YAML_NOT_AN_OBJECT", severity: "error", message, hint } as const
  into.diagnostics.push({ ...base, file: into.options.file, ...place })
}

/** Items of a typed list may leave out what the list's own kind says. */
function inherited(item: unknown, apiVersion: string, listKind: string): unknown {
  if (!isRecord(item) || item.kind !== undefined || listKind === "List") return item
  return { apiVersion, kind: listKind.slice(0, -"List".length), ...item }
}

/** Versions of one kind are one: objects carry the stored one, whichever they were written in. */
function storedVersion(entry: KindEntry | undefined, apiVersion: string): string {
  const stored = entry?.versions.find(({ storage }) => storage)?.name
  if (entry === undefined || stored === undefined) return apiVersion
  return entry.group === "" ? stored : `${entry.group}/${stored}`
}

/** What an object is called in diagnostics. */
export function objectRef({ apiVersion, kind, metadata }: KubeObject): ObjectRef {
  return { apiVersion, kind, namespace: String(metadata.namespace ?? ""), name: metadata.name }
}
