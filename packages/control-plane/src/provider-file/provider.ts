// Files as a source of objects: read, checked, kept when they break, read again when they change.
import { realpathSync } from "node:fs"
import { dirname } from "node:path"
import { type AttacheError, contentVersion, type Diagnostic, errorFrom, systemClock } from "@attache/base"
import { filesBeingWritten } from "./being-written.ts"
import { emptyFileIndex, type FileIndex, withFiles } from "./file-index.ts"
import { type FileReading, type FileSetView, type ObjectChanges, withReadings } from "./file-set.ts"
import { isGood, type LastGood, withLastGood } from "./last-good-reading.ts"
import { maxFiles, readResourceFile, resourceFiles, stampOf } from "./resource-files.ts"
import { type WatchOptions, watchResourcePaths } from "./watch.ts"

/** Reads the text of a file into objects. `previous` gives the object now in force under a key, for rules about updates. */
export type FileLoader<T> = (text: string, file: string, previous: (key: string) => T | undefined) => FileReading<T>

/** The same in steps, for files with many objects. */
export type SteppingFileLoader<T> = (...args: Parameters<FileLoader<T>>) => Generator<void, FileReading<T>>

/** Files under watch. */
export interface FileProvider<T> {
  /** Reads everything that changed since the last call and says what it means. Cheap when nothing did. */
  refresh(): ObjectChanges<T>
  /** The same in steps, of a file each or less: the caller may do other things between two. Nothing is in force before the last one. */
  refreshInSteps(): Generator<void, ObjectChanges<T>>
  /** What is in force, and what is wrong with the files. The same object while nothing changed. */
  view(): FileSetView<T>
  /** Calls after changes on disk; call {@link FileProvider.refresh} then. Returns a function that stops. */
  watch(onChange: () => void, options?: WatchOptions): () => Promise<void>
}

/** What a provider may be given. */
export interface FileProviderOptions<T> {
  /** Where good inputs outlive the process. Default: nowhere. */
  readonly lastGood?: LastGood<T>
  /** Takes the loader's place, except for what outlived the process. Default: a file is one step. */
  readonly loadInSteps?: SteppingFileLoader<T>
  /** Most files read; those after them by path are left out with a finding, ATT_FILE_TOO_MANY. Default {@link maxFiles}. */
  readonly limitFiles?: number
  /** Default: the machine's, in milliseconds since the epoch; compared with when files changed. */
  readonly now?: () => number
}

/** What is known of a file's bytes. */
interface Seen {
  readonly version: string
  /** Of its text; 0 when it could not be read. */
  readonly length: number
  /** True after more of the file was expected. */
  readonly isAwaited?: boolean
  /** Undefined while the stamp proves nothing. */
  readonly stamp: string | undefined
}

/** Age in milliseconds from which a stamp is trusted; the coarsest file systems tell two seconds apart. */
const trustedAfterMs = 2_500

/**
 * Age in milliseconds under which an empty file that was not empty is taken for one that is being written: who writes in place
 * truncates first, and a busy machine may take its time before the bytes come. What was in it is in force until then.
 */
const beingWrittenMs = 300

/** Age in milliseconds under which a file changed after its burst of events was thought over. */
const stillChangingMs = 15

/** Time in milliseconds after its last write from which a file is taken although somebody keeps it open. */
const writerPatienceMs = 10_000

/** Pause between looks at files that are being written, in milliseconds. */
const lookAgainMs = 100

/** A provider over files and folders. Nothing is read before the first refresh. */
export function createFileProvider<T>(
  paths: readonly string[],
  load: FileLoader<T>,
  options: FileProviderOptions<T> = {},
): FileProvider<T> {
  let index: FileIndex<T> = emptyFileIndex
  let view: FileSetView<T> = index.view
  const limitFiles = options.limitFiles ?? maxFiles
  const loadInSteps = options.loadInSteps ?? inOneStep(load)
  const now = options.now ?? Date.now
  const seen = new Map<string, Seen>()
  let leftOut = 0
  let lookAgain = (): void => {}
  let isFirst = true
  function* refreshInSteps(): Generator<void, ObjectChanges<T>> {
    const all = resourceFiles(paths)
    const files = all.slice(0, limitFiles)
    const readings = new Map<string, FileReading<T> | undefined>()
    const present = new Set(files)
    let written: ReadonlySet<string> | undefined
    const hasWriter = (file: string): boolean => {
      written ??= filesBeingWritten()
      return written.has(realpathSync(file))
    }
    for (const file of index.set.files.keys()) if (!present.has(file)) readings.set(file, undefined)
    for (const file of files) {
      const reading = yield* readChanged(
        file,
        seen,
        (text) => loadInSteps(text, file, (key) => view.objects.get(key)),
        { now, hasWriter, lookAgain: () => lookAgain() },
      )
      if (reading !== undefined) readings.set(file, reading)
      yield
    }
    const set = withReadings(withLastGood(index.set, readings, load, options.lastGood), readings)
    for (const [file, reading] of readings) {
      if (reading === undefined) seen.delete(file)
      if (reading === undefined || isGood(reading)) options.lastGood?.keep(file, set.files.get(file))
    }
    if (isFirst) options.lastGood?.forget(goneFrom(all))
    isFirst = false
    const isCountChanged = leftOut !== all.length - files.length
    leftOut = all.length - files.length
    if (readings.size === 0 && !isCountChanged) return { upserts: [], removes: [] }
    const next = withFiles(index, set)
    index = next.index
    view = withLimit(index.view, leftOut, limitFiles)
    return next.changes
  }
  return {
    refreshInSteps,
    refresh: () => {
      const steps = refreshInSteps()
      for (;;) {
        const { done, value } = steps.next()
        if (done === true) return value
      }
    },
    view: () => view,
    watch: (onChange, watchOptions = {}) => {
      const stop = watchResourcePaths(paths, onChange, watchOptions)
      const { clock = systemClock } = watchOptions
      let cancel = (): void => {}
      lookAgain = () => {
        cancel()
        cancel = clock.after(lookAgainMs, onChange)
      }
      return async () => {
        lookAgain = () => {}
        cancel()
        await stop()
      }
    },
  }
}

/** Files beside others that are there; a folder without any may only not be there yet. */
function goneFrom(files: readonly string[]): (file: string) => boolean {
  const present = new Set(files)
  const folders = new Set(files.map((file) => dirname(file)))
  return (file) => folders.has(dirname(file)) && !present.has(file)
}

function inOneStep<T>(load: FileLoader<T>): SteppingFileLoader<T> {
  // biome-ignore lint/correctness/useYield: one step is none to be cut
  return function* (...args) {
    return load(...args)
  }
}

function withLimit<T>(view: FileSetView<T>, leftOut: number, limitFiles: number): FileSetView<T> {
  if (leftOut === 0) return view
  const finding: Diagnostic = {
    code: "ATT_FILE_TOO_MANY",
    severity: "error",
    message: `${leftOut} files are left out: no more than ${limitFiles} are read`,
    hint: "put more objects into each file",
  }
  return { ...view, findings: [...view.findings, finding] }
}

/** A reading of a file, or undefined when its bytes are those of the last time. */
function* readChanged<T>(
  file: string,
  seen: Map<string, Seen>,
  load: (text: string) => Generator<void, FileReading<T>>,
  look: Look,
): Generator<void, FileReading<T> | undefined> {
  const before = seen.get(file)
  // Taken before the bytes: what changes in between is read again next time.
  const stamp = stampOf(file)
  if (before?.stamp !== undefined && before.stamp === stamp?.stamp) return undefined
  const isTrusted = stamp !== undefined && look.now() - stamp.changedMs > trustedAfterMs
  try {
    const text = readResourceFile(file)
    const version = contentVersion(text)
    const isChanged = before !== undefined && before.version !== version
    if (isChanged && (isBeingWritten(file, text, before, look) || stampOf(file)?.stamp !== stamp?.stamp)) {
      // Nothing may happen to the file any more; then it is to be as it is.
      seen.set(file, { ...before, isAwaited: true })
      look.lookAgain()
      return undefined
    }
    seen.set(file, { version, length: text.length, stamp: isTrusted ? stamp.stamp : undefined })
    return before?.version === version ? undefined : yield* load(text)
  } catch (thrown) {
    // A loader that fails is a fault of ours, and still no reason to lose what is in force.
    const error = errorFrom(thrown, "ATT_FILE_UNREADABLE", `${file} cannot be read`)
    // The failure counts as content, so that it is a change once and not at every look.
    const version = `${error.code} ${error.message}`
    seen.set(file, { version, length: 0, stamp: undefined })
    if (before?.version === version) return undefined
    return { isReadable: false, objects: [], findings: [findingOf(error, file)] }
  }
}

/** A pass over the files. */
interface Look {
  /** Milliseconds since the epoch. */
  now(): number
  /** Whether some process is known to have a file open for writing. Costs some milliseconds the first time. */
  hasWriter(file: string): boolean
  /** Asks for another pass soon. */
  lookAgain(): void
}

/**
 * Whether more of a text may be to come: it is shorter than what was there, or changes at this very moment, and its writer has
 * not closed it. Where writers are not seen, an empty file alone is waited for. Asked after the file was read; a writer that has
 * finished since then is told by the file's stamp.
 */
function isBeingWritten(file: string, text: string, before: Seen, { now, hasWriter }: Look): boolean {
  const changedMs = stampOf(file)?.changedMs ?? 0
  const age = now() - changedMs
  // A clock that is behind the file system's tells nothing.
  if (age < 0 || age >= writerPatienceMs) return false
  if (text === "" && age < beingWrittenMs) return true
  const isDoubtful = text.length < before.length || age < stillChangingMs || before.isAwaited === true
  return isDoubtful && hasWriter(file)
}

function findingOf(error: AttacheError, file: string): Diagnostic {
  const hint = error.hint === undefined ? {} : { hint: error.hint }
  return { code: error.code, severity: "error", message: error.message, file, ...hint }
}
