import { existsSync, readFileSync, realpathSync } from "node:fs"
import { join } from "node:path"
import { AttacheError } from "@attache/base"
import type { Project } from "./project.ts"
import { runStep } from "./run-step.ts"
import { type CompilePlan, type Environment, missing, programOnPath, type Step } from "./toolchain.ts"

/** Targets a guest may be compiled for, the better one first: with `wasip1` the environment and a clock work. */
const targets = ["wasm32-wasip1", "wasm32-unknown-unknown"] as const

interface Metadata {
  readonly target_directory: string
  readonly packages: readonly {
    readonly manifest_path: string
    readonly targets: readonly { readonly name: string; readonly crate_types: readonly string[] }[]
  }[]
}

/**
 * How cargo compiles a crate to a guest: its `cdylib`, released, for the target of `.cargo/config.toml` or the first of
 * {@link targets} that is installed.
 *
 * @throws AttacheError ATT_BUILD_TOOLCHAIN, ATT_BUILD_FAILED
 */
export async function planRust(project: Project, env: Environment, timeoutMs: number): Promise<CompilePlan> {
  const cargo = programOnPath("cargo", env)
  if (cargo === undefined)
    throw missing("cargo is not installed", "install Rust with rustup, then rustup target add wasm32-wasip1")
  const configuration = configurationOf(project.folder)
  const target = configuration.target ?? (await installedTarget(project, env, timeoutMs))
  const query = ["metadata", "--no-deps", "--format-version", "1"]
  const answer = await runStep({ command: cargo, args: query, folder: project.folder }, env, timeoutMs)
  if (answer.code !== 0)
    throw new AttacheError("ATT_BUILD_FAILED", answer.stderr.trim(), { hint: "correct Cargo.toml" })
  const metadata = JSON.parse(answer.stdout) as Metadata
  const library = metadata.packages
    // Cargo gives the path without links.
    .filter(({ manifest_path }) => manifest_path === realpathSync(join(project.folder, "Cargo.toml")))
    .flatMap((each) => each.targets)
    .find(({ crate_types }) => crate_types.includes("cdylib"))
  if (library === undefined)
    throw new AttacheError("ATT_BUILD_FAILED", "the crate makes no module: it has no cdylib", {
      hint: 'add [lib] with crate-type = ["cdylib"] to Cargo.toml',
    })
  const name = `${library.name.replaceAll("-", "_")}.wasm`
  return {
    step: { command: cargo, args: ["build", "--release", "--target", target], folder: project.folder },
    result: join(metadata.target_directory, target, "release", name),
  }
}

/** The target that the project itself asks for. */
function configurationOf(folder: string): { readonly target: string | undefined } {
  for (const name of ["config.toml", "config"]) {
    const path = join(folder, ".cargo", name)
    if (existsSync(path)) return { target: /^\s*target\s*=\s*"(wasm32[^"]*)"/m.exec(readFileSync(path, "utf8"))?.[1] }
  }
  return { target: undefined }
}

async function installedTarget(project: Project, env: Environment, timeoutMs: number): Promise<string> {
  const rustc = env.RUSTC ?? programOnPath("rustc", env)
  if (rustc === undefined)
    throw missing("rustc is not installed", "install Rust with rustup, then rustup target add wasm32-wasip1")
  for (const target of targets) {
    const step: Step = {
      command: rustc,
      args: ["--print", "target-libdir", "--target", target],
      folder: project.folder,
    }
    const { code, stdout } = await runStep(step, env, timeoutMs)
    if (code === 0 && existsSync(stdout.trim())) return target
  }
  const cure =
    programOnPath("rustup", env) === undefined
      ? "install the standard library of wasm32-wasip1 for this rustc; with rustup: rustup target add wasm32-wasip1"
      : "rustup target add wasm32-wasip1"
  throw missing(`Rust has no standard library for ${targets.join(" or ")}`, cure)
}
