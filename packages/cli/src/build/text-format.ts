import { dirname, join } from "node:path"
import { packageOf } from "./installed-package.ts"
import type { Project } from "./project.ts"
import { type CompilePlan, type Environment, missing, programOnPath } from "./toolchain.ts"

/**
 * How a module in the text format becomes binary, with the names of its functions: by `wat2wasm`, by `wasm-tools`, or by the
 * `wasm-as` of the package binaryen, which AssemblyScript's compiler brings.
 *
 * @param installedWith folder from which that package is looked for after the project's; default: the command's
 * @throws AttacheError ATT_BUILD_TOOLCHAIN
 */
export function planText(
  project: Project,
  env: Environment,
  result: string,
  installedWith = import.meta.dirname,
): CompilePlan {
  const { file: source = "", folder } = project
  const wabt = programOnPath("wat2wasm", env)
  if (wabt !== undefined)
    return { step: { command: wabt, args: ["--debug-names", source, "-o", result], folder }, result }
  const tools = programOnPath("wasm-tools", env)
  if (tools !== undefined) return { step: { command: tools, args: ["parse", source, "-o", result], folder }, result }
  const binaryen = packageOf("binaryen", folder) ?? packageOf("binaryen", installedWith)
  if (binaryen === undefined)
    throw missing(
      "neither wat2wasm nor wasm-tools is installed",
      "install wabt (apt, brew, npm), cargo install wasm-tools, or npm install binaryen",
    )
  const assembler = join(dirname(binaryen), "bin", "wasm-as")
  const args = [assembler, "-g", "--all-features", source, "-o", result]
  return { step: { command: process.execPath, args, folder }, result }
}
