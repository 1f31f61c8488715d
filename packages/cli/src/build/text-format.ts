import type { Project } from "./project.ts"
import { type CompilePlan, type Environment, missing, programOnPath } from "./toolchain.ts"

/**
 * How a module in the text format becomes binary, with the names of its functions: by `wat2wasm`, or by `wasm-tools`.
 *
 * @throws AttacheError ATT_BUILD_TOOLCHAIN
 */
export function planText(project: Project, env: Environment, result: string): CompilePlan {
  const source = project.file ?? ""
  const wabt = programOnPath("wat2wasm", env)
  const folder = project.folder
  if (wabt !== undefined)
    return { step: { command: wabt, args: ["--debug-names", source, "-o", result], folder }, result }
  const tools = programOnPath("wasm-tools", env)
  if (tools !== undefined) return { step: { command: tools, args: ["parse", source, "-o", result], folder }, result }
  throw missing(
    "neither wat2wasm nor wasm-tools is installed",
    "install wabt (apt, brew, npm) or cargo install wasm-tools",
  )
}
