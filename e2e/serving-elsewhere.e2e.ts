// Envoys that somebody else runs: what can be known of them is what they accepted.
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createBootstrap, findEnvoy, freePorts, runEnvoy } from "@attache/envoy"
import { expect, it } from "vitest"
import { attacheBeside, command } from "./attache-command.ts"
import { startBackend } from "./backend.ts"
import { createPlace, startCommand } from "./command-process.ts"
import { send, untilAnswer } from "./gateway-under-test.ts"
import { backend, extensions, gateway, prefix, route, stream, to } from "./resources.ts"

function untilReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.on("data", (chunk: Buffer) => chunk.toString("utf8").startsWith("ready ") && resolve())
    child.on("close", (code) => reject(new Error(`attache serve ended with ${code}`)))
  })
}

it("says of an Envoy beside attache serve what it accepted, and that the rest is not known", async () => {
  const folder = await mkdtemp(join(tmpdir(), "attache-elsewhere-"))
  const [port = 0] = await freePorts(1)
  const state = join(folder, "state")
  const socketPath = join(folder, "xds.sock")
  const file = join(folder, "all.yaml")
  await writeFile(
    file,
    stream(...gateway({ http: port }), backend("b", 9), route("r", [prefix("/", { backendRefs: [to("b")] })])),
  )
  const server = spawn(process.execPath, [command, "serve", "-f", file, "--xds-address", `unix:${socketPath}`], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ATTACHE_STATE_DIR: state },
  })
  const ended = new Promise((resolve) => server.on("close", resolve))
  try {
    await untilReady(server)
    const early = await attacheBeside(state, "wait", "--until", "accepted", "--timeout", "0.2")
    expect([early.code, early.stderr]).toEqual([5, expect.stringContaining("no Envoy is connected")])
    await using _ = await runEnvoy({
      path: (await findEnvoy()).path,
      bootstrap: createBootstrap({ nodeId: "n", nodeCluster: "default/gw", xds: { socketPath } }),
    })
    const accepted = await attacheBeside(state, "wait", "--until", "accepted", "--timeout", "20")
    expect(accepted.code, accepted.stderr).toBe(0)
    const status = await attacheBeside(state, "status")
    expect([status.code, status.stdout]).toEqual([
      0,
      expect.stringContaining("accepted: yes, warmed: unknown, working: unknown"),
    ])
    const serving = await attacheBeside(state, "wait", "--until", "serving", "--timeout", "20")
    expect([serving.code, serving.stderr]).toEqual([1, expect.stringContaining("[ATT_CLI_WAIT_UNKNOWN]")])
  } finally {
    server.kill("SIGINT")
    await ended
    await rm(folder, { recursive: true, force: true })
  }
})

it("finds a module that an Envoy elsewhere accepts and cannot run, before it is asked", async () => {
  const [port = 0, modules = 0] = await freePorts(2)
  // A module by its head, which says nothing of the ABI that Envoy speaks.
  await using one = await startBackend("one", ({ url }, response) => {
    if (url === "/head.wasm") response.end(Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]))
    return url === "/head.wasm"
  })
  const wasm = [{ name: "w", code: { type: "HTTP", http: { url: `http://127.0.0.1:${one.port}/head.wasm` } } }]
  const objects = stream(
    ...gateway({ http: port }),
    backend("one", one.port),
    ...["steady", "extended"].map((name) => route(name, [prefix(`/${name}`, { backendRefs: [to("one")] })])),
    extensions("extended", { kind: "HTTPRoute", name: "extended" }, { wasm }),
  )
  using place = createPlace({ "all.yaml": objects })
  const socketPath = join(place.folder, "xds.sock")
  const addresses = ["--xds-address", `unix:${socketPath}`, "--module-address", `127.0.0.1:${modules}`]
  await using server = startCommand(place, "serve", ...addresses)
  await server.said(/^ready /m)
  const status = async (): Promise<string> => (await attacheBeside(place.state, "status")).stdout
  await expect
    .poll(status, { timeout: 15_000 })
    .toMatch(/EnvoyExtensionPolicy default\/extended: Accepted is false.*Unable to create Wasm plugin/)
  await using _ = await runEnvoy({
    path: (await findEnvoy()).path,
    bootstrap: createBootstrap({ nodeId: "n", nodeCluster: "default/gw", xds: { socketPath } }),
  })
  await untilAnswer(port, "/steady", (answer) => answer.status === 200)
  expect((await send(port, "/extended")).status).toBe(403)
})
