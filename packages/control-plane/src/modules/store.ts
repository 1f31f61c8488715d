// Modules on disk by content: written once, checked when read, shared by processes and kept over restarts.
import { readdir, readFile, rm, stat, utimes } from "node:fs/promises"
import { join } from "node:path"
import { errorFrom, sha256Hex } from "@attache/base"
import { writePrivateFile } from "../private-file.ts"
import { sha256OfLarge } from "./digest.ts"

/** A folder of modules. File names are `{sha256}.wasm`. */
export interface ModuleStore {
  /** Puts a module in and gives its digest and path. Errors: ATT_MODULE_STORE. */
  put(bytes: Uint8Array): Promise<{ readonly sha256: string; readonly path: string }>
  /** Path of a module whose content still fits its name, or undefined; a damaged one is removed. */
  find(sha256: string): Promise<string | undefined>
  /** Digest that a URL had when it was last fetched without one. */
  rememberedDigest(url: string): Promise<string | undefined>
  /** Keeps the digest of a URL. Errors: ATT_MODULE_STORE. */
  remember(url: string, sha256: string): Promise<void>
}

/** How a store behaves. */
export interface ModuleStoreOptions {
  /** Most bytes kept; the least recently used modules go first. Default {@link maxStoreBytes}. */
  readonly limitBytes?: number
}

/** Most bytes kept by default. Modules that this process gave out are never removed by it, so there may be more. */
export const maxStoreBytes = 1024 * 1024 * 1024

/** A store in a folder, made with mode 0700 when it is first written to. Several processes may share it. */
export function createModuleStore(folder: string, options: ModuleStoreOptions = {}): ModuleStore {
  // Envoy may read these files again at any time.
  const given = new Set<string>()
  const pathOf = (sha256: string): string => join(folder, `${sha256}.wasm`)
  const write = async (path: string, bytes: Uint8Array | string): Promise<void> => {
    try {
      await writePrivateFile(path, bytes)
    } catch (error) {
      throw errorFrom(error, "ATT_MODULE_STORE", `module cannot be stored in ${folder}`, {
        retry: "later",
        hint: "check the disk and the folder's permissions",
        facts: { path },
      })
    }
  }
  const find = async (sha256: string): Promise<string | undefined> => {
    if (!isDigest(sha256)) return undefined
    const path = pathOf(sha256)
    try {
      if ((await sha256OfLarge(await readFile(path))) === sha256) {
        await touch(path)
        given.add(sha256)
        return path
      }
      await rm(path, { force: true })
    } catch {
      // Absent or unreadable: it is fetched again.
    }
    return undefined
  }
  return {
    find,
    put: async (bytes) => {
      const sha256 = await sha256OfLarge(bytes)
      const known = await find(sha256)
      if (known !== undefined) return { sha256, path: known }
      const path = pathOf(sha256)
      await write(path, bytes)
      given.add(sha256)
      await evict(folder, given, options.limitBytes ?? maxStoreBytes)
      return { sha256, path }
    },
    rememberedDigest: async (url) => {
      const digest = await readFile(rememberedPath(folder, url), "utf8").catch(() => "")
      return isDigest(digest) ? digest : undefined
    },
    remember: (url, sha256) => write(rememberedPath(folder, url), sha256),
  }
}

function isDigest(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text)
}

function rememberedPath(folder: string, url: string): string {
  return join(folder, `${sha256Hex(url)}.url`)
}

/** The time of last use; a store that may only be read keeps no order, and that is no reason to fail. */
async function touch(path: string): Promise<void> {
  const now = new Date()
  await utimes(path, now, now).catch(() => {})
}

async function evict(folder: string, given: ReadonlySet<string>, limitBytes: number): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  const files = await Promise.all(
    names
      .filter((name) => name.endsWith(".wasm"))
      .map(async (name) => {
        const facts = await stat(join(folder, name)).catch(() => undefined)
        return { name, size: facts?.size ?? 0, usedMs: facts?.mtimeMs ?? 0 }
      }),
  )
  let total = files.reduce((sum, { size }) => sum + size, 0)
  for (const { name, size } of files.toSorted((a, b) => a.usedMs - b.usedMs)) {
    if (total <= limitBytes) return
    if (given.has(name.slice(0, -".wasm".length))) continue
    await rm(join(folder, name), { force: true }).catch(() => {})
    total -= size
  }
}
