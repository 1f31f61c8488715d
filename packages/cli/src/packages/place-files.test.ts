import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, it, onTestFinished } from "vitest"
import { placeFiles } from "./place-files.ts"

function folder(): string {
  const root = mkdtempSync(join(tmpdir(), "attache-place-"))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  return root
}

const unpack = async (path: string): Promise<string> => {
  mkdirSync(join(path, "sub"), { recursive: true })
  writeFileSync(join(path, "a"), "new")
  writeFileSync(join(path, "sub", "b"), "new")
  return "unpacked"
}

it("fills a folder that is not there, one that is empty, and one with other files", async () => {
  const root = folder()
  expect(await placeFiles(join(root, "fresh"), false, unpack)).toBe("unpacked")
  mkdirSync(join(root, "empty"))
  await placeFiles(join(root, "empty"), false, unpack)
  await placeFiles(root, false, unpack)
  expect(readdirSync(root).sort()).toEqual(["a", "empty", "fresh", "sub"])
  for (const each of ["fresh", "empty", "."]) {
    expect(readFileSync(join(root, each, "sub", "b"), "utf8")).toBe("new")
  }
})

it("leaves what is in the way, and itself nothing, unless it is forced", async () => {
  const root = folder()
  const outside = join(folder(), "outside")
  writeFileSync(outside, "mine")
  symlinkSync(outside, join(root, "a"))
  mkdirSync(join(root, "sub"))
  writeFileSync(join(root, "sub", "old"), "old")
  await expect(placeFiles(root, false, unpack)).rejects.toThrow(
    expect.objectContaining({ code: "ATT_ARCHIVE_FOLDER", message: expect.stringContaining("a, sub") }),
  )
  expect(readdirSync(root).sort()).toEqual(["a", "sub"])
  await placeFiles(root, true, unpack)
  expect([readdirSync(root).sort(), readdirSync(join(root, "sub"))]).toEqual([["a", "sub"], ["b"]])
  expect([readFileSync(join(root, "a"), "utf8"), readFileSync(outside, "utf8")]).toEqual(["new", "mine"])
})

it("leaves nothing of what fails", async () => {
  const root = folder()
  const failing = async (path: string): Promise<never> => {
    await unpack(path)
    throw new Error("no")
  }
  await expect(placeFiles(root, false, failing)).rejects.toThrow(
    expect.objectContaining({ code: "ATT_ARCHIVE_FOLDER" }),
  )
  expect(readdirSync(root)).toEqual([])
})

it("says when the folder is a file", async () => {
  const path = join(folder(), "file")
  writeFileSync(path, "x")
  await expect(placeFiles(path, false, unpack)).rejects.toThrow(expect.objectContaining({ code: "ATT_ARCHIVE_FOLDER" }))
})
