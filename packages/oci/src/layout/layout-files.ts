// The files of a layout: its marker, its blobs, and what is being written.
import { randomUUID } from "node:crypto"
import { constants, mkdir, open, readdir, readFile, rename, stat, unlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { AttacheError, errorFrom } from "@attache/base"
import type { Descriptor } from "../content/descriptor.ts"
import { splitDigest } from "../content/digest.ts"
import { createSlabs } from "../http/slabs.ts"

/** Where content that is on its way is kept; other tools leave it alone. */
export const partialFolder = ".partial"

/** Path of a blob. Error: ATT_OCI_DIGEST. */
export function blobPath(directory: string, digest: string): string {
  const { algorithm, hex } = splitDigest(digest)
  return join(directory, "blobs", algorithm, hex)
}

/** The error for a disk that does not do what it should. */
export function diskError(error: unknown, path: string): AttacheError {
  return errorFrom(error, "ATT_OCI_LAYOUT", path, { facts: { path } })
}

/** Whether an error says that a file is not there. */
export function isAbsent(error: unknown): boolean {
  const { code = "" } = error as NodeJS.ErrnoException
  return code === "ENOENT" || code === "ENOTDIR"
}

/** Bytes of a blob's file; undefined when there is none. */
export async function blobSize(directory: string, digest: string): Promise<number | undefined> {
  const path = blobPath(directory, digest)
  try {
    const found = await stat(path)
    return found.isFile() ? found.size : undefined
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw diskError(error, path)
  }
}

/** A blob's bytes, not yet verified. Errors: ATT_OCI_NOT_FOUND; ATT_OCI_LAYOUT, also for what is no plain file. */
export async function readBlob(
  directory: string,
  { digest }: Descriptor,
  offset = 0,
  signal?: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const path = blobPath(directory, digest)
  // Opened when it is read, so that nothing stays open that nobody reads.
  const size = await blobSize(directory, digest)
  if (size !== undefined) return readFrom(path, offset, size, signal)
  throw new AttacheError("ATT_OCI_NOT_FOUND", `oci-layout:${directory} has no ${digest}`, { facts: { digest, path } })
}

async function* readFrom(
  path: string,
  offset: number,
  size: number,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  // A pipe in its place would never open.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error) => {
    throw diskError(error, path)
  })
  const slabs = createSlabs(size - offset)
  try {
    for (let at = offset; at < size; ) {
      signal?.throwIfAborted()
      const room = slabs.room()
      const { bytesRead } = await file.read(room, 0, room.length, at).catch((error) => {
        throw diskError(error, path)
      })
      if (bytesRead === 0) return
      at += bytesRead
      slabs.fill(bytesRead)
      const piece = slabs.take()
      if (piece !== undefined) yield piece
    }
  } finally {
    await file.close()
  }
}

const marker = "oci-layout"
const version = "1.0.0"

/** Checks that a directory is a layout. Errors: ATT_OCI_NOT_FOUND when it is absent or empty, ATT_OCI_LAYOUT. */
export async function checkLayout(directory: string): Promise<void> {
  const path = join(directory, marker)
  let text: string
  try {
    const { size } = await stat(path)
    text = size > 4096 ? "" : await readFile(path, "utf8")
  } catch (error) {
    if (!isAbsent(error)) throw diskError(error, path)
    const hint = "name the directory that holds the files oci-layout and index.json"
    const isThere = (await entriesOf(directory)).length > 0
    const text = isThere ? `${directory} is no OCI image layout` : `there is no OCI image layout at ${directory}`
    throw new AttacheError(isThere ? "ATT_OCI_LAYOUT" : "ATT_OCI_NOT_FOUND", text, { hint, facts: { path: directory } })
  }
  const found = /"imageLayoutVersion"\s*:\s*"(\d+)\.[^"]*"/.exec(text)?.[1]
  if (found === "1") return
  throw new AttacheError("ATT_OCI_LAYOUT", `${path} names no version 1 of OCI image layouts`, { facts: { path } })
}

async function entriesOf(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory)
  } catch (error) {
    if (isAbsent(error)) return []
    throw diskError(error, directory)
  }
}

/** Makes a layout of a directory that is absent or empty. Error: ATT_OCI_LAYOUT for one that holds something else. */
export async function ensureLayout(directory: string): Promise<void> {
  try {
    await mkdir(join(directory, partialFolder), { recursive: true })
    const entries = await readdir(directory)
    if (entries.includes(marker) || entries.some((name) => !ownNames.test(name))) return await checkLayout(directory)
    await mkdir(join(directory, "blobs", "sha256"), { recursive: true })
    // Whole or not at all: others may be making the same layout.
    const aside = join(directory, partialFolder, `marker.${randomUUID()}`)
    await writeFile(aside, JSON.stringify({ imageLayoutVersion: version }))
    await rename(aside, join(directory, marker))
  } catch (error) {
    throw diskError(error, directory)
  }
}

/** What a layout that somebody else is just making may hold. */
const ownNames = /^(oci-layout|index\.json.*|blobs|\.partial)$/

/** Replaces a file in one step: who reads sees the old or the new, whole. */
export async function replaceFile(path: string, aside: string, bytes: Uint8Array): Promise<void> {
  try {
    const file = await open(aside, "w")
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(aside, path)
  } catch (error) {
    await unlink(aside).catch(() => {})
    throw diskError(error, path)
  }
}
