import { AttacheError } from "@attache/base"
import type { ByteStream } from "./byte-reader.ts"
import { safeEntryPath } from "./safe-path.ts"

/** A file to be packed. */
export interface PackFile {
  /** Relative, with `/`. */
  readonly path: string
  /** Default false: 0644, else 0755. */
  readonly isExecutable?: boolean
  /** In bytes. */
  readonly size: number
  /** The content, as often as asked for, the same each time. */
  readonly open: () => ByteStream
}

/** A file to be packed, from memory. */
export function packBytes(path: string, bytes: Uint8Array | string, isExecutable = false): PackFile {
  const content = typeof bytes === "string" ? Buffer.from(bytes) : bytes
  const open = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
    yield content
  }
  return { path, size: content.length, isExecutable, open }
}

/**
 * Files by path in byte order, judged as a reader will judge them.
 *
 * Errors: ATT_ARCHIVE_PATH, ATT_ARCHIVE_TOO_LARGE, ATT_ARCHIVE_DUPLICATE (also a file where another needs a folder).
 */
export function sortedForPacking(files: readonly PackFile[]): readonly PackFile[] {
  const byPath = new Map<string, PackFile>()
  for (const file of files) {
    const path = safeEntryPath(file.path)
    if (path === "" || path.split("/").at(-1)?.startsWith(".wh.") === true) {
      throw new AttacheError("ATT_ARCHIVE_PATH", `no file can be packed as "${file.path}"`, { facts: { path } })
    }
    if (byPath.has(path)) throw duplicate(path)
    byPath.set(path, { ...file, path })
  }
  for (const path of byPath.keys()) {
    const folder = foldersOf(path).find((each) => byPath.has(each))
    if (folder !== undefined) throw duplicate(folder)
  }
  return [...byPath.values()].sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)))
}

/** The folders above a path, the outermost first. */
export function foldersOf(path: string): readonly string[] {
  const parts = path.split("/").slice(0, -1)
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"))
}

function duplicate(path: string): AttacheError {
  return new AttacheError("ATT_ARCHIVE_DUPLICATE", `${path} is to be packed twice, or as file and as folder`, {
    facts: { path },
  })
}
