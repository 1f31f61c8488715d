import { spawnSync } from "node:child_process"
import { lstat, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, it } from "vitest"
import { clearSocketPath } from "./socket-path.ts"

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "socket-"))
})
afterEach(() => rm(folder, { recursive: true }))

it("replaces a socket whose owner died", async () => {
  const path = join(folder, "stale.sock")
  const script = `require("node:net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`
  spawnSync(process.execPath, ["-e", script])
  expect((await lstat(path)).isSocket()).toBe(true)
  await clearSocketPath(path)
  await expect(lstat(path)).rejects.toMatchObject({ code: "ENOENT" })
})

it("leaves a file that is no socket", async () => {
  const path = join(folder, "precious")
  await writeFile(path, "data")
  await expect(clearSocketPath(path)).rejects.toMatchObject({ code: "ATT_EXT_PROC_ADDRESS_INVALID" })
  expect((await lstat(path)).isFile()).toBe(true)
})

it.each([
  ["relative", "here.sock"],
  ["too long", `/${"a".repeat(107)}`],
])("refuses a %s path", async (_name, path) => {
  await expect(clearSocketPath(path)).rejects.toMatchObject({ code: "ATT_EXT_PROC_ADDRESS_INVALID" })
})
