// What a set of files says, as data: which objects there are, from where, and what is wrong. Pure; reading and watching are elsewhere.
import type { Diagnostic } from "@attache/base"

/** An object read from a file; `T` is the loader's. */
export interface FileObject<T> {
  /** `Kind/namespace/name`. */
  readonly key: string
  readonly value: T
  /** True when only `value` may be admitted, so an invalid object leaves its predecessor in place. */
  readonly isValid: boolean
}

/** One reading of one file. */
export interface FileReading<T> {
  /** False when the file as a whole cannot be understood: its last good objects stay. */
  readonly isReadable: boolean
  readonly objects: readonly FileObject<T>[]
  readonly findings: readonly Diagnostic[]
}

/** What is held of one file. */
interface FileState<T> {
  /** Objects in force: the last good ones. */
  readonly objects: ReadonlyMap<string, T>
  readonly findings: readonly Diagnostic[]
  /** True while the objects in force are older than the file. */
  readonly isStale: boolean
}

/** All files, by path. Immutable. */
export interface FileSet<T> {
  readonly files: ReadonlyMap<string, FileState<T>>
}

/** A set without files. */
export const emptyFileSet: FileSet<never> = { files: new Map() }

/**
 * The set after a file was read again, or has gone (`undefined`).
 *
 * A file that cannot be read keeps its objects; an object that is not valid keeps its predecessor from the same file.
 */
export function withFile<T>(set: FileSet<T>, file: string, reading: FileReading<T> | undefined): FileSet<T> {
  const files = new Map(set.files)
  const before = files.get(file)
  if (reading === undefined) files.delete(file)
  else if (!reading.isReadable) {
    files.set(file, { objects: before?.objects ?? new Map(), findings: reading.findings, isStale: before !== undefined })
  } else {
    const objects = new Map<string, T>()
    let isStale = false
    for (const { key, value, isValid } of reading.objects) {
      const last = before?.objects.get(key)
      if (isValid) objects.set(key, value)
      else if (last !== undefined) objects.set(key, last)
      isStale ||= !isValid && last !== undefined
    }
    files.set(file, { objects, findings: reading.findings, isStale })
  }
  return { files }
}

/** Objects in force over all files, and what is wrong. */
export interface FileSetView<T> {
  readonly objects: ReadonlyMap<string, T>
  readonly findings: readonly Diagnostic[]
  /** Files whose objects in force are older than the file, sorted. */
  readonly staleFiles: readonly string[]
}

/** Joins all files. An object in two files is the one of the first file by path; the other is a finding. */
export function viewFiles<T>(set: FileSet<T>): FileSetView<T> {
  const objects = new Map<string, T>()
  const owners = new Map<string, string>()
  const findings: Diagnostic[] = []
  const staleFiles: string[] = []
  for (const file of [...set.files.keys()].sort()) {
    const state = set.files.get(file)
    if (state === undefined) continue
    findings.push(...state.findings)
    if (state.isStale) staleFiles.push(file)
    for (const [key, value] of state.objects) {
      const owner = owners.get(key)
      if (owner === undefined) {
        owners.set(key, file)
        objects.set(key, value)
      } else findings.push(duplicate(key, file, owner))
    }
  }
  return { objects, findings, staleFiles }
}

function duplicate(key: string, file: string, owner: string): Diagnostic {
  return {
    code: "ATT_FILE_DUPLICATE_OBJECT",
    severity: "warning",
    message: `${key} is also in ${owner}, which is used`,
    file,
    hint: "keep one of the two",
  }
}

/** What changed between two views: objects to put in, keys to take out. */
export interface ObjectChanges<T> {
  readonly upserts: readonly { readonly key: string; readonly value: T }[]
  readonly removes: readonly string[]
}

/** Changes from one view to the next; values that are the same object are no change. */
export function changesBetween<T>(before: FileSetView<T>, after: FileSetView<T>): ObjectChanges<T> {
  const upserts: { key: string; value: T }[] = []
  for (const [key, value] of after.objects) if (before.objects.get(key) !== value) upserts.push({ key, value })
  const removes = [...before.objects.keys()].filter((key) => !after.objects.has(key))
  return { upserts, removes }
}
