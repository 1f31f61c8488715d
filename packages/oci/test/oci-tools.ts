// Programs that others wrote, built once from `tools/oci` into the cache and found there ever after.
import { execFile, execFileSync } from "node:child_process"
import { createHash, randomUUID } from "node:crypto"
import { accessSync, constants, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs"
import { homedir } from "node:os"
import { delimiter, join } from "node:path"
import { promisify } from "node:util"

const recipe = join(import.meta.dirname, "../../../tools/oci")
const crane = "github.com/google/go-containerregistry/cmd/crane"

/** Where the programs `registry`, `oras` and `crane` are, or why they are not there. */
export type OciTools =
  | { readonly folder: string; readonly reason?: undefined }
  | { readonly folder?: undefined; readonly reason: string }

/** The programs, built if they are not yet; the first time takes ten seconds to minutes. */
export function findOciTools(): OciTools {
  const cache =
    process.env.ATTACHE_CACHE_DIR || join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "attache")
  const folder = join(cache, "tools", `oci-${recipeDigest()}`)
  if (isThere(join(folder, "crane"))) return { folder }
  if (findProgram("go") === undefined) return { reason: "Go is not installed" }
  const aside = `${folder}.${randomUUID()}`
  try {
    mkdirSync(aside, { recursive: true })
    const flags = [
      "build",
      "-trimpath",
      "-ldflags",
      "-s -w",
      "-o",
      `${aside}/`,
      "./registry",
      "./oras",
      "./craneserver",
      crane,
    ]
    execFileSync("go", flags, {
      cwd: recipe,
      env: { ...process.env, CGO_ENABLED: "0" },
      stdio: "pipe",
      timeout: 300_000,
    })
    // Whoever builds at the same time makes the same.
    if (!isThere(join(folder, "crane"))) renameSync(aside, folder)
    return { folder }
  } catch (error) {
    if (isThere(join(folder, "crane"))) return { folder }
    const [line = "it failed"] = String((error as { stderr?: unknown }).stderr ?? error).split("\n")
    return { reason: `Go does not build tools/oci: ${line}` }
  } finally {
    rmSync(aside, { recursive: true, force: true })
  }
}

function recipeDigest(): string {
  const hash = createHash("sha256")
  for (const name of readdirSync(recipe, { recursive: true, encoding: "utf8" }).sort()) {
    const path = join(recipe, name)
    if (statSync(path).isFile()) hash.update(name).update(readFileSync(path))
  }
  return hash.digest("hex").slice(0, 16)
}

function isThere(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Path of a program that the system has. */
export function findProgram(name: string): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter)
  return folders.map((folder) => join(folder, name)).find(isThere)
}

const execFileAsync = promisify(execFile)

/** Runs a program to its end and gives its output, trimmed; its errors are in the exception. */
export async function run(
  program: string,
  parameters: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const options = { env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024, timeout: 60_000 }
  const { stdout } = await execFileAsync(program, parameters, options)
  return stdout.trim()
}
