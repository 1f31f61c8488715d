// From the text of a file to objects that may be admitted: parsed, defaulted, judged by schema and rules.
import type { Diagnostic } from "@attache/base"
import { type LoadedObject, loadObjects, validateObject } from "@attache/kube-api"
import { type AnyObject, keyOf } from "@attache/translate"
import type { FileReading } from "./provider-file/file-set.ts"

/** How files are read. */
export interface LoadOptions {
  /** Namespace of objects that name none. */
  readonly defaultNamespace: string
  /** True: an object with errors is not admitted and its predecessor stays. */
  readonly isStrict: boolean
}

/** Reads the objects of one file. `previous` gives the object in force under a key: rules about updates look at it. */
export function loadResources(
  text: string,
  file: string,
  previous: (key: string) => LoadedObject | undefined,
  options: LoadOptions,
): FileReading<LoadedObject> {
  const { objects, diagnostics } = loadObjects(text, { file, defaultNamespace: options.defaultNamespace })
  const isReadable = !diagnostics.some((d) => d.severity === "error" && d.object === undefined)
  const findings: Diagnostic[] = [...diagnostics]
  const read = objects.map((loaded) => {
    const key = keyOf(loaded.object as AnyObject)
    const old = previous(key)
    const found = validateObject(loaded, old === undefined ? {} : { old: old.object })
    findings.push(...found)
    return { key, value: loaded, isValid: !options.isStrict || !found.some((d) => d.severity === "error") }
  })
  return { isReadable, objects: read, findings }
}
