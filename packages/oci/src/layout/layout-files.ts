// The files of a layout: its marker, its blobs, and what is being written.
import { randomUUID } from "node:crypto"
import {
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  read,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs"
import { join } from "node:path"
import { AttacheError, errorFrom } from "@attache/base"
import type { Descriptor } from "../content/descriptor.ts"
import { splitDigest } from "../content/digest.ts"
import { verifyBytes, wrongSize } from "../content/verified.ts"
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
export function blobSize(directory: string, digest: string): number | undefined {
  const path = blobPath(directory, digest)
  try {
    const found = statSync(path, { throwIfNoEntry: false })
    return found?.isFile() === true ? found.size : undefined
  } catch (error) {
    throw diskError(error, path)
  }
}

/** A blob's bytes, not yet verified. Errors: ATT_OCI_NOT_FOUND; ATT_OCI_LAYOUT, also for what is no plain file. */
export function readBlob(
  directory: string,
  { digest }: Descriptor,
  offset = 0,
  signal?: AbortSignal,
): AsyncIterable<Uint8Array> {
  // Opened when it is read, so that nothing stays open that nobody reads.
  return readFrom(blobPath(directory, digest), offset, knownSize(directory, digest), signal)
}

/** All bytes of a small blob, verified. Errors: as {@link readBlob}, ATT_OCI_SIZE, ATT_OCI_DIGEST. */
export function readSmallBlob(directory: string, descriptor: Descriptor): Uint8Array {
  const { digest, size } = descriptor
  const path = blobPath(directory, digest)
  const [found, name] = [knownSize(directory, digest), `oci-layout:${directory}`]
  if (found !== size) throw wrongSize(descriptor, name, String(found))
  try {
    const bytes = readFileSync(path)
    verifyBytes(bytes, descriptor, name)
    return bytes
  } catch (error) {
    throw diskError(error, path)
  }
}

function knownSize(directory: string, digest: string): number {
  const size = blobSize(directory, digest)
  if (size !== undefined) return size
  const path = blobPath(directory, digest)
  throw new AttacheError("ATT_OCI_NOT_FOUND", `oci-layout:${directory} has no ${digest}`, { facts: { digest, path } })
}

/** Bytes that are read at once: the first of them are on their way before the last are read. */
const readAtOnce = 512 * 1024

/** Bytes at the beginning that are read without a thread: waking one takes longer than such a piece. */
const readHere = 1024 * 1024

async function* readFrom(
  path: string,
  offset: number,
  size: number,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const file = openPlain(path)
  const slabs = createSlabs(size - offset)
  let ahead: Promise<number | Error> | undefined
  const readAhead = (at: number): Promise<number | Error> =>
    new Promise((resolve) => {
      const room = slabs.room()
      read(file, room, 0, Math.min(room.length, readAtOnce), at, (error, count) => resolve(error ?? count))
    })
  try {
    for (let at = offset; at < size; ) {
      signal?.throwIfAborted()
      const count = ahead === undefined ? readNow(file, slabs.room(), at) : await ahead
      if (count instanceof Error) throw diskError(count, path)
      if (count === 0) return
      at += count
      slabs.fill(count)
      const piece = slabs.take()
      // The disk reads on while this piece is hashed and sent.
      if (at < size && at - offset >= readHere) ahead = readAhead(at)
      if (piece !== undefined) yield piece
    }
  } finally {
    await ahead
    closeSync(file)
  }
}

function readNow(file: number, room: Uint8Array, at: number): number | Error {
  try {
    return readSync(file, room, 0, Math.min(room.length, readAtOnce), at)
  } catch (error) {
    return error as Error
  }
}

function openPlain(path: string): number {
  try {
    // A pipe in its place would never open.
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    throw diskError(error, path)
  }
}

const marker = "oci-layout"
const version = "1.0.0"

/** Checks that a directory is a layout. Errors: ATT_OCI_NOT_FOUND when it is absent or empty, ATT_OCI_LAYOUT. */
export function checkLayout(directory: string): void {
  const path = join(directory, marker)
  let text: string
  try {
    text = statSync(path).size > 4096 ? "" : readFileSync(path, "utf8")
  } catch (error) {
    if (!isAbsent(error)) throw diskError(error, path)
    const hint = "name the directory that holds the files oci-layout and index.json"
    const isThere = entriesOf(directory).length > 0
    const text = isThere ? `${directory} is no OCI image layout` : `there is no OCI image layout at ${directory}`
    throw new AttacheError(isThere ? "ATT_OCI_LAYOUT" : "ATT_OCI_NOT_FOUND", text, { hint, facts: { path: directory } })
  }
  const found = /"imageLayoutVersion"\s*:\s*"(\d+)\.[^"]*"/.exec(text)?.[1]
  if (found === "1") return
  throw new AttacheError("ATT_OCI_LAYOUT", `${path} names no version 1 of OCI image layouts`, { facts: { path } })
}

function entriesOf(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
  } catch (error) {
    if (isAbsent(error)) return []
    throw diskError(error, directory)
  }
}

/** Makes a layout of a directory that is absent or empty. Error: ATT_OCI_LAYOUT for one that holds something else. */
export function ensureLayout(directory: string): void {
  try {
    mkdirSync(join(directory, partialFolder), { recursive: true })
    const entries = readdirSync(directory)
    if (entries.includes(marker) || entries.some((name) => !ownNames.test(name))) {
      checkLayout(directory)
      return
    }
    mkdirSync(join(directory, "blobs", "sha256"), { recursive: true })
    // Whole or not at all: others may be making the same layout.
    const aside = join(directory, partialFolder, `marker.${randomUUID()}`)
    writeFileSync(aside, JSON.stringify({ imageLayoutVersion: version }))
    renameSync(aside, join(directory, marker))
  } catch (error) {
    throw diskError(error, directory)
  }
}

/** What a layout that somebody else is just making may hold. */
const ownNames = /^(oci-layout|index\.json.*|blobs|\.partial)$/

/** Removes a file that may be gone or may have to stay: whoever does has something else to tell, or nothing. */
export function removeIfThere(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // Left for the next who looks.
  }
}

/** Replaces a file in one step: who reads sees the old or the new, whole. The old one is not lost with the machine's power either. */
export function replaceFile(path: string, aside: string, bytes: Uint8Array): void {
  try {
    const file = openSync(aside, "w")
    try {
      writeFileSync(file, bytes)
      if (existsSync(path)) fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(aside, path)
  } catch (error) {
    removeIfThere(aside)
    throw diskError(error, path)
  }
}
