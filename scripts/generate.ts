/**
 * Writes everything that is generated and committed: the pages of error codes, defects and features, and the APIs where their
 * tools are there.
 *
 * `npm run generate`; with `-- --check` nothing is written, and what differs makes exit code 1. `-- --local` leaves out
 * the APIs, whose first generation takes minutes.
 */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { errorReference, errorReferencePath, readCodeTables } from "./error-reference.ts"
import { faultReference, faultReferencePath, faults } from "./fault-reference.ts"
import { featureReference, featureReferencePath, readFeatures } from "./feature-reference.ts"
import { repositoryRoot } from "./workspace.ts"

/** Scripts that fetch their sources with a tool of the machine. */
const withTools = [
  { script: "generate-envoy-api.ts", tool: "go", version: "version" },
  { script: "generate-kube-api.ts", tool: "go", version: "version" },
] as const

const isCheck = process.argv.includes("--check")

function generatePage(name: string, wanted: string): void {
  const path = join(repositoryRoot, name)
  const isSame = existsSync(path) && readFileSync(path, "utf8") === wanted
  if (!isSame && !isCheck) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, wanted)
  }
  report(name, isSame ? "unchanged" : isCheck ? "differs" : "written")
}

function generateWithTool({ script, tool, version }: (typeof withTools)[number]): void {
  const path = join(import.meta.dirname, script)
  if (!existsSync(path)) return
  if (spawnSync(tool, [version]).status !== 0) {
    report(script, `left out: ${tool} is not installed`)
    return
  }
  const { status } = spawnSync(process.execPath, [path, ...(isCheck ? ["--check"] : [])], {
    cwd: repositoryRoot,
    stdio: ["ignore", "inherit", "inherit"],
  })
  report(script, status === 0 ? "done" : isCheck ? "differs" : "failed")
}

function report(what: string, outcome: string): void {
  console.log(`${what}: ${outcome}`)
  if (outcome === "differs" || outcome === "failed") process.exitCode = 1
}

generatePage(errorReferencePath, errorReference(await readCodeTables()))
generatePage(faultReferencePath, faultReference(faults))
generatePage(featureReferencePath, featureReference(readFeatures()))
if (!process.argv.includes("--local")) for (const each of withTools) generateWithTool(each)
