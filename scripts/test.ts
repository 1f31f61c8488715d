/**
 * All tests: unit, end to end, and conformance with the recorded corpora where they lie at hand. The last line is `N passed, N failed, N skipped`.
 *
 * `npm test` runs all of them; arguments go to vitest (`npm test -- packages/base`, `npm test -- -t cycle`).
 */
import { fork } from "node:child_process"
import { globSync } from "node:fs"
import { join } from "node:path"
import { findEnvoy } from "@attache/envoy"
import type { SkippedTest, TestSummary } from "./test-reporter.ts"
import { endToEndTests, repositoryRoot } from "./workspace.ts"

/** No run of a kind of test takes longer, unless it hangs. */
const longestMs = 60 * 60 * 1000

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

/** Files of end-to-end tests that arguments of vitest choose; as skipped tests, for a machine without an Envoy. */
export function skippedWithoutEnvoy(parameters: readonly string[]): readonly SkippedTest[] {
  const filters = parameters.filter((parameter) => !parameter.startsWith("-"))
  return endToEndTests
    .flatMap((pattern) => globSync(pattern, { cwd: repositoryRoot }))
    .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)))
    .sort()
    .map((name) => ({ name, reason: "there is no Envoy to run" }))
}

async function hasEnvoy(): Promise<boolean> {
  return findEnvoy({ offline: true }).then(
    () => true,
    () => false,
  )
}

function runVitest(parameters: readonly string[], environment: Readonly<Record<string, string>>): Promise<TestSummary> {
  return new Promise((resolve) => {
    let summary: TestSummary | undefined
    // Two cores: more workers than that only make the end-to-end tests slower than their limits.
    const child = fork(join(import.meta.dirname, "run-vitest.ts"), ["--maxWorkers=2", ...parameters], {
      cwd: repositoryRoot,
      env: { ...process.env, ...environment },
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

async function main(): Promise<void> {
  const parameters = process.argv.slice(2)
  const summary = (await hasEnvoy())
    ? await runVitest(parameters, {})
    : joined(await runVitest([...parameters, "--passWithNoTests"], { ATTACHE_TEST_ENVOY: "none" }), {
        ...nothing,
        skipped: skippedWithoutEnvoy(parameters),
      })
  for (const line of skippedLines(summary.skipped)) console.log(line)
  console.log(summaryLine(summary))
  process.exitCode = summary.failed === 0 ? 0 : 1
}

if (process.argv[1] === import.meta.filename) await main()
