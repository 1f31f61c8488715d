import { createReadStream } from "node:fs"
import { readdir, realpath, stat } from "node:fs/promises"
import { join, relative, resolve, sep } from "node:path"
import { AttacheError, errorFrom } from "@attache/base"
import type { ByteStream } from "./byte-reader.ts"
import { defaultArchiveLimits } from "./limits.ts"
import type { PackFile } from "./pack-file.ts"
import { safeEntryPath } from "./safe-path.ts"

/** Which files of a folder are packed. */
export interface PackFolderOptions {
  /** Called with each path, folders with a `/` at the end; true leaves it out. Default: nothing is left out. */
  readonly exclude?: (path: string) => boolean
}

/**
 * The files below a folder, to be packed.
 *
 * A symbolic link to a file inside the folder is packed as that file; other links are refused, as is what is neither
 * file nor folder. Empty folders are left out. Errors: ATT_ARCHIVE_FOLDER, ATT_ARCHIVE_LINK, ATT_ARCHIVE_ENTRY_KIND,
 * ATT_ARCHIVE_TOO_LARGE.
 */
export async function filesOfFolder(folder: string, options: PackFolderOptions = {}): Promise<readonly PackFile[]> {
  try {
    const root = await realpath(resolve(folder))
    const files: PackFile[] = []
    await walk(root, "", options, files)
    return files
  } catch (error) {
    throw errorFrom(error, "ATT_ARCHIVE_FOLDER", `cannot read ${folder}`, { facts: { path: folder } })
  }
}

/** A file on disk, to be packed under a path. Errors: ATT_ARCHIVE_FOLDER, ATT_ARCHIVE_ENTRY_KIND. */
export async function fileOnDisk(file: string, path: string): Promise<PackFile> {
  const found = await stat(file).catch((error: unknown) => {
    throw errorFrom(error, "ATT_ARCHIVE_FOLDER", `cannot read ${file}`, { facts: { path: file } })
  })
  if (!found.isFile()) {
    throw new AttacheError("ATT_ARCHIVE_ENTRY_KIND", `${file} is neither file nor folder`, { facts: { path: file } })
  }
  return { path, size: found.size, isExecutable: (found.mode & 0o111) !== 0, open: () => readFrom(file) }
}

async function walk(root: string, below: string, options: PackFolderOptions, files: PackFile[]): Promise<void> {
  const entries = await readdir(join(root, below), { withFileTypes: true })
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`
    const isFolder = entry.isDirectory()
    if (options.exclude?.(isFolder ? `${path}/` : path) === true) continue
    safeEntryPath(path)
    if (isFolder) await walk(root, path, options, files)
    else files.push(await fileOnDisk(entry.isSymbolicLink() ? await linkedFile(root, path) : join(root, path), path))
    if (files.length > defaultArchiveLimits.entries) {
      throw new AttacheError("ATT_ARCHIVE_TOO_LARGE", `${root} holds more than ${defaultArchiveLimits.entries} files`)
    }
  }
}

async function linkedFile(root: string, path: string): Promise<string> {
  const target = await realpath(join(root, path)).catch(() => undefined)
  const isInside =
    target !== undefined && !relative(root, target).startsWith(`..${sep}`) && target.startsWith(root + sep)
  if (isInside && (await stat(target)).isFile()) return target
  throw new AttacheError("ATT_ARCHIVE_LINK", `${path} is a link to something that is not a file in the folder`, {
    hint: "replace the link by the file itself",
    facts: { path },
  })
}

async function* readFrom(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* createReadStream(path) as ByteStream
  } catch (error) {
    throw errorFrom(error, "ATT_ARCHIVE_FOLDER", `cannot read ${path}`, { facts: { path } })
  }
}
