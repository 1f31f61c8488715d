import { readdir, readFile, utimes, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { temporaryDirectory } from "../../test/temporary-directory.ts"
import { createNotes } from "./notes.ts"

describe("createNotes", () => {
  it("gives back what was noted last, also to another process, and keeps kinds apart", async () => {
    await using folder = await temporaryDirectory()
    const notes = createNotes(join(folder.path, "deep"))
    expect(await notes.read("tag", "a")).toBeUndefined()
    await notes.write("tag", "a", "1")
    await notes.write("tag", "a", "2")
    await notes.write("image", "a", "3")
    const others = createNotes(join(folder.path, "deep"))
    expect([await others.read("tag", "a"), await others.read("image", "a")]).toEqual(["2", "3"])
    await others.remove("tag", "a")
    expect(await notes.read("tag", "a")).toBeUndefined()
    await notes.remove("tag", "a")
  })

  it("reads a damaged note, and one that stands under another's name, as none", async () => {
    await using folder = await temporaryDirectory()
    const notes = createNotes(folder.path)
    await notes.write("grant", "a", "1")
    const [name = ""] = await readdir(folder.path)
    const text = await readFile(join(folder.path, name), "utf8")
    for (const damaged of ["", "1", text.replace(/^1/, "2"), text.slice(0, -1)]) {
      await writeFile(join(folder.path, name), damaged)
      expect(await notes.read("grant", "a")).toBeUndefined()
    }
    await notes.write("grant", "b", "1")
    const other = (await readdir(folder.path)).find((each) => each !== name) ?? ""
    await writeFile(join(folder.path, name), await readFile(join(folder.path, other)))
    expect(await notes.read("grant", "a")).toBeUndefined()
  })

  it("holds a number of notes, the oldest go first", async () => {
    await using folder = await temporaryDirectory()
    const notes = createNotes(folder.path, 10)
    for (let i = 0; i < 11; i++) {
      const before = new Set(await readdir(folder.path))
      await notes.write("tag", String(i), "x")
      const added = (await readdir(folder.path)).find((name) => !before.has(name)) ?? ""
      await utimes(join(folder.path, added), i + 1, i + 1)
    }
    await notes.trim()
    expect(await readdir(folder.path)).toHaveLength(9)
    expect(await notes.read("tag", "1")).toBeUndefined()
    expect(await notes.read("tag", "2")).toBe("x")
    await notes.trim()
    expect(await readdir(folder.path)).toHaveLength(9)
  })

  it("takes a folder that cannot be written for one that forgets", async () => {
    await using folder = await temporaryDirectory()
    await writeFile(join(folder.path, "file"), "")
    const notes = createNotes(join(folder.path, "file"))
    await notes.write("tag", "a", "1")
    expect(await notes.read("tag", "a")).toBeUndefined()
    await notes.remove("tag", "a")
    await notes.trim()
  })
})
