// The command `attache` beside an instance that runs.
import { spawn } from "node:child_process"
import { join } from "node:path"

/** The file that starts the command, run by Node. */
export const command = join(import.meta.dirname, "..", "packages", "cli", "bin", "attache.mjs")

/** How a command ended. */
export interface CommandResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the command with the state folder of an instance. */
export function attacheBeside(stateFolder: string, ...args: readonly string[]): Promise<CommandResult> {
  const child = spawn(process.execPath, [command, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ATTACHE_STATE_DIR: stateFolder, NO_COLOR: "1" },
  })
  const said = { stdout: "", stderr: "" }
  for (const name of ["stdout", "stderr"] as const)
    child[name].on("data", (chunk: Buffer) => {
      said[name] += chunk.toString("utf8")
    })
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, ...said })))
}
