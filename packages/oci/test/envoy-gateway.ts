import { execFile } from "node:child_process"
import { accessSync, constants } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"

const cache = process.env.ATTACHE_CACHE_DIR || join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "attache")
const program = join(cache, "tools", "envoy-gateway-1.9.0", "fetch-image")

/** Why Envoy Gateway's own code cannot be asked; undefined where it was built as `tools/envoy-gateway/main.go` says. */
export const withoutEnvoyGateway: string | undefined = isThere() ? undefined : "Envoy Gateway's fetcher was not built"

function isThere(): boolean {
  try {
    accessSync(program, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** What Envoy Gateway makes of an image: the module and the digest it compares with `sha256`, or why it gives up. */
export function fetchAsEnvoyGateway(reference: string): Promise<{ module: Buffer; digest: string } | string> {
  return new Promise((resolve) => {
    execFile(program, [reference], { encoding: "buffer", maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      const said = stderr.toString().trim()
      resolve(error === null ? { module: stdout, digest: `sha256:${said}` } : said)
    })
  })
}
