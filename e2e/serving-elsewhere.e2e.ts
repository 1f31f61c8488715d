// Envoys that somebody else runs: what can be known of them is what they accepted.
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createBootstrap, findEnvoy, freePorts, runEnvoy } from "@attache/envoy"
import { expect, it } from "vitest"
import { attacheBeside, command } from "./attache-command.ts"
import { backend, gateway, prefix, route, stream, to } from "./resources.ts"

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
