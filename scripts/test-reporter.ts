import { relative } from "node:path"
import type { Reporter, TestCase, TestModule, TestSuite, Vitest } from "vitest/node"
import { repositoryRoot } from "./workspace.ts"

/** A test that did not run. */
export interface SkippedTest {
  /** File and full name. */
  readonly name: string
  /** Note of `context.skip(note)`; absent for tests that were skipped without a word. */
  readonly reason?: string
}

/** Outcome of a run of tests. */
export interface TestSummary {
  readonly passed: number
  /** Failed tests, files that could not be loaded, hooks that failed, and errors outside of any test. */
  readonly failed: number
  readonly skipped: readonly SkippedTest[]
}

/** The slowest file that is not worth a line, in milliseconds. */
const slowMs = 5_000

/** What a reporter asks for and gives. */
export interface TestReporterOptions {
  /** Gets one line at a time. */
  readonly write: (line: string) => void
  /** Called once at the end. */
  readonly onEnd: (summary: TestSummary) => void
}

/** A reporter that is silent about what passes quickly and prints what fails in full, as soon as its file has ended. */
export function createTestReporter({ write, onEnd }: TestReporterOptions): Reporter {
  let vitest: Vitest | undefined
  const print = (title: string, errors: readonly unknown[]): void => {
    write(`FAILED ${title}`)
    for (const error of errors) write(vitest?.logger.formatError(error, { fullStack: true }).output ?? String(error))
  }
  return {
    onInit: (context) => {
      vitest = context
    },
    onTestModuleEnd: (module) => {
      for (const failure of failuresOf(module)) print(failure.title, failure.errors)
      const { duration } = module.diagnostic()
      if (duration > slowMs) write(`${pathOf(module)} took ${(duration / 1000).toFixed(1)} s`)
    },
    onTestRunEnd: (modules, unhandled) => {
      for (const error of unhandled) print("outside of any test", [error])
      const isFiltered = vitest?.config.testNamePattern !== undefined
      onEnd(summaryOf(modules, unhandled.length, isFiltered))
    },
  }
}

/** Adds up what the modules tell. With a name filter the tests it leaves out are no skipped ones. */
export function summaryOf(modules: readonly TestModule[], unhandled: number, isFiltered: boolean): TestSummary {
  const cases = modules.flatMap((module) => [...module.children.allTests()])
  const skipped = cases.flatMap((test) => skippedOf(test)).filter(({ reason }) => !isFiltered || reason !== undefined)
  return {
    passed: cases.filter((test) => test.result().state === "passed").length,
    failed: modules.flatMap(failuresOf).length + unhandled,
    skipped,
  }
}

function skippedOf(test: TestCase): readonly SkippedTest[] {
  const result = test.result()
  if (result.state !== "skipped") return []
  const name = `${pathOf(test.module)} > ${test.fullName}`
  return [result.note === undefined ? { name } : { name, reason: result.note }]
}

interface Failure {
  readonly title: string
  readonly errors: readonly unknown[]
}

function failuresOf(module: TestModule): readonly Failure[] {
  const path = pathOf(module)
  const own = failureOf(path, module.errors())
  const suites = [...module.children.allSuites()].flatMap((suite: TestSuite) =>
    failureOf(`${path} > ${suite.fullName} (hook)`, suite.errors()),
  )
  const tests = [...module.children.allTests("failed")].map((test) => ({
    title: `${path} > ${test.fullName}`,
    errors: test.result().errors ?? [],
  }))
  return [...own, ...suites, ...tests]
}

function failureOf(title: string, errors: readonly unknown[]): readonly Failure[] {
  return errors.length === 0 ? [] : [{ title, errors }]
}

function pathOf(module: TestModule): string {
  return relative(repositoryRoot, module.moduleId)
}
