import { mkdir, readFile, rename, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import type { EnvoyExtension } from "./admin.ts"
import { createIdleBootstrap } from "./bootstrap.ts"
import { type Environment, preferredCacheDirectory } from "./cache-directory.ts"
import type { FoundEnvoy } from "./find.ts"
import { isJsonObject } from "./json.ts"
import { runEnvoy } from "./run.ts"

/**
 * Extensions that are compiled into an Envoy, sorted by category and name.
 *
 * Builds of one version differ (some lack V8, hence Wasm), so the list is asked of the binary itself, by running it
 * once with an idle bootstrap, and kept in the cache by the binary's digest.
 *
 * @throws AttacheError as `runEnvoy` does
 */
export async function readExtensions(
  envoy: Pick<FoundEnvoy, "path" | "sha256">,
  env: Environment = process.env,
): Promise<readonly EnvoyExtension[]> {
  const store = join(preferredCacheDirectory(env), "envoy", "extensions", `${envoy.sha256}.json`)
  const known = await readStore(store)
  if (known !== undefined) return known
  await using running = await runEnvoy({
    path: envoy.path,
    bootstrap: createIdleBootstrap(),
    concurrency: 1,
    logLevel: "error",
    until: "admin",
  })
  const { extensions } = await running.admin.serverInfo()
  const sorted = extensions.toSorted((a, b) => compare(a.category, b.category) || compare(a.name, b.name))
  await writeStore(store, sorted).catch(() => undefined)
  return sorted
}

/** Whether an extension is compiled in and enabled, by its registered name or by the full name of its configuration message. */
export function hasExtension(extensions: readonly EnvoyExtension[], name: string): boolean {
  return extensions.some(
    (extension) => !extension.disabled && (extension.name === name || extension.typeUrls.includes(name)),
  )
}

async function readStore(store: string): Promise<readonly EnvoyExtension[] | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(store, "utf8"))
    return Array.isArray(value) && value.length > 0 && value.every(isExtension) ? value : undefined
  } catch {
    return undefined
  }
}

async function writeStore(store: string, extensions: readonly EnvoyExtension[]): Promise<void> {
  await mkdir(dirname(store), { recursive: true })
  const temporary = `${store}.${process.pid}.tmp`
  await writeFile(temporary, JSON.stringify(extensions))
  await rename(temporary, store)
}

function isExtension(value: unknown): value is EnvoyExtension {
  if (!isJsonObject(value)) return false
  const { name, category, typeUrls, disabled } = value
  return (
    typeof name === "string" && typeof category === "string" && Array.isArray(typeUrls) && typeof disabled === "boolean"
  )
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
