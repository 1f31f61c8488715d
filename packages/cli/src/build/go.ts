import type { Project } from "./project.ts"
import { runStep } from "./run-step.ts"
import { type CompilePlan, type Environment, missing, programOnPath } from "./toolchain.ts"

/** First minor version of Go 1 that makes reactors: modules that stay after their start. */
const firstMinor = 24

/**
 * How Go compiles the main package of a folder to a guest: as a reactor for WASI.
 *
 * @throws AttacheError ATT_BUILD_TOOLCHAIN
 */
export async function planGo(
  project: Project,
  env: Environment,
  timeoutMs: number,
  result: string,
): Promise<CompilePlan> {
  const go = programOnPath("go", env)
  if (go === undefined) throw missing("go is not installed", `install Go 1.${firstMinor} or newer`)
  const { stdout } = await runStep({ command: go, args: ["env", "GOVERSION"], folder: project.folder }, env, timeoutMs)
  const minor = Number(/^go1\.(\d+)/.exec(stdout.trim())?.[1] ?? Number.NaN)
  if (minor < firstMinor)
    throw missing(
      `${stdout.trim()} cannot make a module that stays after its start`,
      `install Go 1.${firstMinor} or newer`,
    )
  // Names of functions, for Envoy's backtraces, are two bytes in a hundred.
  const args = ["build", "-trimpath", "-ldflags=-w", "-buildmode=c-shared", "-o", result, "."]
  const step = { command: go, args, folder: project.folder, env: { GOOS: "wasip1", GOARCH: "wasm" } }
  return { step, result }
}
