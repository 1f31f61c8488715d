import { type Dirent, readdirSync, readFileSync, statSync } from "node:fs"
import { join, resolve } from "node:path"
import { AttacheError } from "@attache/base"

const extensions = [".yaml", ".yml", ".json"]

/** Largest resource file read, in bytes. */
export const maxFileBytes = 32 * 1024 * 1024

/** Whether a name inside a watched folder is a resource file: YAML or JSON, not hidden, not an editor's backup. */
export function isResourceFile(name: string): boolean {
  return !name.startsWith(".") && !name.endsWith("~") && extensions.some((extension) => name.toLowerCase().endsWith(extension))
}

/**
 * Files that paths stand for, absolute and sorted: a file for itself, a folder for its direct children.
 *
 * Missing paths stand for nothing; links are followed, so a mounted ConfigMap works.
 */
export function resourceFiles(paths: readonly string[]): readonly string[] {
  const files = new Set<string>()
  for (const path of paths.map((p) => resolve(p))) {
    const stat = statSync(path, { throwIfNoEntry: false })
    if (stat?.isFile()) files.add(path)
    else if (stat?.isDirectory()) for (const name of childFiles(path)) files.add(join(path, name))
  }
  return [...files].sort()
}

function childFiles(folder: string): readonly string[] {
  let entries: readonly Dirent[]
  try {
    entries = readdirSync(folder, { withFileTypes: true })
  } catch {
    // The folder went away between looking and reading: it stands for nothing.
    return []
  }
  return entries
    .filter((entry) => isResourceFile(entry.name))
    .filter((entry) => entry.isFile() || statSync(join(folder, entry.name), { throwIfNoEntry: false })?.isFile() === true)
    .map((entry) => entry.name)
}

/** Text of a resource file. Errors: ATT_FILE_TOO_LARGE, ATT_FILE_UNREADABLE. */
export function readResourceFile(file: string): string {
  try {
    const { size } = statSync(file)
    if (size > maxFileBytes) {
      throw new AttacheError("ATT_FILE_TOO_LARGE", `${file} has ${size} bytes, more than ${maxFileBytes}`, { hint: "split it into several files" })
    }
    return readFileSync(file, "utf8")
  } catch (error) {
    if (error instanceof AttacheError) throw error
    throw new AttacheError("ATT_FILE_UNREADABLE", `${file} cannot be read: ${(error as Error).message}`, { cause: error, hint: "check that it exists and may be read" })
  }
}
