import { spawn } from "node:child_process"
import { join } from "node:path"
import { beforeAll, expect, it } from "vitest"
import { command } from "./attache-command.ts"
import { buildIfStale } from "./gateway-under-test.ts"

beforeAll(buildIfStale)

const gateway = join(import.meta.dirname, "..", "examples", "quickstart", "gateway.yaml")

it.each([
  ["help", ["--help"], 0],
  ["a document", ["translate", "-f", gateway], 0],
  ["an envelope", ["explain", "ATT_NO_SUCH", "--output", "json"], 2],
] as const)("a reader of %s that goes before the end costs no trace and no exit code", async (_what, args, code) => {
  const child = spawn(process.execPath, [command, ...args], { stdio: ["ignore", "pipe", "pipe"] })
  child.stdout.destroy()
  let said = ""
  child.stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString("utf8")
  })
  const ended = await new Promise((resolve) => child.on("close", resolve))
  expect(said).not.toMatch(/EPIPE|\n {4}at /)
  expect(ended).toBe(code)
})
