/**
 * All tests: unit, end to end, and conformance where a corpus lies at hand. The last line is `N passed, N failed, N skipped`.
 *
 * `npm test` runs all of them; arguments go to vitest (`npm test -- packages/base`, `npm test -- -t cycle`).
 */
import { fork, spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { dirname, join } from "node:path"
import { createInterface } from "node:readline"
import type { SkippedTest, TestSummary } from "./test-reporter.ts"
import { repositoryRoot } from "./workspace.ts"

/** No run of a kind of test takes longer, unless it hangs. */
const longestMs = 30 * 60 * 1000

/** Skipped tests that are named one by one. */
const namedSkips = 40

const nothing: TestSummary = { passed: 0, failed: 0, skipped: [] }

/** The line that ends the run. */
export function summaryLine({ passed, failed, skipped }: TestSummary): string {
  return `${passed} passed, ${failed} failed, ${skipped.length} skipped`
}

/** Two outcomes as one. */
export function joined(a: TestSummary, b: TestSummary): TestSummary {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: [...a.skipped, ...b.skipped] }
}

/** Skipped tests by reason, the given reasons first: `skipped: REASON` and the names below it. */
export function skippedLines(skipped: readonly SkippedTest[], limit: number = namedSkips): readonly string[] {
  const groups = Map.groupBy(skipped, ({ reason }) => reason ?? "no reason given")
  let left = limit
  return [...groups].flatMap(([reason, tests]) => {
    const named = tests.slice(0, left)
    left -= named.length
    const rest = tests.length - named.length
    const lines = named.map(({ name }) => `  ${name}`)
    return [`skipped: ${reason}`, ...lines, ...(rest === 0 ? [] : [`  ... and ${rest} more`])]
  })
}

/** Counts of the last line of the form `N passed, N failed` in the conformance runner's output. */
export function conformanceSummary(lines: readonly string[]): TestSummary | undefined {
  const match = lines.map((line) => /^(\d+) passed, (\d+) failed/.exec(line)).findLast((found) => found !== null)
  return match === undefined || match === null
    ? undefined
    : { passed: Number(match[1]), failed: Number(match[2]), skipped: [] }
}

function runVitest(parameters: readonly string[]): Promise<TestSummary> {
  return new Promise((resolve) => {
    let summary: TestSummary | undefined
    // Two cores: more workers than that only make the end-to-end tests slower than their limits.
    const child = fork(join(import.meta.dirname, "run-vitest.ts"), ["--maxWorkers=2", ...parameters], {
      cwd: repositoryRoot,
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      timeout: longestMs,
      killSignal: "SIGKILL",
    })
    child.on("message", (message) => {
      summary = message as TestSummary
    })
    child.on("close", (code, signal) => {
      if (summary !== undefined && (code === 0 || summary.failed > 0)) return resolve(summary)
      console.log(`FAILED the test runner ended with ${signal ?? `exit code ${code}`}`)
      resolve(joined(summary ?? nothing, { ...nothing, failed: 1 }))
    })
  })
}

async function runConformance(): Promise<TestSummary> {
  const runner = join(repositoryRoot, "conformance", "run.ts")
  if (!existsSync(runner)) return nothing
  const corpus = join(process.env["ATTACHE_GOLDEN"] ?? join(dirname(repositoryRoot), "shared", "golden"), "gateway")
  if (!existsSync(corpus)) {
    return { ...nothing, skipped: [{ name: "conformance", reason: "no corpus: ATTACHE_GOLDEN names none" }] }
  }
  const child = spawn(process.execPath, [runner, "--corpus", corpus], {
    cwd: repositoryRoot,
    stdio: ["ignore", "pipe", "inherit"],
    timeout: longestMs,
  })
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve))
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line)
    console.log(line)
  }
  const code = await ended
  const summary = conformanceSummary(lines)
  if (summary !== undefined && (code === 0 || summary.failed > 0)) return summary
  console.log(`FAILED the conformance runner ended with exit code ${code}`)
  return joined(summary ?? nothing, { ...nothing, failed: 1 })
}

async function main(): Promise<void> {
  const parameters = process.argv.slice(2)
  const tests = await runVitest(parameters)
  const summary = joined(tests, parameters.length === 0 ? await runConformance() : nothing)
  for (const line of skippedLines(summary.skipped)) console.log(line)
  console.log(summaryLine(summary))
  process.exitCode = summary.failed === 0 ? 0 : 1
}

if (process.argv[1] === import.meta.filename) await main()
