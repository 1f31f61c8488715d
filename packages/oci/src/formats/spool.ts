import { createHash } from "node:crypto"
import { createReadStream } from "node:fs"
import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { errorFrom } from "@attache/base"
import type { ByteStream } from "../archive/byte-reader.ts"
import type { Content } from "../content/target.ts"

/** Content whose digest had to be known before it is sent. */
export interface Spool {
  readonly digest: string
  /** In bytes. */
  readonly size: number
  readonly content: Content
  /** Removes what is on disk. */
  dispose(): Promise<void>
}

/** Content kept in memory; more goes to a temporary file. */
const memoryBytes = 4_194_304

/**
 * Takes a stream in, in memory while it is small and in a temporary file then, so that memory does not grow with it.
 *
 * The caller disposes of it. Error: ATT_ARCHIVE_FOLDER where the temporary file cannot be written.
 */
export async function spool(stream: ByteStream): Promise<Spool> {
  const hash = createHash("sha256")
  let held: Uint8Array[] = []
  let size = 0
  let file: SpoolFile | undefined
  try {
    for await (const piece of stream) {
      hash.update(piece)
      size += piece.length
      held.push(piece)
      if (file === undefined && size <= memoryBytes) continue
      file ??= await createSpoolFile()
      for (const each of held) await file.write(each)
      held = []
    }
    await file?.end()
  } catch (error) {
    await file?.remove()
    throw error
  }
  const digest = `sha256:${hash.digest("hex")}`
  if (file === undefined) return { digest, size, content: Buffer.concat(held), dispose: async () => {} }
  const { path, remove } = file
  return { digest, size, content: async (start) => createReadStream(path, { start }), dispose: remove }
}

interface SpoolFile {
  readonly path: string
  write(piece: Uint8Array): Promise<void>
  end(): Promise<void>
  remove(): Promise<void>
}

async function createSpoolFile(): Promise<SpoolFile> {
  const folder = await named(mkdtemp(join(tmpdir(), "attache-pack-")))
  const path = join(folder, "content")
  const file: FileHandle = await named(open(path, "wx", 0o600))
  return {
    path,
    write: (piece) => named(file.writeFile(piece)),
    end: () => named(file.close()),
    async remove() {
      await file.close().catch(() => {})
      await rm(folder, { recursive: true, force: true }).catch(() => {})
    },
  }
}

async function named<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    throw errorFrom(error, "ATT_ARCHIVE_FOLDER", `cannot write to the temporary folder ${tmpdir()}`)
  })
}
