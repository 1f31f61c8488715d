// However the command ends, nothing of it stays behind.
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freePorts } from "@attache/envoy"
import { beforeAll, describe, expect, it } from "vitest"
import { buildIfStale } from "./gateway-under-test.ts"
import { descendants, isGone } from "./process-tree.ts"
import { gateway, stream } from "./resources.ts"

const command = join(import.meta.dirname, "..", "packages", "cli", "bin", "attache.mjs")

beforeAll(buildIfStale)

/** A Node too old for the command, which then hands over to the pinned one. */
const oldNode = ["/usr/local/bin/node", "/usr/bin/node"].find(
  (path) => existsSync(path) && Number(/^v(\d+)/.exec(String(spawnSync(path, ["--version"]).stdout))?.[1]) < 22,
)

async function untilGone(pids: readonly number[]): Promise<readonly number[]> {
  const deadline = Date.now() + 15_000
  for (;;) {
    const alive = pids.filter((pid) => !isGone(pid))
    if (alive.length === 0 || Date.now() > deadline) return alive
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

function untilReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ""
    child.stderr?.on("data", (chunk: Buffer) => {
      said += String(chunk)
      if (/^ready in /m.test(said)) resolve()
    })
    child.on("exit", (code) => reject(new Error(`ended with ${code}:\n${said}`)))
  })
}

describe.skipIf(process.platform !== "linux")("attache run leaves no process behind", () => {
  const nodes = [["this Node", process.execPath] as const, ["a Node too old", oldNode] as const]
  for (const [name, node] of nodes)
    for (const signal of ["SIGINT", "SIGTERM", "SIGKILL"] as const)
      it.skipIf(node === undefined)(`under ${name}, at ${signal} to the command alone`, async () => {
        const [port] = (await freePorts(1)) as [number]
        const folder = mkdtempSync(join(tmpdir(), "attache-stop-"))
        writeFileSync(join(folder, "gateway.yaml"), stream(...gateway({ http: port })))
        const child = spawn(node ?? "", [command, "run", "-f", folder], {
          stdio: ["ignore", "ignore", "pipe"],
          env: { ...process.env, ATTACHE_STATE_DIR: join(folder, ".state"), NO_COLOR: "1" },
        })
        try {
          await untilReady(child)
          const below = descendants(child.pid ?? 0)
          const names = below.map((pid) => readFileSync(`/proc/${pid}/comm`, "utf8").trim())
          expect(names).toContain("envoy")
          child.kill(signal)
          expect(await untilGone(below)).toEqual([])
        } finally {
          child.kill("SIGKILL")
          rmSync(folder, { recursive: true, force: true })
        }
      })
})

it.skipIf(process.platform !== "linux")("attache clean removes all that a killed run left", async () => {
  const [port] = (await freePorts(1)) as [number]
  const folder = mkdtempSync(join(tmpdir(), "attache-stop-"))
  writeFileSync(join(folder, "gateway.yaml"), stream(...gateway({ http: port })))
  const [state, temporary] = [join(folder, ".state"), join(folder, "tmp")]
  mkdirSync(temporary)
  const env = { ...process.env, ATTACHE_STATE_DIR: state, TMPDIR: temporary, NO_COLOR: "1" }
  const child = spawn(process.execPath, [command, "run", "-f", folder], { stdio: ["ignore", "ignore", "pipe"], env })
  const left = () =>
    [...readdirSync(temporary), ...readdirSync(join(state, "instances"))].filter((name) => /\d/.test(name))
  try {
    await untilReady(child)
    const below = descendants(child.pid ?? 0)
    child.kill("SIGKILL")
    expect(await untilGone(below)).toEqual([])
    expect(left().length).toBeGreaterThan(1)
    const { status, stdout } = spawnSync(process.execPath, [command, "clean"], { encoding: "utf8", env })
    expect([status, stdout, left()]).toEqual([0, expect.stringContaining("removed "), []])
  } finally {
    child.kill("SIGKILL")
    rmSync(folder, { recursive: true, force: true })
  }
})
