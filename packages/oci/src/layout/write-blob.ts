// Blobs written under another name first, so that a blob that is there is whole.
import { randomUUID } from "node:crypto"
import {
  closeSync,
  createReadStream,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writev,
  writevSync,
} from "node:fs"
import { hostname } from "node:os"
import { dirname, join } from "node:path"
import { isAttacheError, isProcessAlive } from "@attache/base"
import type { Descriptor } from "../content/descriptor.ts"
import { hashFor, splitDigest } from "../content/digest.ts"
import type { Content, PushOptions, PushOutcome } from "../content/target.ts"
import { verified, verifyBytes, wrongDigest } from "../content/verified.ts"
import { giveBack } from "../http/slabs.ts"
import { blobPath, blobSize, diskError, isAbsent, partialFolder } from "./layout-files.ts"

/** Bytes that are written at once; writing smaller pieces costs more than hashing them. */
const writtenAtOnce = 512 * 1024

/** Bytes at the beginning that are written without a thread: waking one takes longer than writing them. */
const writtenHere = 1024 * 1024

/**
 * Writes a blob, going on with what an interrupted writer left.
 *
 * What came in part stays for the next attempt when the failure may pass or the work was aborted; content that is not
 * what the descriptor says leaves nothing. Errors: ATT_OCI_DIGEST, ATT_OCI_SIZE, ATT_OCI_LAYOUT, and the source's.
 */
export async function writeBlob(
  directory: string,
  descriptor: Descriptor,
  content: Content,
  options: PushOptions,
): Promise<PushOutcome> {
  const path = blobPath(directory, descriptor.digest)
  const isThere = blobSize(directory, descriptor.digest) === descriptor.size
  // What is in memory is small enough to look closer; a damaged file is written again.
  if (isThere && (!(content instanceof Uint8Array) || readFileSync(path).equals(content))) return "existed"
  const aside = claimPartial(directory, descriptor, content)
  try {
    if (content instanceof Uint8Array) writeBytes(aside, descriptor, content, options)
    else await writeStream(aside, descriptor, content, options)
    place(aside, path)
    return "pushed"
  } catch (error) {
    release(aside, descriptor, error)
    throw isAttacheError(error) || options.signal?.aborted === true ? error : diskError(error, path)
  }
}

function place(aside: string, path: string): void {
  try {
    renameSync(aside, path)
  } catch (error) {
    // The folder of this algorithm's blobs may not be there yet.
    if (!isAbsent(error)) throw error
    mkdirSync(dirname(path), { recursive: true })
    renameSync(aside, path)
  }
}

function partialName({ digest }: Descriptor): string {
  const { algorithm, hex } = splitDigest(digest)
  return `${algorithm}-${hex}`
}

/** A name for this writer alone, with what an earlier one left already behind it if there is something. */
function claimPartial(directory: string, descriptor: Descriptor, content: Content): string {
  const folder = join(directory, partialFolder)
  const name = partialName(descriptor)
  const own = join(folder, `${name}.${hostname()}.${process.pid}.${randomUUID()}`)
  if (content instanceof Uint8Array) return own
  for (const each of leftBehind(directory, descriptor)) {
    try {
      renameSync(join(folder, each), own)
      return own
    } catch {
      // Somebody else was faster.
    }
  }
  return own
}

/** Files in which interrupted writers left the beginning of a blob. */
export function leftBehind(directory: string, descriptor: Descriptor): readonly string[] {
  const name = partialName(descriptor)
  try {
    return readdirSync(join(directory, partialFolder)).filter(
      (each) => each.startsWith(name) && isLeftBehind(each.slice(name.length)),
    )
  } catch (error) {
    if (isAbsent(error)) return []
    throw diskError(error, directory)
  }
}

/** Whether a partial file has no writer: it was released, or its writer is dead. */
function isLeftBehind(suffix: string): boolean {
  if (suffix === "") return true
  const [, host, pid] = /^\.(.+)\.(\d+)\.[0-9a-f-]{36}$/.exec(suffix) ?? []
  return host === hostname() && !isProcessAlive(Number(pid))
}

function release(aside: string, descriptor: Descriptor, error: unknown): void {
  const isWorthKeeping = !isAttacheError(error) || error.retry !== "never"
  try {
    const size = statSync(aside, { throwIfNoEntry: false })?.size ?? 0
    const free = join(dirname(aside), partialName(descriptor))
    if (isWorthKeeping && size > 0 && size < descriptor.size) renameSync(aside, free)
    else rmSync(aside, { force: true })
  } catch {
    // What made the writing fail is what the caller has to know.
  }
}

function writeBytes(aside: string, descriptor: Descriptor, content: Uint8Array, { onBytes }: PushOptions): void {
  verifyBytes(content, descriptor, "the source")
  writeFileSync(aside, content)
  onBytes?.(content.length)
}

async function writeStream(
  aside: string,
  descriptor: Descriptor,
  content: Exclude<Content, Uint8Array>,
  options: PushOptions,
): Promise<void> {
  const size = statSync(aside, { throwIfNoEntry: false })?.size ?? 0
  const file = openSync(aside, "a")
  try {
    if (size === 0) return await writeAll(file, verified(await content(0), descriptor, { from: "the source" }), options)
    await writeRest(file, aside, size, descriptor, content, options)
  } finally {
    closeSync(file)
  }
}

async function writeRest(
  file: number,
  aside: string,
  size: number,
  descriptor: Descriptor,
  content: Exclude<Content, Uint8Array>,
  options: PushOptions,
): Promise<void> {
  const hash = hashFor(descriptor.digest)
  if (size < descriptor.size) {
    for await (const chunk of createReadStream(aside)) hash.update(chunk as Buffer)
    options.onBytes?.(size)
    const rest = verified(await content(size), descriptor, { offset: size, from: "the source" })
    await writeAll(file, tapped(rest, hash), options)
    if (descriptor.digest.endsWith(`:${hash.digest("hex")}`)) return
  }
  // What was left was damaged, or longer than it may be: once more from the start.
  ftruncateSync(file, 0)
  await writeAll(file, verified(await content(0), descriptor, { from: "the source" }), {
    ...options,
    onBytes: () => {},
  })
  if (fstatSync(file).size !== descriptor.size) throw wrongDigest(descriptor, "the source")
}

async function* tapped(
  content: AsyncIterable<Uint8Array>,
  hash: { update(chunk: Uint8Array): unknown },
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of content) {
    hash.update(chunk)
    yield chunk
  }
}

/** Writes while the next bytes arrive. */
async function writeAll(
  file: number,
  content: AsyncIterable<Uint8Array>,
  { signal, onBytes }: PushOptions,
): Promise<void> {
  let pending: Promise<unknown> = Promise.resolve()
  let chunks: Uint8Array[] = []
  let [size, begun] = [0, 0]
  const flush = async (): Promise<void> => {
    await pending
    pending = writeChunks(file, chunks, begun < writtenHere)
    // It is awaited later; until then its failure is nobody's.
    pending.catch(() => {})
    chunks = []
    begun += size
    size = 0
  }
  try {
    for await (const chunk of content) {
      signal?.throwIfAborted()
      chunks.push(chunk)
      size += chunk.length
      onBytes?.(chunk.length)
      if (size >= writtenAtOnce) await flush()
    }
  } finally {
    // What has come is kept, also when no more comes.
    if (chunks.length > 0) await flush()
    await pending
  }
}

async function writeChunks(file: number, chunks: readonly Uint8Array[], isHere: boolean): Promise<void> {
  const total = chunks.reduce((sum, { length }) => sum + length, 0)
  const bytesWritten = isHere ? writevSync(file, chunks) : await writeElsewhere(file, chunks)
  // A short write: full disks come in pieces.
  if (bytesWritten < total) writeFileSync(file, Buffer.concat(chunks).subarray(bytesWritten))
  for (const chunk of chunks) giveBack(chunk)
}

function writeElsewhere(file: number, chunks: readonly Uint8Array[]): Promise<number> {
  return new Promise((resolve, reject) => {
    writev(file, chunks, (error, count) => (error === null ? resolve(count) : reject(error)))
  })
}
