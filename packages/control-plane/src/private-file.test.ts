import { spawnSync } from "node:child_process"
import { readdir, readFile, stat, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { temporaryDirectory } from "../test/temporary-directory.ts"
import { removeUnfinished, writePrivateFile } from "./private-file.ts"

describe("writePrivateFile", () => {
  it("writes whole files for this user alone, whoever else writes the same", async () => {
    await using folder = await temporaryDirectory()
    const path = join(folder.path, "made", "file")
    const texts = Array.from({ length: 20 }, (_, i) => String(i).repeat(10_000))
    await Promise.all(texts.map((text) => writePrivateFile(path, text)))
    expect(texts).toContain(await readFile(path, "utf8"))
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect((await stat(join(folder.path, "made"))).mode & 0o777).toBe(0o700)
    expect(await readdir(join(folder.path, "made"))).toEqual(["file"])
  })

  it("leaves nothing behind when it fails", async () => {
    await using folder = await temporaryDirectory()
    await writeFile(join(folder.path, "file"), "")
    await expect(writePrivateFile(join(folder.path, "file", "x"), "")).rejects.toThrow(/ENOTDIR|EEXIST/)
    await expect(writePrivateFile(folder.path, "")).rejects.toThrow()
    expect(await readdir(folder.path)).toEqual(["file"])
  })
})

describe("removeUnfinished", () => {
  it("removes what dead writers left, and nothing else", async () => {
    await using folder = await temporaryDirectory()
    const dead = spawnSync(process.execPath, ["--version"]).pid
    const kept = [`file.${process.pid}-0123456789ab.new`, `file.${dead}-0123456789ab`, "file.new", "file"]
    for (const name of [...kept, `file.${dead}-0123456789ab.new`]) await writeFile(join(folder.path, name), "")
    removeUnfinished(folder.path)
    expect((await readdir(folder.path)).sort()).toEqual(kept.sort())
    removeUnfinished(join(folder.path, "nowhere"))
  })
})
