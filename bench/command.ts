/**
 * The command as people run it, bundled: `attache serve` over a world in files, until it is ready, and what it holds then.
 *
 * Part of `npm run bench`; alone: node bench/part.ts command ROUTES. Linux only: elsewhere there are no figures of memory.
 */
import { execFileSync, spawn } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { generateWorld } from "@attache/translate/testing"
import type { CommandFigures } from "./figures.ts"
import { writeWorld } from "./world-files.ts"

const repository = join(import.meta.dirname, "..")

/** Measures one size; the command is a process of its own. */
export async function measure([routes = "1000"]: readonly string[]): Promise<CommandFigures> {
  execFileSync(process.execPath, [join(repository, "scripts/build.ts"), "--if-stale"], { stdio: "ignore" })
  const folder = mkdtempSync(join(tmpdir(), "bench-command-"))
  writeWorld(join(folder, "objects"), generateWorld({ routes: Number(routes) }), [])
  const began = performance.now()
  const child = spawn(
    process.execPath,
    [
      // As the command's first line says.
      "--max-semi-space-size=4",
      "--min-semi-space-size=4",
      join(repository, "packages/cli/bin/attache.mjs"),
      "serve",
      "-f",
      join(folder, "objects"),
      "--xds-address",
      `unix:${join(folder, "xds")}`,
    ],
    { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, ATTACHE_STATE_DIR: join(folder, "state") } },
  )
  try {
    await new Promise((resolve, reject) => {
      child.stdout.once("data", resolve)
      child.once("exit", (code) => reject(new Error(`the command ended with exit code ${code}`)))
    })
    const readyMs = performance.now() - began
    const status = `/proc/${child.pid}/status`
    if (!existsSync(status)) return { routes: Number(routes), readyMs }
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(status, "utf8"))?.[1]
    return { routes: Number(routes), readyMs, residentMiB: Number(kib) / 1024 }
  } finally {
    child.removeAllListeners("exit")
    const ended = new Promise((resolve) => child.once("exit", resolve))
    child.kill()
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
}
