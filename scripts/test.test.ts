import { fork } from "node:child_process"
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it, vi } from "vitest"
import { joined, skippedLines, skippedWithoutEnvoy, summaryLine } from "./test.ts"
import type { TestSummary } from "./test-reporter.ts"
import { repositoryRoot } from "./workspace.ts"

vi.setConfig({ testTimeout: 60_000 })

describe("the last line", () => {
  it("counts all that ran", () => {
    const a = { passed: 1, failed: 2, skipped: [{ name: "a" }] }
    expect(summaryLine(joined(a, { passed: 10, failed: 0, skipped: [{ name: "b" }] }))).toBe(
      "11 passed, 2 failed, 2 skipped",
    )
  })
})

describe("skipped tests", () => {
  it("are named by reason, up to a limit", () => {
    const skipped = [{ name: "a", reason: "no go" }, { name: "b" }, { name: "c", reason: "no go" }, { name: "d" }]
    expect(skippedLines(skipped, 3)).toEqual([
      ...["skipped: no go", "  a", "  c"],
      ...["skipped: no reason given", "  b", "  ... and 1 more"],
    ])
    expect(skippedLines([])).toEqual([])
  })
})

describe("without an Envoy", () => {
  it.each([
    [[], 30],
    [["packages/envoy", "-t", "envoy"], 2],
    [["e2e/stop", "e2e/command"], 2],
    [["packages/base"], 0],
  ] as const)("arguments %j leave out files of end-to-end tests, which are named", (parameters, atLeast) => {
    const skipped = skippedWithoutEnvoy(parameters)
    expect(skipped.length).toBeGreaterThanOrEqual(atLeast)
    if (atLeast === 0) expect(skipped).toEqual([])
    for (const { name, reason } of skipped)
      expect([name, reason]).toEqual([expect.stringMatching(/\.e2e\.ts$/), "there is no Envoy to run"])
  })
})

const sample = `
import { afterAll, describe, expect, it, vi } from "vitest"
it("passes", () => {})
it("fails", () => expect({ a: 1 }).toEqual({ a: 2 }))
it.skip("sleeps", () => {})
it("needs a tool", (context) => context.skip("no tool here"))
describe("suite", () => {
  afterAll(() => { throw new Error("hook broke") })
  it("passes too", () => {})
})
`

/** Runs our runner over files in a project of their own; gives what it printed and the summary it sent. */
async function runSample(files: Readonly<Record<string, string>>, ...parameters: string[]) {
  const root = mkdtempSync(join(tmpdir(), "attache-test-"))
  try {
    symlinkSync(join(repositoryRoot, "node_modules"), join(root, "node_modules"))
    writeFileSync(join(root, "vitest.config.mjs"), 'export default { test: { include: ["*.test.ts"] } }')
    for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text)
    // Without what this vitest tells its own workers.
    const kept = Object.entries(process.env).filter(([name]) => !/^(VITEST|VITE_|NODE_|TEST$)/.test(name))
    const child = fork(join(import.meta.dirname, "run-vitest.ts"), parameters, {
      cwd: root,
      execArgv: [],
      silent: true,
      env: { ...Object.fromEntries(kept), NO_COLOR: "1" },
    })
    let text = ""
    let summary: TestSummary | undefined
    child.stdout?.on("data", (data) => (text += String(data)))
    child.stderr?.on("data", (data) => (text += String(data)))
    child.on("message", (message) => {
      summary = message as TestSummary
    })
    await new Promise((resolve) => child.on("close", resolve))
    return { text, summary }
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

describe("the reporter", () => {
  it("prints failures in full, counts broken hooks and files, and gives reasons of skips", async () => {
    const { text, summary } = await runSample({ "a.test.ts": sample, "b.test.ts": 'import "./absent.ts"' })
    expect(summary, text).toMatchObject({ passed: 2, failed: 3 })
    expect(summary?.skipped.map(({ name, reason }) => [name.replace(/^.*\//, ""), reason])).toEqual([
      ["a.test.ts > sleeps", undefined],
      ["a.test.ts > needs a tool", "no tool here"],
    ])
    for (const want of [
      /FAILED .*a\.test\.ts > fails/,
      /\+ {5}"a": 1|-.*"a": 2/,
      /hook broke/,
      /FAILED .*b\.test\.ts/,
      /absent\.ts/,
    ]) {
      expect(text).toMatch(want)
    }
    expect(text).not.toContain("passes")
  })

  it("does not count what a name filter leaves out", async () => {
    const { summary, text } = await runSample({ "a.test.ts": sample }, "-t", "passes")
    expect(summary, text).toMatchObject({ passed: 2, skipped: [] })
  })
})
