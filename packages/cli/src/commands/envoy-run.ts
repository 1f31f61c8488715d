import { spawn } from "node:child_process"
import type { ExitCode } from "../exit.ts"
import { findEnvoyFor } from "../find-envoy.ts"
import type { Options } from "../options.ts"
import { say } from "../output/format.ts"

/** Runs Envoy in the foreground with arguments of the user's. */
export async function run(args: readonly string[], options: Options): Promise<ExitCode> {
  const found = await findEnvoyFor(options)
  for (const note of found.notes) say(note)
  const child = spawn(found.path, args, { stdio: "inherit" })
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal))
  return new Promise((resolve, reject) => {
    child.on("error", reject)
    child.on("exit", (code, signal) => resolve((signal === "SIGINT" ? 130 : (code ?? 1)) as ExitCode))
  })
}
