/**
 * Everything that can be judged without running the project: format, lint, types, floors, sizes. `npm run check`.
 *
 * One line for each step; a failed one shows its findings. Exit code 1 if any failed.
 */
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { checkFloors, checkLines, formatViolation, readFloorRules } from "./check-floors.ts"
import { readWorkspace, repositoryRoot } from "./workspace.ts"

/** One step; gives what it found, nothing when all is well. */
interface Step {
  readonly name: string
  readonly findings: () => string
}

const steps: readonly Step[] = [
  {
    name: "format and lint",
    findings: () =>
      tool("biome", "check", "--error-on-warnings", "--diagnostic-level=warn", "--max-diagnostics=50", "."),
  },
  { name: "lint with types", findings: () => tool("oxlint", "--type-aware", "--quiet", ".") },
  {
    name: "types",
    findings: () =>
      tool("tsc", "-p", "tsconfig.json", "--noEmit") ||
      tool("tsc", "-p", "packages/wasm-sdk/tsconfig.json", "--noEmit"),
  },
  { name: "floors", findings: () => checkFloors(readWorkspace(), readFloorRules()).map(formatViolation).join("\n") },
  { name: "sizes", findings: () => checkLines(readWorkspace(), readFloorRules()).map(formatViolation).join("\n") },
]

/** Output of a tool that failed; nothing when it ended well. */
function tool(name: string, ...parameters: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(join(repositoryRoot, "node_modules", ".bin", name), parameters, {
    cwd: repositoryRoot,
    encoding: "utf8",
    env: process.stdout.isTTY ? process.env : { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" },
    maxBuffer: 64 * 1024 * 1024,
  })
  if (status === 0) return ""
  return `${stdout ?? ""}${stderr ?? ""}`.trimEnd() || `${name} ended with ${error?.message ?? `exit code ${status}`}`
}

for (const { name, findings } of steps) {
  const started = performance.now()
  const found = findings()
  const took = `${((performance.now() - started) / 1000).toFixed(1)} s`
  console.log(`${name.padEnd(16)} ${found === "" ? "OK" : "failed"} ${took}`)
  if (found === "") continue
  console.log(found)
  process.exitCode = 1
}
