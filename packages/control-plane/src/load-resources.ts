// From the text of a file to objects that may be admitted: parsed, defaulted, judged by schema and rules; and back, for keeping.
import { resolve } from "node:path"
import { type Diagnostic, structuralEqual } from "@attache/base"
import {
  asDecoded,
  findKind,
  type LoadedObject,
  loadObjects,
  ownKindOf,
  validateConfiguration,
  validateObject,
  type YamlDocument,
} from "@attache/kube-api"
import { isTranslated, keyOf } from "@attache/translate"
import { codes } from "./codes.ts"
import type { FileObject, FileReading } from "./provider-file/file-set.ts"

/** How files are read. */
export interface LoadOptions {
  /** Namespace of objects that name none. */
  readonly defaultNamespace: string
  /** True: an object with errors is not admitted and its predecessor stays. */
  readonly isStrict: boolean
  /** Called for each document that configures the control plane, such as EnvoyGateway: for who judges and applies nothing. */
  readonly onConfiguration?: (file: string, document: YamlDocument) => void
  /** File whose configuration is applied. Such documents in others are judged, and said not to be: ATT_FILE_CONFIGURATION. */
  readonly configurationFile?: string
}

/**
 * Reads the objects of one file.
 *
 * The file counts as unreadable when some document in it is no object: what it was meant to be cannot be told from what
 * is to be removed.
 *
 * @param previous gives the object in force under a key: rules about updates look at it
 */
export function loadResources(
  text: string,
  file: string,
  previous: (key: string) => LoadedObject | undefined,
  options: LoadOptions,
): FileReading<LoadedObject> {
  const steps = loadResourcesInSteps(text, file, previous, options)
  for (;;) {
    const { done, value } = steps.next()
    if (done === true) return value
  }
}

/** The same with a step for the text as a whole and one for each object. */
export function* loadResourcesInSteps(
  text: string,
  file: string,
  previous: (key: string) => LoadedObject | undefined,
  options: LoadOptions,
): Generator<void, FileReading<LoadedObject>> {
  const { objects, configurations, diagnostics } = loadObjects(text, {
    file,
    defaultNamespace: options.defaultNamespace,
  })
  const isReadable = !diagnostics.some((d) => d.severity === "error" && d.object === undefined)
  const findings: Diagnostic[] = [...diagnostics]
  for (const document of configurations) {
    // Ours may name files: who applies one reads it.
    if (ownKindOf(document.value) === undefined) findings.push(...validateConfiguration(document, file))
    if (options.onConfiguration !== undefined) options.onConfiguration(file, document)
    else if (options.configurationFile === undefined || resolve(options.configurationFile) !== file)
      findings.push(notApplied(document, file))
  }
  const read: FileObject<LoadedObject>[] = []
  for (const loaded of objects) {
    yield
    read.push(readObject(loaded, previous, options.isStrict, findings))
  }
  return { isReadable, objects: read, findings }
}

function notApplied({ value, start }: YamlDocument, file: string): Diagnostic {
  const kind = (value as { readonly kind?: unknown } | null)?.kind
  const message = `${typeof kind === "string" ? kind : "a configuration"} is not applied: it is no resource`
  return {
    code: "ATT_FILE_CONFIGURATION",
    severity: "warning",
    message,
    hint: codes.ATT_FILE_CONFIGURATION.cure,
    file,
    ...start,
  }
}

function readObject(
  loaded: LoadedObject,
  previous: (key: string) => LoadedObject | undefined,
  isStrict: boolean,
  findings: Diagnostic[],
): FileObject<LoadedObject> {
  const key = keyOf(loaded.object)
  const old = previous(key)
  const { line } = loaded.origin
  if (old !== undefined && clean.has(old) && isSame(old, loaded)) {
    clean.add(loaded)
    return { key, value: isInPlace(old, loaded) ? old : loaded, isValid: true, line }
  }
  const found = [...validateObject(loaded, old === undefined ? {} : { old: old.object }), ...notTranslated(loaded)]
  if (found.length === 0) clean.add(loaded)
  for (const finding of found) findings.push(finding)
  const isRefused = found.some((d) => d.severity === "error")
  const value = isRefused ? { ...loaded, object: asDecoded(loaded.object) } : loaded
  return { key, value, isValid: !isStrict || !isRefused, line }
}

/** Whoever relies on a SecurityPolicy must hear that it does nothing. Unknown kinds are the reader's to tell of. */
function notTranslated({ object, origin }: LoadedObject): readonly Diagnostic[] {
  const { apiVersion, kind, metadata } = object
  if (isTranslated(kind) || findKind(apiVersion, kind) === undefined) return []
  const { file, line, column } = origin
  return [
    {
      code: "ATT_FILE_KIND",
      severity: "warning",
      message: `${kind} has no effect: nothing is made of it yet`,
      hint: codes.ATT_FILE_KIND.cure,
      ...{ file, line, column },
      object: { apiVersion, kind, namespace: metadata.namespace ?? "", name: metadata.name },
    },
  ]
}

/** Objects without any finding: equal ones need not be judged again, which is most of the cost of a large file. */
const clean = new WeakSet<LoadedObject>()

function isSame(a: LoadedObject, b: LoadedObject): boolean {
  return a.raw.apiVersion === b.raw.apiVersion && structuralEqual(a.object, b.object)
}

function isInPlace({ origin: a }: LoadedObject, { origin: b }: LoadedObject): boolean {
  return a.file === b.file && a.line === b.line && a.column === b.column
}

/**
 * Objects as a text that {@link loadResources} reads: one JSON document.
 *
 * Of Secrets only name and type are in it. Annotations are left out too, because tools keep whole objects there.
 */
export function textOfObjects(objects: readonly LoadedObject[]): string {
  const items = objects.map(({ object }) => {
    if (object.kind !== "Secret") return object
    const { name, namespace } = object.metadata
    const { type } = object as { readonly type?: unknown }
    return { apiVersion: object.apiVersion, kind: object.kind, metadata: { name, namespace }, type }
  })
  return JSON.stringify({ apiVersion: "v1", kind: "List", items })
}
