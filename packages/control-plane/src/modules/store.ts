// Modules on disk by content: written once, checked when read, shared by processes and kept over restarts.
import { createHash } from "node:crypto"
import { lstat, rm, utimes } from "node:fs/promises"
import { join } from "node:path"
import { AttacheError, isAttacheError, messageOf } from "@attache/base"
import { writePrivately } from "../private-file.ts"
import { sha256OfFile } from "./digest.ts"
import { evict } from "./evict.ts"
import { createNotes, type Notes } from "./notes.ts"

/** A module that is in the store. */
export interface StoredModule {
  /** Lower case hex. */
  readonly sha256: string
  readonly path: string
}

/** A folder of modules, `{sha256}.wasm`, and of notes about them. */
export interface ModuleStore {
  readonly folder: string
  /**
   * Puts a module in and gives its digest and path. What comes in pieces is never whole in memory.
   *
   * Errors: ATT_MODULE_STORE, and those of the content, which leaves nothing then.
   */
  put(content: Uint8Array | AsyncIterable<Uint8Array>): Promise<StoredModule>
  /** Path of a module whose content still fits its name, or undefined; what is damaged is replaced when it is put in again. */
  find(sha256: string): Promise<string | undefined>
  /** Keeps a module from being removed to make room, until the function that it gives is called. */
  hold(sha256: string): () => void
  readonly notes: Notes
}

/** How a store behaves. */
export interface ModuleStoreOptions {
  /** Most bytes kept; the least recently used modules go first. Default {@link maxStoreBytes}. */
  readonly limitBytes?: number
}

/** Most bytes kept by default. Modules that are held are never removed by who holds them, so there may be more. */
export const maxStoreBytes = 1024 * 1024 * 1024

/** How old the note of a last use may become. */
const useMs = 3_600_000

/** State of a file whose content was found right. */
interface Verified {
  readonly ino: number
  readonly size: number
  readonly mtimeMs: number
}

/** A store in a folder, made with mode 0700 when it is first written to. Several processes may share it. */
export function createModuleStore(folder: string, options: ModuleStoreOptions = {}): ModuleStore {
  const held = new Map<string, number>()
  const verified = new Map<string, Verified>()
  const notes = createNotes(folder)
  const pathOf = (sha256: string): string => join(folder, `${sha256}.wasm`)
  const find = async (sha256: string): Promise<string | undefined> => {
    if (!isHexDigest(sha256)) return undefined
    const path = pathOf(sha256)
    try {
      const facts = await lstat(path)
      if (!isSame(verified.get(sha256), facts)) {
        verified.delete(sha256)
        if (!facts.isFile()) await rm(path, { recursive: true })
        // A damaged one stays: by now another process may have put the right one in its place.
        if ((await sha256OfFile(path)) !== sha256) return undefined
        verified.set(sha256, facts)
      }
      if (Date.now() - facts.mtimeMs > useMs) verified.set(sha256, await touched(path, facts))
      return path
    } catch {
      // Absent or unreadable: it is fetched again.
      verified.delete(sha256)
      return undefined
    }
  }
  return {
    folder,
    find,
    put: async (content) => {
      const sha256 = await write(folder, content)
      await evict(folder, new Set([...held.keys(), sha256]), options.limitBytes ?? maxStoreBytes)
      await notes.trim()
      return { sha256, path: pathOf(sha256) }
    },
    hold: (sha256) => {
      held.set(sha256, (held.get(sha256) ?? 0) + 1)
      let isHeld = true
      return () => {
        if (!isHeld) return
        isHeld = false
        const left = (held.get(sha256) ?? 1) - 1
        if (left === 0) held.delete(sha256)
        else held.set(sha256, left)
      }
    },
    notes,
  }
}

/** Whether a text is a digest in the form of file names. */
export function isHexDigest(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text)
}

function isSame(known: Verified | undefined, facts: Verified): boolean {
  return known?.ino === facts.ino && known.size === facts.size && known.mtimeMs === facts.mtimeMs
}

/** Notes the time of last use; a store that may only be read keeps no order, and that is no reason to fail. */
async function touched(path: string, before: Verified): Promise<Verified> {
  const now = new Date()
  try {
    await utimes(path, now, now)
    return await lstat(path)
  } catch {
    return before
  }
}

async function write(folder: string, content: Uint8Array | AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash("sha256")
  let sha256 = ""
  try {
    const pieces = content instanceof Uint8Array ? [content] : content
    await writePrivately(
      join(folder, "module"),
      async (file) => {
        for await (const piece of pieces) {
          hash.update(piece)
          await file.writeFile(piece)
        }
        sha256 = hash.digest("hex")
      },
      () => join(folder, `${sha256}.wasm`),
    )
    return sha256
  } catch (error) {
    if (isAttacheError(error) || !isOfDisk(error)) throw error
    throw new AttacheError("ATT_MODULE_STORE", `module cannot be stored in ${folder}: ${messageOf(error)}`, {
      retry: "later",
      cause: error,
      hint: "check the disk and the folder's permissions",
      facts: { path: folder },
    })
  }
}

/** Errors of the file system name the call that failed; those of a content that ends early do not. */
function isOfDisk(error: unknown): boolean {
  return error instanceof Error && "syscall" in error
}
