import { existsSync } from "node:fs"
import { isAbsolute, join } from "node:path"
import type { Project } from "./project.ts"
import { runStep } from "./run-step.ts"
import { type CompilePlan, type Environment, isProgram, missing, programOnPath } from "./toolchain.ts"

const install = "install the WASI SDK and set WASI_SDK_PATH, or clang, lld and wasi-libc of your distribution"

/**
 * How clang compiles a source file to a guest: a reactor with the C library of WASI where there is one, otherwise freestanding.
 *
 * Looks for the WASI SDK (`WASI_SDK_PATH`, `/opt/wasi-sdk`), then for clang on the PATH. `CFLAGS` are passed on.
 *
 * @throws AttacheError ATT_BUILD_TOOLCHAIN
 */
export async function planC(
  project: Project,
  env: Environment,
  timeoutMs: number,
  result: string,
): Promise<CompilePlan> {
  const clang = findClang(env)
  if (clang === undefined) throw missing("clang is not installed", install)
  const ask = async (...args: readonly string[]): Promise<string> =>
    (await runStep({ command: clang, args, folder: project.folder }, env, timeoutMs)).stdout.trim()
  if (!(await ask("--print-targets")).includes("wasm32"))
    throw missing(`${clang} does not know the target wasm32`, install)
  const linker = await ask("--target=wasm32", "-print-prog-name=wasm-ld")
  if (!(isAbsolute(linker) ? isProgram(linker) : programOnPath(linker, env) !== undefined))
    throw missing("the linker wasm-ld is not installed", "install lld")
  const own = (env.CFLAGS ?? "").split(/\s+/).filter((flag) => flag !== "")
  const library = await ask("--target=wasm32-wasi", ...own, "-print-file-name=libc.a")
  const kind =
    isAbsolute(library) && existsSync(library)
      ? ["--target=wasm32-wasi", "-mexec-model=reactor"]
      : ["--target=wasm32", "-nostdlib", "-Wl,--no-entry"]
  const args = [...kind, "-O2", ...own, "-o", result, project.file ?? ""]
  return { step: { command: clang, args, folder: project.folder }, result }
}

function findClang(env: Environment): string | undefined {
  const kits = [env.WASI_SDK_PATH, "/opt/wasi-sdk"].flatMap((kit) =>
    kit === undefined ? [] : [join(kit, "bin", "clang")],
  )
  return kits.find(isProgram) ?? programOnPath("clang", env)
}
