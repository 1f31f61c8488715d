// Compilers and SDKs that our guests are compared with, installed on demand: they are in nobody's way otherwise.
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs"
import { join } from "node:path"
import { preferredCacheDirectory } from "@attache/envoy"

const recipe = join(import.meta.dirname, "..", "tools", "wasm-guests")

/**
 * Folder with the packages of `tools/wasm-guests` in its `node_modules`; installed by npm at the first call, into the cache
 * folder under the recipe's digest. Undefined with the reason when npm cannot: no network, for example.
 */
export function guestTools(): { readonly folder: string } | { readonly folder: undefined; readonly reason: string } {
  const files = ["package.json", "package-lock.json"].map((name) => readFileSync(join(recipe, name)))
  const digest = createHash("sha256").update(Buffer.concat(files)).digest("hex").slice(0, 12)
  const folder = join(preferredCacheDirectory(), `wasm-guest-tools-${digest}`)
  if (existsSync(folder)) return { folder }
  const temporary = `${folder}.${process.pid}`
  mkdirSync(temporary, { recursive: true })
  for (const name of ["package.json", "package-lock.json"]) cpSync(join(recipe, name), join(temporary, name))
  const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
  const { status, stderr, error } = spawnSync("npm", args, { cwd: temporary, encoding: "utf8" })
  if (status !== 0) {
    rmSync(temporary, { recursive: true, force: true })
    return { folder: undefined, reason: `npm cannot install tools/wasm-guests: ${error?.message ?? stderr.trim()}` }
  }
  try {
    renameSync(temporary, folder)
  } catch {
    // Another process was faster.
    rmSync(temporary, { recursive: true, force: true })
  }
  return { folder }
}
