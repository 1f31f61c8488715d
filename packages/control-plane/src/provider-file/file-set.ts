// What a set of files says, as data: which objects there are, from where, and what is wrong. Pure; reading and watching are elsewhere.
import type { Diagnostic } from "@attache/base"

/** An object read from a file; `T` is the loader's. */
export interface FileObject<T> {
  /** `Kind/namespace/name`. */
  readonly key: string
  readonly value: T
  /** False: the object is not admitted, and its predecessor from the same file stays. */
  readonly isValid: boolean
  /** Line in the file, from 1; for findings. */
  readonly line?: number
}

/** One reading of one file. */
export interface FileReading<T> {
  /** False when the file as a whole cannot be understood: its last good objects stay. */
  readonly isReadable: boolean
  readonly objects: readonly FileObject<T>[]
  readonly findings: readonly Diagnostic[]
}

/** What is held of one file. */
export interface FileState<T> {
  /** Objects in force: the last good ones. */
  readonly objects: ReadonlyMap<string, T>
  readonly findings: readonly Diagnostic[]
  /** True while some object in force is older than the file. */
  readonly isStale: boolean
}

/** All files, by path. Immutable. */
export interface FileSet<T> {
  readonly files: ReadonlyMap<string, FileState<T>>
}

/** A set without files. */
export const emptyFileSet: FileSet<never> = { files: new Map() }

/**
 * The set after some files were read again, or have gone (`undefined`).
 *
 * Files do not touch each other, so the order of readings of different files does not matter.
 */
export function withReadings<T>(
  set: FileSet<T>,
  readings: ReadonlyMap<string, FileReading<T> | undefined>,
): FileSet<T> {
  if (readings.size === 0) return set
  const files = new Map(set.files)
  for (const [file, reading] of readings) {
    if (reading === undefined) files.delete(file)
    else files.set(file, afterReading(files.get(file), file, reading))
  }
  return { files }
}

/**
 * What is held of a file after it was read.
 *
 * A file that cannot be understood keeps its objects; an object that is not valid keeps its predecessor from the same
 * file; of two objects with one key the first stands and the other is a finding, ATT_FILE_DUPLICATE_OBJECT.
 */
export function afterReading<T>(before: FileState<T> | undefined, file: string, reading: FileReading<T>): FileState<T> {
  const last: ReadonlyMap<string, T> = before?.objects ?? new Map()
  if (!reading.isReadable) return { objects: last, findings: reading.findings, isStale: last.size > 0 }
  const objects = new Map<string, T>()
  const seen = new Set<string>()
  const findings = [...reading.findings]
  let isStale = false
  for (const { key, value, isValid, line } of reading.objects) {
    if (seen.has(key)) {
      findings.push(duplicate(key, file, "stands twice in this file; the first is used", line))
      continue
    }
    seen.add(key)
    const predecessor = last.get(key)
    if (isValid) objects.set(key, value)
    else if (predecessor !== undefined) {
      objects.set(key, predecessor)
      isStale = true
    }
  }
  return { objects, findings, isStale }
}

/** Objects in force over all files, and what is wrong. */
export interface FileSetView<T> {
  readonly objects: ReadonlyMap<string, T>
  readonly findings: readonly Diagnostic[]
  /** Files some of whose objects in force are older than the file, sorted. */
  readonly staleFiles: readonly string[]
}

/** The finding of an object that is not in force because another file has one of the same key. */
export function duplicateIn(file: string, key: string, owner: string): Diagnostic {
  return duplicate(key, file, `is also in ${owner}, which is used`)
}

function duplicate(key: string, file: string, problem: string, line?: number): Diagnostic {
  return {
    code: "ATT_FILE_DUPLICATE_OBJECT",
    severity: "warning",
    message: `${key} ${problem}`,
    file,
    ...(line === undefined ? {} : { line }),
    hint: "keep one of the two",
  }
}

/** What changed between two views: objects to put in, keys to take out. */
export interface ObjectChanges<T> {
  readonly upserts: readonly { readonly key: string; readonly value: T }[]
  readonly removes: readonly string[]
}
