// What a set of files shows, and what differs between two, written down as plainly as can be: for comparison.
import type { Diagnostic } from "@attache/base"
import { duplicateIn, type FileSet, type FileSetView, type ObjectChanges } from "../src/provider-file/file-set.ts"

/** Joins all files. An object in two files is the one of the first file by path; the other is a finding. */
export function viewFiles<T>(set: FileSet<T>): FileSetView<T> {
  const objects = new Map<string, T>()
  const owners = new Map<string, string>()
  const findings: Diagnostic[] = []
  const staleFiles: string[] = []
  for (const [file, state] of [...set.files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    for (const finding of state.findings) findings.push(finding)
    if (state.isStale) staleFiles.push(file)
    for (const [key, value] of state.objects) {
      const owner = owners.get(key)
      if (owner === undefined) {
        owners.set(key, file)
        objects.set(key, value)
      } else findings.push(duplicateIn(file, key, owner))
    }
  }
  return { objects, findings, staleFiles }
}

/** Changes from one view to the next; values that are the same object are no change. */
export function changesBetween<T>(before: FileSetView<T>, after: FileSetView<T>): ObjectChanges<T> {
  const upserts: { key: string; value: T }[] = []
  for (const [key, value] of after.objects) if (before.objects.get(key) !== value) upserts.push({ key, value })
  const removes = [...before.objects.keys()].filter((key) => !after.objects.has(key))
  return { upserts, removes }
}
