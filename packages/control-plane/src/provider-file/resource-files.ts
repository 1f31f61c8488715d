// Which files paths stand for, and their text; all limits on reading are here.
import {
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  type Stats,
  statSync,
} from "node:fs"
import { join, resolve } from "node:path"
import { AttacheError, messageOf } from "@attache/base"

const extensions = [".yaml", ".yml", ".json"]

/** Largest resource file read, in bytes. */
export const maxFileBytes = 32 * 1024 * 1024

/** Most resource files read; those after it by path are left out. */
export const maxFiles = 20_000

/** Whether a name inside a folder is a resource file: YAML or JSON, not hidden, not an editor's backup. */
export function isResourceFile(name: string): boolean {
  if (name.startsWith(".") || name.startsWith("#") || name.endsWith("~")) return false
  return extensions.some((extension) => name.toLowerCase().endsWith(extension))
}

/**
 * Files that paths stand for, absolute and sorted: a file for itself, a folder for its direct children.
 *
 * Missing paths stand for nothing; links are followed, so a mounted ConfigMap works.
 */
export function resourceFiles(paths: readonly string[]): readonly string[] {
  const files = new Set<string>()
  for (const path of paths.map((p) => resolve(p))) {
    const stat = statOf(path)
    if (stat?.isFile()) files.add(path)
    else if (stat?.isDirectory()) for (const name of childFiles(path)) files.add(join(path, name))
  }
  return [...files].sort()
}

/** Same as {@link resourceFiles}, but no file at all is an error. Errors: ATT_FILE_NONE. */
export function requireResourceFiles(paths: readonly string[]): readonly string[] {
  const files = resourceFiles(paths)
  if (files.length > 0) return files
  throw new AttacheError("ATT_FILE_NONE", `no resource files at ${paths.join(", ")}`, {
    hint: "name a YAML or JSON file, or a folder that holds some",
  })
}

function childFiles(folder: string): readonly string[] {
  let entries: readonly Dirent[]
  try {
    entries = readdirSync(folder, { withFileTypes: true })
  } catch {
    // The folder went away between looking and reading, or may not be read: it stands for nothing.
    return []
  }
  return entries
    .filter((entry) => isResourceFile(entry.name))
    .filter(
      (entry) => entry.isFile() || (entry.isSymbolicLink() && statOf(join(folder, entry.name))?.isFile() === true),
    )
    .map((entry) => entry.name)
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    // A loop of links, a file where a folder should be, a folder that may not be entered: nothing to read there.
    return undefined
  }
}

/**
 * Tells whether a file can have changed: equal stamps taken some time apart mean equal content.
 *
 * The second part is when it last changed, in milliseconds: a file system does not tell apart two writes within its own
 * resolution, so a stamp taken right after a change proves nothing. Undefined for a file that is not there.
 */
export function stampOf(file: string): { readonly stamp: string; readonly changedMs: number } | undefined {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true })
    return { stamp: [dev, ino, size, mtimeNs, ctimeNs].join(" "), changedMs: Number(ctimeNs / 1_000_000n) }
  } catch {
    return undefined
  }
}

/** Text of a resource file. Errors: ATT_FILE_TOO_LARGE, ATT_FILE_UNREADABLE. */
export function readResourceFile(file: string): string {
  try {
    return readLimited(file, maxFileBytes)
  } catch (error) {
    if (error instanceof AttacheError) throw error
    throw new AttacheError("ATT_FILE_UNREADABLE", `${file} cannot be read: ${messageOf(error)}`, {
      cause: error,
      hint: "check that it exists and may be read",
    })
  }
}

/** Reads by descriptor: the size that is judged and the bytes that are read belong to one file, whatever happens to its name. */
function readLimited(file: string, limitBytes: number): string {
  // Without O_NONBLOCK a named pipe put in the file's place would hang us.
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const stat = fstatSync(descriptor)
    if (!stat.isFile()) throw new Error("it is not a regular file")
    const buffer = Buffer.allocUnsafe(Math.min(stat.size, limitBytes) + 1)
    let length = 0
    while (length < buffer.length) {
      const count = readSync(descriptor, buffer, length, buffer.length - length, null)
      if (count === 0) break
      length += count
    }
    if (stat.size > limitBytes || length > limitBytes) {
      const text = `${file} has ${Math.max(stat.size, length)} bytes, more than ${limitBytes}`
      throw new AttacheError("ATT_FILE_TOO_LARGE", text, { hint: "split it into several files" })
    }
    return buffer.toString("utf8", 0, length)
  } finally {
    closeSync(descriptor)
  }
}
