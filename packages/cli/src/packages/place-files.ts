import { lstat, mkdtemp, readdir, rename, rm } from "node:fs/promises"
import { join } from "node:path"
import { AttacheError, errorFrom } from "@attache/base"

/**
 * Fills a folder with what `unpack` writes.
 *
 * A folder that is not there appears whole or not at all. In one that is there, files appear only after all were
 * written; what is there stays, and is in the way unless `force` replaces it. Errors: ATT_ARCHIVE_FOLDER, and those of
 * `unpack`.
 *
 * @param unpack writes to a folder that is not there yet
 */
export async function placeFiles<T>(
  folder: string,
  force: boolean,
  unpack: (folder: string) => Promise<T>,
): Promise<T> {
  const found = await lstat(folder).catch(() => undefined)
  if (found === undefined) return unpack(folder)
  const aside = await mkdtemp(join(folder, ".attache-pull-")).catch((error: unknown) => {
    throw errorFrom(error, "ATT_ARCHIVE_FOLDER", `cannot write to ${folder}`, { facts: { path: folder } })
  })
  try {
    const fresh = join(aside, "files")
    const result = await unpack(fresh)
    const names = await readdir(fresh)
    const old = new Set(await readdir(folder))
    const inTheWay = names.filter((name) => old.has(name))
    if (inTheWay.length > 0 && !force) throw isThere(folder, inTheWay)
    for (const name of inTheWay) await rename(join(folder, name), join(aside, `old-${name}`))
    for (const name of names) await rename(join(fresh, name), join(folder, name))
    return result
  } catch (error) {
    throw errorFrom(error, "ATT_ARCHIVE_FOLDER", `cannot write to ${folder}`, { facts: { path: folder } })
  } finally {
    await rm(aside, { recursive: true, force: true })
  }
}

function isThere(folder: string, names: readonly string[]): AttacheError {
  return new AttacheError("ATT_ARCHIVE_FOLDER", `${folder} has ${names.slice(0, 3).join(", ")} already`, {
    hint: "name another folder, or replace what is there with --force",
    facts: { path: folder },
  })
}
