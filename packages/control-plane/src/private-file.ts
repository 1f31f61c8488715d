// Files that only this user reads: modules, last good inputs.
import { randomBytes } from "node:crypto"
import { mkdir, rename, rm, writeFile } from "node:fs/promises"
import { dirname } from "node:path"

/**
 * Writes a file whole or not at all, mode 0600, in a folder that is made with mode 0700.
 *
 * Several processes may write the same path at once: readers see the bytes of one of them. Rejects with the system's error.
 */
export async function writePrivateFile(path: string, bytes: Uint8Array | string): Promise<void> {
  const temporary = `${path}.${process.pid}-${randomBytes(6).toString("hex")}.new`
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await writeFile(temporary, bytes, { mode: 0o600, flag: "wx" })
    // Rename is atomic: whoever reads sees the whole file or the one before.
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    throw error
  }
}
