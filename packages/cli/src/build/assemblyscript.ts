import { existsSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { pathToFileURL } from "node:url"
import { AttacheError, type Diagnostic } from "@attache/base"
import { packageOf } from "./installed-package.ts"
import type { Project } from "./project.ts"
import { type CompilePlan, missing } from "./toolchain.ts"

/** The part of `@attache/wasm-sdk/build` that is used here. The project's own copy is loaded, whatever its version. */
interface SdkBuild {
  buildAssemblyScript(
    entry: string,
    out: string,
  ): Promise<{
    readonly ok: boolean
    readonly findings: readonly {
      readonly severity: "error" | "warning"
      readonly message: string
      readonly file?: string
      readonly line?: number
      readonly column?: number
    }[]
  }>
}

/**
 * Compiles a project that uses our SDK, with the SDK's own compiler options. Undefined when it uses another one.
 *
 * @returns findings with their places; the file is there when none is an error
 */
export async function buildWithSdk(project: Project, result: string): Promise<readonly Diagnostic[] | undefined> {
  if (packageOf("@attache/wasm-sdk", project.folder) === undefined || !usesSdk(project.folder)) return undefined
  const door = createRequire(join(project.folder, "entry.ts")).resolve("@attache/wasm-sdk/build")
  const sdk = (await import(pathToFileURL(door).href)) as SdkBuild
  const { findings } = await sdk.buildAssemblyScript(entryOf(project.folder), result)
  return findings.map((finding) => ({
    code: finding.severity === "error" ? "ATT_BUILD_FAILED" : "ATT_BUILD_DOUBTFUL",
    ...finding,
  }))
}

/**
 * How `asc` compiles a project of another SDK: as its own asconfig.json says, target `release`.
 *
 * @throws AttacheError ATT_BUILD_TOOLCHAIN
 */
export function planAssemblyScript(project: Project, result: string): CompilePlan {
  const compiler = packageOf("assemblyscript", project.folder)
  const sdk = packageOf("@attache/wasm-sdk", project.folder)
  if (compiler === undefined || (sdk === undefined && usesSdk(project.folder)))
    throw missing(
      `${compiler === undefined ? "the compiler assemblyscript" : "@attache/wasm-sdk"} is not installed in the project`,
      "npm install --save-dev assemblyscript @attache/wasm-sdk",
    )
  const asc = join(dirname(compiler), "bin", "asc.js")
  const args = [asc, "assembly/index.ts", "--target", "release", "--outFile", result]
  return { step: { command: process.execPath, args, folder: project.folder }, result }
}

/** Whether the project's entry or its configuration names our SDK. */
function usesSdk(folder: string): boolean {
  return [join(folder, "asconfig.json"), entryOf(folder)].some(
    (path) => existsSync(path) && readFileSync(path, "utf8").includes("@attache/wasm-sdk"),
  )
}

function entryOf(folder: string): string {
  const entry = join(folder, "assembly", "index.ts")
  if (existsSync(entry)) return entry
  throw new AttacheError("ATT_BUILD_NOTHING", `${entry} does not exist`, {
    hint: "write the guest's entry into assembly/index.ts",
  })
}
