import { readdir, rm, stat } from "node:fs/promises"
import { join } from "node:path"
import { unfinished } from "../private-file.ts"

/** Age at which nobody is writing a file any more, in milliseconds. */
const abandonedMs = 24 * 3_600_000

/**
 * Removes the least recently used modules beyond a number of bytes, and what dead writers left.
 *
 * @param held digests of modules that stay
 */
export async function evict(folder: string, held: ReadonlySet<string>, limitBytes: number): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  const files = await Promise.all(
    names
      .filter((name) => name.endsWith(".wasm") || name.endsWith(unfinished))
      .map(async (name) => {
        const facts = await stat(join(folder, name)).catch(() => undefined)
        return { name, size: facts?.size ?? 0, usedMs: facts?.mtimeMs ?? 0 }
      }),
  )
  const remove = (name: string): Promise<void> => rm(join(folder, name), { force: true }).catch(() => {})
  const abandoned = files.filter(({ name, usedMs }) => name.endsWith(unfinished) && Date.now() - usedMs > abandonedMs)
  for (const { name } of abandoned) await remove(name)
  const modules = files.filter(({ name }) => name.endsWith(".wasm"))
  let total = modules.reduce((sum, { size }) => sum + size, 0)
  for (const { name, size } of modules.toSorted((a, b) => a.usedMs - b.usedMs)) {
    if (total <= limitBytes) return
    if (held.has(name.slice(0, -".wasm".length))) continue
    await remove(name)
    total -= size
  }
}
