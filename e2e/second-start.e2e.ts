// What V8 compiled at one start of a verb is there for the next, whatever the verb does meanwhile.
import { spawn } from "node:child_process"
import { globSync, mkdtempSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeAll, beforeEach, expect, it } from "vitest"
import { command } from "./attache-command.ts"
import { buildIfStale } from "./gateway-under-test.ts"

beforeAll(buildIfStale)

let folder = ""
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "attache-second-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Runs a verb and tells it to stop at its first word; gives how it ended. */
function start(verb: string, ...args: readonly string[]): Promise<number | null> {
  const child = spawn(process.execPath, [command, verb, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, NODE_COMPILE_CACHE: join(folder, "compiled"), ATTACHE_STATE_DIR: join(folder, "state") },
  })
  child.stdout.resume()
  if (verb === "serve") child.stdout.once("data", () => child.kill("SIGTERM"))
  return new Promise((resolve) => child.once("close", resolve))
}

/** The files that hold it, as long as they are the same. */
function kept(verb: string): readonly string[] {
  return globSync(join(folder, "compiled", "*", `attache-*-${verb}`))
    .map((path) => `${path} ${statSync(path).ino}`)
    .sort()
}

const gateway = join(import.meta.dirname, "..", "examples", "quickstart", "gateway.yaml")

it.each([
  ["version", () => []],
  ["translate", () => ["-f", gateway]],
  ["serve", () => ["-f", gateway, "--xds-address", `unix:${join(folder, "xds")}`]],
] as const)("%s compiles nothing of it again", async (verb, args) => {
  expect(await start(verb, ...args())).toBe(0)
  const first = kept(verb)
  expect(first.length).toBeGreaterThan(2)
  expect([await start(verb, ...args()), kept(verb)]).toEqual([0, first])
})
