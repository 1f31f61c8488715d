import { mkdir, readdir, readFile, stat, truncate, utimes, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { type LogFields, type Logger, silentLogger } from "@attache/base"
import { describe, expect, it } from "vitest"
import { temporaryDirectory } from "../../test/temporary-directory.ts"
import { createLastGoodStore } from "./store.ts"

const stateOf = (...objects: readonly string[]) => ({
  objects: new Map(objects.map((object) => [object, object])),
  findings: [],
  isStale: false,
})
const open = (folder: string, logger: Logger = silentLogger) =>
  createLastGoodStore<string>({ folder, textOf: (objects) => objects.join(), logger, now: () => 0 })

describe("createLastGoodStore", () => {
  it("keeps the last of many texts for each file, for another process to read", async () => {
    await using folder = await temporaryDirectory()
    const home = join(folder.path, "deep", "last-good")
    const store = open(home)
    for (let i = 0; i < 50; i++) store.keep("/a.yaml", stateOf("a", String(i)))
    store.keep("/b.yaml", stateOf("b"))
    await store.flush()
    const later = open(home)
    expect(later.read("/a.yaml")).toEqual({ text: "a,49", savedAt: "1970-01-01T00:00:00.000Z" })
    expect(later.read("/b.yaml")?.text).toBe("b")
    expect(later.read("/c.yaml")).toBeUndefined()
    expect((await stat(home)).mode & 0o777).toBe(0o700)
    for (const name of await readdir(home)) expect((await stat(join(home, name))).mode & 0o777).toBe(0o600)
  })

  it("forgets a file that is gone, in the order of the calls", async () => {
    await using folder = await temporaryDirectory()
    const store = open(folder.path)
    store.keep("/a.yaml", stateOf("a"))
    store.keep("/a.yaml", undefined)
    store.keep("/b.yaml", undefined)
    store.keep("/b.yaml", stateOf("b"))
    await store.flush()
    expect(store.read("/a.yaml")).toBeUndefined()
    expect(store.read("/b.yaml")?.text).toBe("b")
    await store.flush()
  })

  it("forgets files that went while nobody looked, and no others", async () => {
    await using folder = await temporaryDirectory()
    const store = open(folder.path)
    for (const file of ["/a.yaml", "/b.yaml", "/c.yaml"]) store.keep(file, stateOf(file))
    await store.flush()
    await writeFile(join(folder.path, "other"), "no record")
    const later = open(folder.path)
    later.keep("/b.yaml", stateOf("b"))
    later.forget((file) => file !== "/c.yaml")
    await later.flush()
    expect(["/a.yaml", "/b.yaml", "/c.yaml"].map((file) => later.read(file)?.text)).toEqual([undefined, "b", "/c.yaml"])
    expect(await readdir(folder.path)).toContain("other")
  })

  it("takes damaged, foreign and endless records for none", async () => {
    await using folder = await temporaryDirectory()
    const store = open(folder.path)
    store.keep("/a.yaml", stateOf("a"))
    await store.flush()
    const [name = ""] = await readdir(folder.path)
    const record = join(folder.path, name)
    const text = await readFile(record, "utf8")
    for (const damaged of ["", "\n", "null\na", "{}\na", text.slice(0, 10), text.replace("/a.yaml", "/b.yaml")]) {
      await writeFile(record, damaged)
      expect(store.read("/a.yaml"), JSON.stringify(damaged)).toBeUndefined()
    }
    await truncate(record, 5 * 32 * 1024 * 1024)
    expect(store.read("/a.yaml")).toBeUndefined()
    await writeFile(record, text)
    expect(store.read("/a.yaml")?.text).toBe("a")
  })

  it("drops records that nobody wrote for half a year, and only those", async () => {
    await using folder = await temporaryDirectory()
    const store = open(folder.path)
    store.keep("/a.yaml", stateOf("a"))
    store.keep("/b.yaml", stateOf("b"))
    await store.flush()
    const names = await readdir(folder.path)
    const day = 24 * 3_600
    await utimes(join(folder.path, names[0] ?? ""), 0, 0)
    await utimes(join(folder.path, names[1] ?? ""), 30 * day, 30 * day)
    createLastGoodStore<string>({
      folder: folder.path,
      textOf: String,
      logger: silentLogger,
      now: () => 200 * day * 1_000,
    })
    expect(await readdir(folder.path)).toEqual([names[1]])
  })

  it("never throws where nothing can be written, and logs that once", async () => {
    await using folder = await temporaryDirectory()
    const file = join(folder.path, "file")
    await writeFile(file, "")
    const warnings: string[] = []
    const warn = (message: string, fields?: LogFields) => void warnings.push(`${message} ${fields?.error}`)
    const store = open(join(file, "last-good"), { ...silentLogger, warn })
    for (const name of ["/a", "/b"]) {
      store.keep(name, stateOf("x"))
      await store.flush()
    }
    expect(store.read("/a")).toBeUndefined()
    expect(warnings).toEqual([expect.stringMatching(/^last good input cannot be kept ENOTDIR/)])
  })

  it("is not bothered by what else lies in its folder", async () => {
    await using folder = await temporaryDirectory()
    await mkdir(join(folder.path, "inner"))
    await writeFile(join(folder.path, "other"), "")
    await utimes(join(folder.path, "inner"), 0, 0)
    const store = createLastGoodStore<string>({ folder: folder.path, textOf: String, logger: silentLogger })
    expect(store.read("/a")).toBeUndefined()
    expect(await readdir(folder.path)).toContain("inner")
  })
})
