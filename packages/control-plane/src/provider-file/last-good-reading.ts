// A broken file that this process has never seen whole: what an earlier process kept of it takes the place of its past.
import type { Diagnostic } from "@attache/base"
import { afterReading, type FileReading, type FileSet, type FileState } from "./file-set.ts"
import type { FileLoader } from "./provider.ts"

/** Good inputs that outlive the process. None of these throw. */
export interface LastGood<T> {
  /** What was kept of a file, as a text that the file's loader reads. */
  read(file: string): { readonly text: string; readonly savedAt: string } | undefined
  /** Takes note of a file that is good as a whole now; undefined: the file is gone. */
  keep(file: string, state: FileState<T> | undefined): void
  /** Takes note of files that went while nobody looked. */
  forget(isGone: (file: string) => boolean): void
}

/**
 * The set with a past for files that are broken on their first reading.
 *
 * The readings themselves come on top afterwards; those of files that fell back get a finding, ATT_FILE_LAST_GOOD.
 */
export function withLastGood<T>(
  set: FileSet<T>,
  readings: Map<string, FileReading<T> | undefined>,
  load: FileLoader<T>,
  lastGood: LastGood<T> | undefined,
): FileSet<T> {
  if (lastGood === undefined) return set
  const files = new Map(set.files)
  for (const [file, reading] of readings) {
    if (reading === undefined || set.files.has(file) || isGood(reading)) continue
    const kept = lastGood.read(file)
    if (kept === undefined) continue
    const past = afterReading(
      undefined,
      file,
      load(kept.text, file, () => undefined),
    )
    if (!afterReading(past, file, reading).isStale) continue
    files.set(file, { ...past, isStale: false })
    readings.set(file, { ...reading, findings: [...reading.findings, fellBack(file, kept.savedAt)] })
  }
  return { files }
}

/** Whether everything in a file is in force after this reading. */
export function isGood<T>({ isReadable, objects }: FileReading<T>): boolean {
  return isReadable && objects.every(({ isValid }) => isValid)
}

function fellBack(file: string, savedAt: string): Diagnostic {
  return {
    code: "ATT_FILE_LAST_GOOD",
    severity: "warning",
    message: `what an earlier run kept of this file at ${savedAt} is in force, without the data of its Secrets`,
    file,
    hint: "correct the errors of this file",
  }
}
