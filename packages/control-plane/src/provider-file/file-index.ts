// What is in force over all files, kept by difference: an edited file costs its own objects, however many others there are.
import { changedMap, type Diagnostic } from "@attache/base"
import { duplicateIn, type FileSet, type FileSetView, type ObjectChanges } from "./file-set.ts"

/** A view of a set, and what it takes to change it. Immutable. */
export interface FileIndex<T> {
  readonly set: FileSet<T>
  readonly view: FileSetView<T>
  /** Files that hold a key, in order; the first one's object is in force. */
  readonly owners: ReadonlyMap<string, readonly string[]>
  /** Keys in several files. */
  readonly shared: ReadonlySet<string>
}

/** The index of no files. */
export const emptyFileIndex: FileIndex<never> = {
  set: { files: new Map() },
  view: { objects: new Map<string, never>(), findings: [], staleFiles: [] },
  owners: new Map<string, readonly string[]>(),
  shared: new Set(),
}

/** The index of another set, and what objects changed by it. */
export function withFiles<T>(
  before: FileIndex<T>,
  set: FileSet<T>,
): { readonly index: FileIndex<T>; readonly changes: ObjectChanges<T> } {
  const owners = new Map<string, readonly string[] | undefined>()
  const shared = new Set(before.shared)
  const touched = new Set<string>()
  const ownersOf = (key: string): readonly string[] =>
    (owners.has(key) ? owners.get(key) : before.owners.get(key)) ?? none
  const own = (key: string, files: readonly string[]): void => {
    owners.set(key, files.length === 0 ? undefined : files)
    if (files.length > 1) shared.add(key)
    else shared.delete(key)
  }
  for (const file of changedFiles(before.set, set)) {
    const old = before.set.files.get(file)?.objects ?? new Map<string, T>()
    const next = set.files.get(file)?.objects ?? new Map<string, T>()
    for (const [key, value] of next) {
      if (!old.has(key)) own(key, [...ownersOf(key), file].sort())
      if (old.get(key) !== value) touched.add(key)
    }
    for (const key of old.keys()) {
      if (next.has(key)) continue
      own(
        key,
        ownersOf(key).filter((other) => other !== file),
      )
      touched.add(key)
    }
  }
  const objects = new Map<string, T | undefined>()
  for (const key of touched) {
    const [first = ""] = ownersOf(key)
    const value = set.files.get(first)?.objects.get(key)
    if (value !== before.view.objects.get(key)) objects.set(key, value)
  }
  const index: FileIndex<T> = {
    set,
    owners: changedMap(before.owners, owners),
    shared,
    view: { objects: changedMap(before.view.objects, objects), ...troubleOf(set, shared, ownersOf) },
  }
  return { index, changes: changesOf(objects) }
}

const none: readonly string[] = []

function changedFiles<T>(before: FileSet<T>, after: FileSet<T>): readonly string[] {
  const changed: string[] = []
  for (const [file, state] of after.files) if (before.files.get(file) !== state) changed.push(file)
  for (const file of before.files.keys()) if (!after.files.has(file)) changed.push(file)
  return changed
}

function changesOf<T>(objects: ReadonlyMap<string, T | undefined>): ObjectChanges<T> {
  const upserts: { key: string; value: T }[] = []
  const removes: string[] = []
  for (const [key, value] of objects) {
    if (value === undefined) removes.push(key)
    else upserts.push({ key, value })
  }
  return { upserts, removes }
}

/** Findings and stale files, in the order of files. */
function troubleOf<T>(
  { files }: FileSet<T>,
  shared: ReadonlySet<string>,
  ownersOf: (key: string) => readonly string[],
): Pick<FileSetView<T>, "findings" | "staleFiles"> {
  const crowded = new Set([...shared].flatMap((key) => ownersOf(key).slice(1)))
  const troubled = [...files].filter(
    ([file, { findings, isStale }]) => isStale || findings.length > 0 || crowded.has(file),
  )
  const findings: Diagnostic[] = []
  const staleFiles: string[] = []
  for (const [file, state] of troubled.sort(([a], [b]) => (a < b ? -1 : 1))) {
    for (const finding of state.findings) findings.push(finding)
    if (state.isStale) staleFiles.push(file)
    if (!crowded.has(file)) continue
    for (const key of state.objects.keys()) {
      const [first = ""] = shared.has(key) ? ownersOf(key) : [file]
      if (first !== file) findings.push(duplicateIn(file, key, first))
    }
  }
  return { findings, staleFiles }
}
