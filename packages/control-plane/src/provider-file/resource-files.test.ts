import { execFileSync } from "node:child_process"
import { chmod, mkdir, symlink, truncate, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { temporaryDirectory } from "../../test/temporary-directory.ts"
import {
  isResourceFile,
  maxFileBytes,
  readResourceFile,
  requireResourceFiles,
  resourceFiles,
  stampOf,
} from "./resource-files.ts"

describe("isResourceFile", () => {
  it.each([
    ["a.yaml", true],
    ["a.yml", true],
    ["A.YAML", true],
    ["a.json", true],
    [".a.yaml", false],
    ["..data", false],
    [".a.yaml.swp", false],
    ["a.yaml~", false],
    ["#a.yaml#", false],
    ["#a.yaml", false],
    ["a.yaml.orig", false],
    ["a.txt", false],
    ["yaml", false],
  ])("%s: %s", (name, want) => {
    expect(isResourceFile(name)).toBe(want)
  })
})

describe("resourceFiles", () => {
  it("gives files for themselves, folders for their direct children, and nothing twice", async () => {
    await using folder = await temporaryDirectory()
    const at = (...names: string[]) => join(folder.path, ...names)
    await mkdir(at("inner"))
    await mkdir(at("folder.yaml"))
    for (const name of ["b.yaml", "a.yaml", "c.txt", ".hidden.yaml", "inner/d.yaml"]) await writeFile(at(name), "")
    await symlink("a.yaml", at("link.yaml"))
    await symlink("nowhere", at("dangling.yaml"))
    await symlink("loop.yaml", at("loop.yaml"))
    expect(
      resourceFiles([folder.path, at("a.yaml"), at("c.txt"), at("missing"), at("loop.yaml"), at("a.yaml/x")]),
    ).toEqual(["a.yaml", "b.yaml", "c.txt", "link.yaml"].map((name) => at(name)))
  })

  it("refuses paths without any file when files are required", async () => {
    await using folder = await temporaryDirectory()
    expect(() => requireResourceFiles([folder.path])).toThrow(expect.objectContaining({ code: "ATT_FILE_NONE" }))
    await writeFile(join(folder.path, "a.yaml"), "")
    expect(requireResourceFiles([folder.path])).toEqual([join(folder.path, "a.yaml")])
  })
})

describe("readResourceFile", () => {
  it("gives the text", async () => {
    await using folder = await temporaryDirectory()
    await writeFile(join(folder.path, "a"), "größe\n")
    expect(readResourceFile(join(folder.path, "a"))).toBe("größe\n")
  })

  it("refuses what is too large, is missing, or is no file", async () => {
    await using folder = await temporaryDirectory()
    const large = join(folder.path, "large.yaml")
    await writeFile(large, "")
    await truncate(large, maxFileBytes + 1)
    expect(() => readResourceFile(large)).toThrow(expect.objectContaining({ code: "ATT_FILE_TOO_LARGE" }))
    const unreadable = expect.objectContaining({ code: "ATT_FILE_UNREADABLE" })
    expect(() => readResourceFile(join(folder.path, "missing"))).toThrow(unreadable)
    expect(() => readResourceFile(folder.path)).toThrow(unreadable)
  })

  it.skipIf(process.platform === "win32")("does not wait for a named pipe that nobody writes to", async () => {
    await using folder = await temporaryDirectory()
    const pipe = join(folder.path, "pipe.yaml")
    execFileSync("mkfifo", [pipe])
    expect(() => readResourceFile(pipe)).toThrow(expect.objectContaining({ code: "ATT_FILE_UNREADABLE" }))
  })

  it.skipIf(process.getuid?.() === 0)("says which file may not be read", async () => {
    await using folder = await temporaryDirectory()
    const secret = join(folder.path, "secret.yaml")
    await writeFile(secret, "")
    await chmod(secret, 0)
    expect(() => readResourceFile(secret)).toThrow(/secret\.yaml cannot be read: EACCES/)
  })
})

describe("stampOf", () => {
  it("differs after a write and is absent for what is not there", async () => {
    await using folder = await temporaryDirectory()
    const file = join(folder.path, "a")
    expect(stampOf(file)).toBeUndefined()
    await writeFile(file, "1")
    const before = stampOf(file)
    await writeFile(file, "22")
    expect(stampOf(file)?.stamp).not.toBe(before?.stamp)
    expect(stampOf(file)).toEqual(stampOf(file))
  })
})
