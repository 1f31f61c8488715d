/**
 * Finds the Envoy that tests and the quick start run, and fetches it if there is none. Exit code 4 without one.
 *
 * The path is remembered in `node_modules/.envoy-stamp`, with a digest of all that decides which one it is.
 */
import { createHash } from "node:crypto"
import { accessSync, constants, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { repositoryRoot } from "./workspace.ts"

const stampFile = join(repositoryRoot, "node_modules", ".envoy-stamp")
const deciding = ["ATTACHE_ENVOY_PATH", "ATTACHE_ENVOY_ARCHIVE", "ATTACHE_CACHE_DIR", "XDG_CACHE_HOME", "HOME", "PATH"]

/** Tests that need one say so one by one; the quick start is nothing without. */
const isNeeded = process.env.npm_lifecycle_event !== "pretest"

if (!isReady()) process.exitCode = await find()

function isReady(): boolean {
  try {
    const [key, path = ""] = readFileSync(stampFile, "utf8").split("\n")
    accessSync(path, constants.X_OK)
    return key === wantedKey()
  } catch {
    return false
  }
}

function wantedKey(): string {
  const hash = createHash("sha256").update(readFileSync(join(repositoryRoot, "packages/envoy/src/envoy-lock.json")))
  return hash.update(JSON.stringify(deciding.map((name) => process.env[name] ?? null))).digest("hex")
}

async function find(): Promise<number> {
  // Loaded only when needed: the warm start reads one file.
  const [{ findEnvoy }, { isAttacheError }] = await Promise.all([import("@attache/envoy"), import("@attache/base")])
  const started = performance.now()
  let isFetching = false
  try {
    const found = await findEnvoy({
      onProgress: ({ version, totalBytes }) => {
        if (isFetching) return
        isFetching = true
        const size = totalBytes === undefined ? "" : ` (${Math.round(totalBytes / 1e6)} MB)`
        say(`fetching Envoy ${version}${size} ...`)
      },
    })
    for (const note of found.notes) say(note)
    if (isFetching) say(`fetched Envoy ${found.version} in ${((performance.now() - started) / 1000).toFixed(1)} s`)
    remember(found.path)
    return 0
  } catch (error) {
    if (!isAttacheError(error)) throw error
    const told = `${error.message}; ${error.hint ?? "name an Envoy with ATTACHE_ENVOY_PATH"} [${error.code}]`
    say(isNeeded ? `error: ${told}` : `warning: tests that need an Envoy are skipped: ${told}`)
    return 4
  }
}

/** Where nothing can be written the search simply happens again. */
function remember(path: string): void {
  try {
    writeFileSync(stampFile, `${wantedKey()}\n${path}\n`)
  } catch {}
}

function say(text: string): void {
  process.stderr.write(`attache: ${text}\n`)
}
