// Good inputs on disk, so that a control plane that starts on a broken file goes on with what it had.
import { readdirSync, readFileSync, rmSync, statSync } from "node:fs"
import { open, readdir, rm } from "node:fs/promises"
import { join } from "node:path"
import { type Logger, messageOf, sha256Hex } from "@attache/base"
import { removeUnfinished, writePrivateFile } from "../private-file.ts"
import type { LastGood } from "../provider-file/last-good-reading.ts"
import { maxFileBytes } from "../provider-file/resource-files.ts"

/** Last good inputs in a folder. */
export interface LastGoodStore<T> extends LastGood<T> {
  /** Resolves when everything that was to be kept is on disk. */
  flush(): Promise<void>
}

/** What a store is made with. */
export interface LastGoodOptions<T> {
  /** Made with mode 0700 when first written to; may be shared by processes. */
  readonly folder: string
  /** Objects of a file as a text that the file's loader reads; must leave out what may not be kept. */
  readonly textOf: (objects: readonly T[]) => string
  readonly logger: Logger
  /** Default: the machine's, in milliseconds since the epoch. */
  readonly now?: () => number
}

/** Records that no process has written for this long are removed, in milliseconds: 180 days. */
const keptForMs = 180 * 24 * 3_600_000

/** A record may be larger than its file: defaults are written out. */
const maxRecordBytes = 4 * maxFileBytes

/** Longest path in a record, and some more. */
const maxHeadBytes = 8 * 1024

/** What stands in a record before the objects: one line of JSON. */
interface RecordHead {
  readonly file: string
  readonly savedAt: string
}

/**
 * A store of one file for each resource file, named by the hash of its path, mode 0600.
 *
 * Writing is queued and never throws: a full disk costs only the fallback, and is logged once.
 */
export function createLastGoodStore<T>(options: LastGoodOptions<T>): LastGoodStore<T> {
  const { folder, logger } = options
  const now = options.now ?? Date.now
  const waiting = new Map<string, readonly T[] | undefined>()
  let writing: Promise<void> | undefined
  let gone: ((file: string) => boolean) | undefined
  let isTroubled = false
  const pathOf = (file: string): string => join(folder, `${sha256Hex(file)}.last`)
  const writeNext = async (file: string, objects: readonly T[] | undefined): Promise<void> => {
    try {
      if (objects === undefined) return await rm(pathOf(file), { force: true })
      const head: RecordHead = { file, savedAt: new Date(now()).toISOString() }
      await writePrivateFile(pathOf(file), `${JSON.stringify(head)}\n${options.textOf(objects)}`)
      isTroubled = false
    } catch (error) {
      if (!isTroubled) logger.warn("last good input cannot be kept", { folder, error: messageOf(error) })
      isTroubled = true
    }
  }
  const forgetAll = async (isGone: (file: string) => boolean): Promise<void> => {
    for (const name of await readdir(folder).catch(() => [])) {
      const path = join(folder, name)
      const head = await headOf(path)
      if (head === undefined || pathOf(head.file) !== path || !isGone(head.file)) continue
      await rm(path, { force: true }).catch(() => {})
    }
  }
  const drain = async (): Promise<void> => {
    const isGone = gone
    gone = undefined
    if (isGone !== undefined) await forgetAll(isGone)
    for (const [file, objects] of waiting) {
      waiting.delete(file)
      await writeNext(file, objects)
    }
    writing = undefined
  }
  /** The end of the turn: a cold start does not wait for its own records. */
  const later = (): void => {
    writing ??= new Promise((resolve) => setImmediate(resolve)).then(drain)
  }
  removeUnfinished(folder)
  prune(folder, now() - keptForMs)
  return {
    forget: (isGone) => {
      gone = isGone
      later()
    },
    read: (file) => readRecord(pathOf(file), file),
    keep: (file, state) => {
      waiting.set(file, state === undefined ? undefined : [...state.objects.values()])
      later()
    },
    flush: async () => {
      while (writing !== undefined) await writing
    },
  }
}

function readRecord(path: string, file: string): { readonly text: string; readonly savedAt: string } | undefined {
  try {
    if (statSync(path).size > maxRecordBytes) return undefined
    const record = readFileSync(path, "utf8")
    const end = record.indexOf("\n")
    const head = JSON.parse(record.slice(0, end)) as Partial<RecordHead> | null
    if (head?.file !== file || typeof head.savedAt !== "string") return undefined
    return { text: record.slice(end + 1), savedAt: head.savedAt }
  } catch {
    // Absent, unreadable or damaged: there is no last good input then.
    return undefined
  }
}

/** What stands in a record before the objects; undefined for what is none. */
async function headOf(path: string): Promise<RecordHead | undefined> {
  try {
    await using file = await open(path, "r")
    const { buffer, bytesRead } = await file.read(Buffer.alloc(maxHeadBytes), 0, maxHeadBytes, 0)
    const text = buffer.toString("utf8", 0, bytesRead)
    const head = JSON.parse(text.slice(0, text.indexOf("\n"))) as Partial<RecordHead> | null
    if (typeof head?.file !== "string" || typeof head.savedAt !== "string") return undefined
    return { file: head.file, savedAt: head.savedAt }
  } catch {
    return undefined
  }
}

function prune(folder: string, before: number): void {
  try {
    for (const name of readdirSync(folder)) {
      const path = join(folder, name)
      if ((statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? before) < before) rmSync(path, { force: true })
    }
  } catch {
    // No folder yet, or not ours to clean: nothing depends on it.
  }
}
