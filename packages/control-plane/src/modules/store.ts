// Modules on disk by content: written once, checked when read, shared by processes and kept over restarts.
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { errorFrom, sha256Hex } from "@attache/base"

/** A folder of modules. File names are `{sha256}.wasm`. */
export interface ModuleStore {
  /** Puts a module in and gives its digest and path. Errors: ATT_MODULE_STORE. */
  put(bytes: Uint8Array): { readonly sha256: string; readonly path: string }
  /** Path of a module whose content still fits its name, or undefined; a damaged one is removed. */
  find(sha256: string): string | undefined
  /** Digest that a URL had when it was last fetched without one. */
  rememberedDigest(url: string): string | undefined
  remember(url: string, sha256: string): void
}

/** Most bytes kept; the least recently used modules go first. */
export const maxStoreBytes = 1024 * 1024 * 1024

/** A store in a folder, made when it is first written to. */
export function createModuleStore(folder: string): ModuleStore {
  const pathOf = (sha256: string): string => join(folder, `${sha256}.wasm`)
  const write = (name: string, bytes: Uint8Array | string): string => {
    const path = join(folder, name)
    const temporary = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      writeFileSync(temporary, bytes, { mode: 0o600 })
      // Rename is atomic: whoever reads sees the whole file or none.
      renameSync(temporary, path)
    } catch (error) {
      rmSync(temporary, { force: true })
      throw errorFrom(error, "ATT_MODULE_STORE", `module cannot be stored in ${folder}`, { retry: "later", hint: "check the disk and the folder's permissions" })
    }
    return path
  }
  return {
    put: (bytes) => {
      const sha256 = sha256Hex(bytes)
      const path = write(`${sha256}.wasm`, bytes)
      evict(folder, sha256)
      return { sha256, path }
    },
    find: (sha256) => {
      if (!/^[0-9a-f]{64}$/.test(sha256)) return undefined
      const path = pathOf(sha256)
      try {
        if (sha256Hex(readFileSync(path)) !== sha256) {
          rmSync(path, { force: true })
          return undefined
        }
        const now = new Date()
        utimesSync(path, now, now)
        return path
      } catch {
        // Absent or unreadable: it is fetched again.
        return undefined
      }
    },
    rememberedDigest: (url) => {
      try {
        const digest = readFileSync(join(folder, `${sha256Hex(url)}.url`), "utf8").trim()
        return /^[0-9a-f]{64}$/.test(digest) ? digest : undefined
      } catch {
        return undefined
      }
    },
    remember: (url, sha256) => void write(`${sha256Hex(url)}.url`, sha256),
  }
}

function evict(folder: string, keep: string): void {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".wasm"))
    .flatMap((name) => {
      const stat = statSync(join(folder, name), { throwIfNoEntry: false })
      return stat === undefined ? [] : [{ name, size: stat.size, used: stat.mtimeMs }]
    })
    .sort((a, b) => a.used - b.used)
  let total = files.reduce((sum, { size }) => sum + size, 0)
  for (const { name, size } of files) {
    if (total <= maxStoreBytes) return
    if (name.startsWith(keep)) continue
    rmSync(join(folder, name), { force: true })
    total -= size
  }
}
