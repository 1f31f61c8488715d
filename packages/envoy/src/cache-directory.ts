import { access, constants, lstat, mkdir } from "node:fs/promises"
import { homedir, tmpdir } from "node:os"
import { isAbsolute, join } from "node:path"
import { errnoOf, writeFailure } from "./failure.ts"

/** Environment variables, as `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * The cache directory that is preferred: `ATTACHE_CACHE_DIR`, else `$XDG_CACHE_HOME/attache`, else `~/.cache/attache`.
 *
 * A relative `XDG_CACHE_HOME` is ignored, as the XDG base directory specification asks.
 */
export function preferredCacheDirectory(env: Environment = process.env): string {
  const own = env.ATTACHE_CACHE_DIR
  if (own !== undefined && own !== "") return own
  const xdg = env.XDG_CACHE_HOME
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, "attache")
  const home = env.HOME
  if (home !== undefined && home !== "") return join(home, ".cache", "attache")
  try {
    return join(homedir(), ".cache", "attache")
  } catch {
    return fallbackCacheDirectory(env)
  }
}

/** The directory used when the preferred one cannot be written: one per user below the system's temporary directory. */
export function fallbackCacheDirectory(env: Environment = process.env): string {
  const temporary = env.TMPDIR
  return join(temporary !== undefined && temporary !== "" ? temporary : tmpdir(), `attache-cache-${userId()}`)
}

/** Not from `userInfo()`, a container's user may be a number that no user database knows. */
function userId(): number {
  return process.getuid?.() ?? 0
}

/** Cache directories that are read, in order. */
export function readableCacheDirectories(env: Environment = process.env): readonly string[] {
  return [preferredCacheDirectory(env), fallbackCacheDirectory(env)]
}

/** A directory that can be written, and what the user should know about the choice. */
export interface WritableCache {
  readonly directory: string
  /** One line when the preferred directory was not usable. */
  readonly note?: string
}

/**
 * The cache directory to write to, made when absent.
 *
 * Falls back to a temporary directory of mode 0700 when the preferred one cannot be written; one that somebody else
 * owns is refused, because a binary is executed from it.
 *
 * @throws AttacheError ATT_ENVOY_CACHE_READ_ONLY or ATT_ENVOY_DISK_FULL
 */
export async function openWritableCache(env: Environment = process.env): Promise<WritableCache> {
  const directory = preferredCacheDirectory(env)
  try {
    await mkdir(directory, { recursive: true })
    await access(directory, constants.W_OK | constants.X_OK)
    return { directory }
  } catch (error) {
    if (errnoOf(error) === "ENOSPC") throw writeFailure(error, directory)
    const fallback = fallbackCacheDirectory(env)
    await makePrivate(fallback)
    return { directory: fallback, note: `cache directory ${directory} cannot be written, using ${fallback}` }
  }
}

async function makePrivate(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    const stat = await lstat(directory)
    if (!stat.isDirectory() || stat.uid !== userId() || (stat.mode & 0o022) !== 0) {
      throw Object.assign(new Error("owned or writable by somebody else"), { code: "EPERM" })
    }
  } catch (error) {
    throw writeFailure(error, directory)
  }
}
