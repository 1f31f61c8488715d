/**
 * What `npm start` runs: the example in `examples/quickstart` on a real Envoy, one request through it, and what each
 * extension did to that request. Then it stays and follows the files.
 *
 * `npm start -- --once` ends after the request: exit code 0 when every extension was seen, 1 with the reason otherwise.
 * `npm start -- FOLDER` takes the resources from another folder (a copy with other ports, for example).
 */
import { readFileSync } from "node:fs"
import { join, relative } from "node:path"
import { parseArgs } from "node:util"
import { AttacheError, isAttacheError } from "@attache/base"
import { exitCodes, type RunningResources, reportFailure, runResources, say, styled, untilStopped } from "@attache/cli"
import { checkPorts } from "@attache/envoy"
import { type Backend, loadObjects } from "@attache/kube-api"
import { startBackend } from "../examples/quickstart/backend.ts"
import { buildGuest } from "../examples/quickstart/build-guest.ts"
import { startProcessor } from "../examples/quickstart/processor.ts"
import { repositoryRoot } from "./workspace.ts"

/** The extensions, by the start of the names of the headers they set. */
const extensions = [
  { name: "Lua", prefix: "x-lua-" },
  { name: "Wasm", prefix: "x-wasm-" },
  { name: "ext_proc", prefix: "x-ext-proc-" },
] as const

/** A header that one side has and the other never sent. */
interface AddedHeader {
  readonly name: string
  readonly value: string
  readonly side: "request" | "response"
}

const { values, positionals } = parseArgs({
  options: { once: { type: "boolean", default: false } },
  allowPositionals: true,
})
const folder = positionals[0] ?? relative(process.cwd(), join(repositoryRoot, "examples", "quickstart"))
const resources = { file: [join(folder, "gateway.yaml"), join(folder, "extensions.yaml")] }

try {
  process.exitCode = await quickstart()
} catch (error) {
  process.exitCode = await reportFailure(curedHere(error), "text")
}

async function quickstart() {
  const interrupted = untilStopped()
  const port = endpointOf("backend")?.ip?.port
  const socket = endpointOf("processor")?.unix?.path
  if (port === undefined || socket === undefined) throw new Error(`${folder} has no Backends "backend" and "processor"`)
  const guest = await buildGuest()
  const took = guest.tookMs === undefined ? "unchanged" : `compiled in ${(guest.tookMs / 1000).toFixed(1)} s`
  started("Wasm", `${guest.source}, ${took}`)
  await checkPorts([{ address: "127.0.0.1", port, name: "the example's backend" }])
  const backend = await startBackend(port, guest.path)
  started("backend", `127.0.0.1:${port}`)
  const processor = await startProcessor(socket)
  started("ext_proc", socket)
  try {
    return await runResources(resources, async (running) => {
      const isComplete = await show(running)
      if (values.once) return isComplete ? exitCodes.done : exitCodes.failed
      say(`\nChange the Lua script in ${resources.file[1]}, save, and ask again:`)
      say(`  curl -i http://127.0.0.1:${running.listeners[0]?.port}/hello`)
      await interrupted
      return exitCodes.done
    })
  } finally {
    await processor.close()
    backend.close()
    backend.closeAllConnections()
  }
}

/** First endpoint of a Backend of the example; read from the resources, so that a port is written in one place. */
function endpointOf(name: string): NonNullable<Backend["spec"]["endpoints"]>[number] | undefined {
  const file = join(folder, "gateway.yaml")
  const { objects } = loadObjects(readFileSync(file, "utf8"), { file })
  const found = objects.find(({ object }) => object.kind === "Backend" && object.metadata.name === name)
  return (found?.object as Backend | undefined)?.spec.endpoints?.[0]
}

/** The port is written in the example's files. */
function curedHere(error: unknown): unknown {
  if (!isAttacheError(error) || error.code !== "ATT_ENVOY_PORT_IN_USE") return error
  const hint = `end that process, or write another port into ${resources.file.join(" and ")}`
  return new AttacheError(error.code, error.message, { cause: error, hint })
}

function started(what: string, where: string): void {
  say(`${styled("green", what.padEnd(9))} ${where}`)
}

/** Sends a request to each route and prints the headers that were added on the way. Gives whether every extension added some. */
async function show({ listeners }: RunningResources): Promise<boolean> {
  const origin = `http://127.0.0.1:${listeners[0]?.port}`
  const plain = await ask(`${origin}/plain`)
  const { status, added } = await ask(`${origin}/hello`)
  say(`\nGET ${origin}/plain  ${plain.status}, ${plain.added.length === 0 ? "nothing attached" : "changed!"}`)
  say(`GET ${origin}/hello  ${status}`)
  let isComplete = status === 200 && plain.status === 200 && plain.added.length === 0
  for (const { name, prefix } of extensions) {
    const own = added.filter((header) => header.name.startsWith(prefix))
    for (const header of own)
      say(`  ${styled("cyan", name.padEnd(9))} ${header.side.padEnd(8)} + ${header.name}: ${header.value}`)
    if (own.length > 0) continue
    isComplete = false
    say(`  ${styled("red", name.padEnd(9))} changed nothing; \`attache status\` tells why`)
  }
  return isComplete
}

/** A request, and the headers of extensions that the backend and the caller saw. */
async function ask(url: string): Promise<{ readonly status: number; readonly added: readonly AddedHeader[] }> {
  const response = await fetch(url)
  const body = await response.text()
  if (response.status !== 200) return { status: response.status, added: [] }
  const { headers } = JSON.parse(body) as { readonly headers: Readonly<Record<string, string>> }
  return {
    status: response.status,
    added: [
      ...Object.entries(headers).map(([name, value]) => ({ name, value, side: "request" as const })),
      ...[...response.headers].map(([name, value]) => ({ name, value, side: "response" as const })),
    ].filter(({ name }) => extensions.some(({ prefix }) => name.startsWith(prefix))),
  }
}
