// Files as a source of objects: read, checked, kept when they break, read again when they change.
import { contentVersion, type Diagnostic, isAttacheError } from "@attache/base"
import { changesBetween, emptyFileSet, type FileReading, type FileSet, type FileSetView, type ObjectChanges, viewFiles, withFile } from "./file-set.ts"
import { readResourceFile, resourceFiles } from "./resource-files.ts"
import { watchResourcePaths } from "./watch.ts"

/** Reads the text of a file into objects. `previous` gives the object now in force under a key, for rules about updates. */
export type FileLoader<T> = (text: string, file: string, previous: (key: string) => T | undefined) => FileReading<T>

/** Files under watch. */
export interface FileProvider<T> {
  /** Reads everything that changed since the last call and says what it means. Cheap when nothing did. */
  refresh(): ObjectChanges<T>
  /** What is in force, and what is wrong with the files. */
  view(): FileSetView<T>
  /** Calls after changes on disk; call {@link FileProvider.refresh} then. Returns a function that stops. */
  watch(onChange: () => void): () => Promise<void>
}

/** A provider over files and folders. Nothing is read before the first refresh. */
export function createFileProvider<T>(paths: readonly string[], load: FileLoader<T>): FileProvider<T> {
  let set: FileSet<T> = emptyFileSet
  let view: FileSetView<T> = viewFiles(set)
  const versions = new Map<string, string>()
  return {
    refresh: () => {
      const files = resourceFiles(paths)
      const gone = [...set.files.keys()].filter((file) => !files.includes(file))
      for (const file of gone) {
        set = withFile(set, file, undefined)
        versions.delete(file)
      }
      for (const file of files) {
        const read = readOnce(file, versions, load, (key) => view.objects.get(key))
        if (read !== undefined) set = withFile(set, file, read)
      }
      const before = view
      view = viewFiles(set)
      return changesBetween(before, view)
    },
    view: () => view,
    watch: (onChange) => watchResourcePaths(paths, onChange),
  }
}

/** A reading of a file, or undefined when its bytes are those of the last time. */
function readOnce<T>(
  file: string,
  versions: Map<string, string>,
  load: FileLoader<T>,
  previous: (key: string) => T | undefined,
): FileReading<T> | undefined {
  try {
    const text = readResourceFile(file)
    const version = contentVersion(text)
    if (versions.get(file) === version) return undefined
    versions.set(file, version)
    return load(text, file, previous)
  } catch (error) {
    if (!isAttacheError(error)) throw error
    versions.delete(file)
    return { isReadable: false, objects: [], findings: [findingOf(error, file)] }
  }
}

function findingOf(error: { readonly code: string; readonly message: string; readonly hint: string | undefined }, file: string): Diagnostic {
  const hint = error.hint === undefined ? {} : { hint: error.hint }
  return { code: error.code, severity: "error", message: error.message, file, ...hint }
}
