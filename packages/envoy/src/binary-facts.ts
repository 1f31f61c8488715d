import { execFile } from "node:child_process"
import { createHash } from "node:crypto"
import { createReadStream } from "node:fs"
import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { pipeline } from "node:stream/promises"
import { messageOf, sha256Hex } from "@attache/base"
import { failure } from "./failure.ts"
import { parseBuild } from "./versions.ts"

/** What is known of one Envoy file. Valid while size and time of change of the file stay. */
export interface BinaryFacts {
  readonly version: string
  /** The whole text of `envoy --version`. */
  readonly build: string
  /** Lower case hex digest of the file. */
  readonly sha256: string
  /** Size in bytes. */
  readonly size: number
  /** Time of the last change, milliseconds since the epoch. */
  readonly changedMs: number
}

/**
 * Facts of an Envoy file, read from `store` while they still fit the file, else found out and stored there.
 *
 * Finding out costs one run of `envoy --version` and one digest of the file; a store that cannot be written is no error.
 *
 * @param store path of the JSON file that keeps the facts
 * @throws AttacheError ATT_ENVOY_BAD_PATH when the file is absent or is no Envoy
 */
export async function readBinaryFacts(path: string, store: string): Promise<BinaryFacts> {
  const file = await stat(path).catch((error: unknown) => {
    throw failure("ATT_ENVOY_BAD_PATH", `cannot read ${path}: ${messageOf(error)}`, { cause: error, facts: { path } })
  })
  const known = await readStoredFacts(store)
  if (known !== undefined && known.size === file.size && known.changedMs === file.mtimeMs) return known
  const facts = await inspectBinary(path)
  await storeFacts(store, facts).catch(() => undefined)
  return facts
}

/** Facts of an Envoy file by running and digesting it. @throws AttacheError ATT_ENVOY_BAD_PATH */
export async function inspectBinary(path: string): Promise<BinaryFacts> {
  const build = parseBuild(await versionText(path))
  if (build === undefined) {
    throw failure("ATT_ENVOY_BAD_PATH", `${path} does not answer --version as Envoy does`, { facts: { path } })
  }
  const [sha256, file] = await Promise.all([digestFile(path), stat(path)])
  return { version: build.version, build: build.build, sha256, size: file.size, changedMs: file.mtimeMs }
}

/** Facts as stored; undefined when absent, damaged or larger than 64 KiB. */
export async function readStoredFacts(store: string): Promise<BinaryFacts | undefined> {
  try {
    const text = await readFile(store, "utf8")
    const value: unknown = text.length > 65_536 ? undefined : JSON.parse(text)
    return isBinaryFacts(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Writes facts by rename, so that a reader sees the old ones or the new ones. */
export async function storeFacts(store: string, facts: BinaryFacts): Promise<void> {
  await mkdir(dirname(store), { recursive: true })
  const temporary = `${store}.${process.pid}.tmp`
  await writeFile(temporary, `${JSON.stringify(facts, undefined, 2)}\n`)
  await rename(temporary, store)
}

/** Where the facts of an Envoy outside the cache are kept. */
export function factsStoreOf(cacheDirectory: string, path: string): string {
  return join(cacheDirectory, "envoy", "facts", `${sha256Hex(path).slice(0, 16)}.json`)
}

/** Lower case hex sha256 of a file, read as a stream. */
export async function digestFile(path: string): Promise<string> {
  const hash = createHash("sha256")
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash)
  return hash.digest("hex")
}

function versionText(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(path, ["--version"], { timeout: 10_000, killSignal: "SIGKILL", maxBuffer: 65_536 }, (error, stdout) => {
      if (error === null) resolve(stdout)
      else
        reject(
          failure("ATT_ENVOY_BAD_PATH", `cannot run ${path} --version: ${error.message.trim()}`, {
            cause: error,
            facts: { path },
          }),
        )
    })
  })
}

function isBinaryFacts(value: unknown): value is BinaryFacts {
  if (typeof value !== "object" || value === null) return false
  const facts: Partial<Record<keyof BinaryFacts, unknown>> = value
  const texts = [facts.version, facts.build, facts.sha256]
  return (
    texts.every((v) => typeof v === "string") && typeof facts.size === "number" && typeof facts.changedMs === "number"
  )
}
