import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { AttacheError, type Diagnostic } from "@attache/base"
import { type Inspection, inspectModule } from "@attache/wasm-host"
import { buildWithSdk, planAssemblyScript } from "./assemblyscript.ts"
import { planC } from "./c.ts"
import { planGo } from "./go.ts"
import type { Project } from "./project.ts"
import { runStep } from "./run-step.ts"
import { planRust } from "./rust.ts"
import { planText } from "./text-format.ts"
import type { CompilePlan, Environment } from "./toolchain.ts"

/** A module that was built, with what Envoy will think of it; or findings that say why there is none. */
export interface Build {
  /** Absent when the sources have errors. */
  readonly inspection?: Inspection
  readonly findings: readonly Diagnostic[]
  /** What the compiler wrote. */
  readonly output: string
}

/**
 * Compiles a guest and looks at the module as Envoy 1.40 will. The file of the last build is replaced only by one that
 * Envoy can load.
 *
 * @throws AttacheError ATT_BUILD_TOOLCHAIN, ATT_BUILD_FAILED, ATT_BUILD_TIMEOUT, ATT_BUILD_UNLOADABLE
 */
export async function buildGuest(project: Project, env: Environment, timeoutMs: number): Promise<Build> {
  await mkdir(dirname(project.out), { recursive: true })
  // Beside the result, so that a rename is enough.
  const temporary = await mkdtemp(join(dirname(project.out), ".build-"))
  try {
    const result = join(temporary, "guest.wasm")
    if (project.language === "assemblyscript") {
      const findings = await buildWithSdk(project, result)
      if (findings?.some(({ severity }) => severity === "error") === true) return { findings, output: "" }
      if (findings !== undefined) return withoutNames(await finish(project, result, findings, ""))
    }
    const plan = await planOf(project, env, timeoutMs, result)
    const { code, stdout, stderr } = await runStep(plan.step, env, timeoutMs)
    if (code !== 0)
      throw new AttacheError("ATT_BUILD_FAILED", `${stdout}${stderr}`.trim() || `the compiler ended with ${code}`, {
        hint: `run it by hand: ${[plan.step.command, ...plan.step.args].join(" ")}`,
      })
    return await finish(project, plan.result, [], `${stdout}${stderr}`)
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

async function planOf(project: Project, env: Environment, timeoutMs: number, result: string): Promise<CompilePlan> {
  switch (project.language) {
    case "assemblyscript":
      return planAssemblyScript(project, result)
    case "rust":
      return planRust(project, env, timeoutMs)
    case "go":
      return planGo(project, env, timeoutMs, result)
    case "c":
      return planC(project, env, timeoutMs, result)
    case "text":
      return planText(project, env, result)
  }
}

async function finish(
  project: Project,
  built: string,
  findings: readonly Diagnostic[],
  output: string,
): Promise<Build> {
  const bytes = await readFile(built)
  const inspection = inspectModule(bytes)
  if (!inspection.load.isLikely)
    throw new AttacheError("ATT_BUILD_UNLOADABLE", `Envoy will not load it: ${inspection.load.reason}`, {
      hint: inspection.findings.find(({ hint }) => hint !== undefined)?.hint ?? "attache explain ATT_BUILD_UNLOADABLE",
    })
  await place(bytes, project.out)
  return { inspection, findings: [...findings, ...inspection.findings], output }
}

/** Aborts of our SDK name their file and line themselves. */
function withoutNames(build: Build): Build {
  return { ...build, findings: build.findings.filter(({ code }) => code !== "ATT_WASM_NO_NAMES") }
}

/** Puts a file in its place in one step. */
async function place(bytes: Uint8Array, to: string): Promise<void> {
  const beside = `${to}.${process.pid}.tmp`
  await writeFile(beside, bytes)
  await rename(beside, to)
}
