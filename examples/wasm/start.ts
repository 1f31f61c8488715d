/**
 * Runs one of the examples on a real Envoy: `node examples/wasm/start.ts header`.
 *
 * Compiles its filter, starts what is behind the gateway, and does what `attache run -f gateway.yaml` does. A second
 * argument is a folder with another gateway.yaml.
 */
import { existsSync, globSync, readFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { reportFailure, runResources, say, untilStopped } from "@attache/cli"
import { compileAssemblyScript } from "@attache/wasm-sdk/build"
import { startBackend } from "./backend.ts"

const here = import.meta.dirname
const names = globSync("*/gateway.yaml", { cwd: here }).map((path) => dirname(path))
const [name = "", folder = join(here, name)] = process.argv.slice(2)

try {
  if (!existsSync(join(here, name, "gateway.yaml")) || name === "") throw new Error(`which one? ${names.join(", ")}`)
  process.exitCode = await start()
} catch (error) {
  process.exitCode = await reportFailure(error, "text")
}

async function start(): Promise<number> {
  const interrupted = untilStopped()
  const file = join(folder, "gateway.yaml")
  const module = await compileAssemblyScript(join(here, name, "assembly", "index.ts"))
  say(`${basename(name)}: ${(module.length / 1024).toFixed(1)} KB`)
  const backend = await startBackend(backendPort(file), module)
  try {
    return await runResources({ file: [file] }, async ({ listeners }) => {
      say(`curl -i http://127.0.0.1:${listeners[0]?.port}/`)
      await interrupted
      return 0
    })
  } finally {
    backend.close()
    backend.closeAllConnections()
  }
}

/** The port of the Backend, read from the resources so that it is written in one place. */
function backendPort(file: string): number {
  const port = /address: 127\.0\.0\.1\n\s+port: (\d+)/.exec(readFileSync(file, "utf8"))?.[1]
  if (port === undefined) throw new Error(`${file} has no Backend on 127.0.0.1`)
  return Number(port)
}
