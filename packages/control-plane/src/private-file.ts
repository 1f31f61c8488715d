// Files that only this user reads: modules, last good inputs.
import { randomBytes } from "node:crypto"
import { readdirSync, rmSync } from "node:fs"
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises"
import { dirname, join } from "node:path"
import { isProcessAlive } from "@attache/base"

/** Ends the names of files that are being written. */
export const unfinished = ".new"

/**
 * Writes a file whole or not at all, mode 0600, in a folder that is made with mode 0700.
 *
 * Several processes may write the same path at once: readers see the bytes of one of them. Rejects with the system's error.
 */
export function writePrivateFile(path: string, bytes: Uint8Array | string): Promise<void> {
  return writePrivately(
    path,
    (file) => file.writeFile(bytes),
    () => path,
  )
}

/**
 * As {@link writePrivateFile}, written piece by piece.
 *
 * @param write writes the content
 * @param pathOf where the file goes, asked when its content is there; in the folder of the first path
 */
export async function writePrivately(
  path: string,
  write: (file: FileHandle) => Promise<void>,
  pathOf: () => string,
): Promise<void> {
  const temporary = `${path}.${process.pid}-${randomBytes(6).toString("hex")}${unfinished}`
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    const file = await open(temporary, "wx", 0o600)
    try {
      await write(file)
    } finally {
      await file.close()
    }
    // Rename is atomic: whoever reads sees the whole file or the one before.
    await rename(temporary, pathOf())
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    throw error
  }
}

/** Removes what writers that were killed left half done in a folder. Never throws. */
export function removeUnfinished(folder: string): void {
  try {
    for (const name of readdirSync(folder)) {
      const writer = /\.(\d+)-[0-9a-f]{12}\.new$/.exec(name)?.[1]
      if (writer !== undefined && !isProcessAlive(Number(writer))) rmSync(join(folder, name), { force: true })
    }
  } catch {
    // No folder yet, or not ours to clean: nothing depends on it.
  }
}
