import { execFile } from "node:child_process"
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs"
import { homedir, tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { promisify } from "node:util"

const cache = process.env.ATTACHE_CACHE_DIR || join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "attache")

/**
 * The program `cosign` 3.1, where it is installed; tests that need it are skipped elsewhere.
 *
 * `GOBIN=~/.cache/attache/tools/cosign-3.1.3 go install github.com/sigstore/cosign/v3/cmd/cosign@v3.1.3` takes six minutes.
 */
export const cosign: string | undefined = [
  join(cache, "tools", "cosign-3.1.3"),
  ...(process.env.PATH ?? "").split(delimiter),
]
  .map((folder) => join(folder, "cosign"))
  .find((path) => {
    try {
      accessSync(path, constants.X_OK)
      return true
    } catch {
      return false
    }
  })

/** Runs cosign in a home folder of its own and gives what it prints; its failure is an exception. */
export async function runCosign(
  parameters: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), "attache-cosign-"))
  const options = { env: { ...process.env, HOME: home, COSIGN_PASSWORD: "", ...env }, timeout: 50_000 }
  try {
    const { stdout } = await promisify(execFile)(cosign ?? "cosign", parameters, options)
    return stdout
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}
