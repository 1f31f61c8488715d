// What is known of modules beside their bytes, on disk, so that it outlives the process: shared, bounded, checked when read.
import { createHash } from "node:crypto"
import { readdir, readFile, rm, stat } from "node:fs/promises"
import { join } from "node:path"
import { sha256Hex } from "@attache/base"
import { writePrivateFile } from "../private-file.ts"

/**
 * What a note is about, and its value.
 *
 * `source`: a URL, and the digest of the module that it gave last. `origin`: a URL and a digest that it once gave.
 * `tag`: an image by tag, and the digest of its manifest. `image`: a manifest, and the digest of the module in it.
 * `grant`: a manifest and a login, and when the registry last gave the one for the other. `signed`: a manifest and a
 * signature policy that accepted it.
 */
export type NoteKind = "source" | "origin" | "tag" | "image" | "grant" | "signed"

/** Notes in a folder. One that is damaged reads as if it were not there. */
export interface Notes {
  read(kind: NoteKind, key: string): Promise<string | undefined>
  /** One that cannot be written is as one that was lost: never rejects. */
  write(kind: NoteKind, key: string, value: string): Promise<void>
  remove(kind: NoteKind, key: string): Promise<void>
  /** Removes the oldest beyond the limit, in steps that are seldom. */
  trim(): Promise<void>
}

/** Most notes kept. */
export const maxNotes = 20_000

const ending = ".note"

/** Notes in a folder that is made when the first one is written. Keys are not readable there. */
export function createNotes(folder: string, limit: number = maxNotes): Notes {
  const pathOf = (kind: NoteKind, key: string): string => join(folder, `${sha256Hex(`${kind}\n${key}`)}${ending}`)
  return {
    read: async (kind, key) => {
      const text = await readFile(pathOf(kind, key), "utf8").catch(() => "")
      const [value = "", sum] = text.split("\n")
      return sum === sumOf(kind, key, value) ? value : undefined
    },
    write: (kind, key, value) =>
      writePrivateFile(pathOf(kind, key), `${value}\n${sumOf(kind, key, value)}`).catch(() => {}),
    remove: (kind, key) => rm(pathOf(kind, key), { force: true }).catch(() => {}),
    trim: async () => {
      const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(ending))
      if (names.length <= limit) return
      const ages = await Promise.all(
        names.map(async (name) => {
          const facts = await stat(join(folder, name)).catch(() => undefined)
          return { name, writtenMs: facts?.mtimeMs ?? 0 }
        }),
      )
      // A tenth more than needed, so that the next ones find room.
      const excess = ages.toSorted((a, b) => a.writtenMs - b.writtenMs).slice(0, names.length - Math.floor(limit * 0.9))
      await Promise.all(excess.map(({ name }) => rm(join(folder, name), { force: true }).catch(() => {})))
    },
  }
}

function sumOf(kind: NoteKind, key: string, value: string): string {
  return createHash("sha256").update(`${kind}\n${key}\n${value}`).digest("hex")
}
