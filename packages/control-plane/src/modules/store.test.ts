import { chmod, mkdir, readdir, readFile, stat, utimes, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { sha256Hex } from "@attache/base"
import { describe, expect, it } from "vitest"
import { temporaryDirectory } from "../../test/temporary-directory.ts"
import { createModuleStore } from "./store.ts"

describe("createModuleStore", () => {
  it("gives back what was put in, also to another process, and keeps it to this user", async () => {
    await using folder = await temporaryDirectory()
    const home = join(folder.path, "deep", "modules")
    const bytes = Buffer.from("module")
    const { sha256, path } = await createModuleStore(home).put(bytes)
    expect(sha256).toBe(sha256Hex(bytes))
    expect(await createModuleStore(home).find(sha256)).toBe(path)
    expect(await readFile(path)).toEqual(bytes)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect((await stat(home)).mode & 0o777).toBe(0o700)
  })

  it("finds nothing where nothing is, and takes no digest for a path", async () => {
    await using folder = await temporaryDirectory()
    const store = createModuleStore(join(folder.path, "modules"))
    await writeFile(join(folder.path, "secret.wasm"), "")
    for (const digest of [sha256Hex("x"), "", "../secret", "A".repeat(64)])
      expect(await store.find(digest)).toBeUndefined()
    await mkdir(join(folder.path, "modules", `${sha256Hex("y")}.wasm`), { recursive: true })
    expect(await store.find(sha256Hex("y"))).toBeUndefined()
  })

  it("does not give a damaged file and takes the module anew", async () => {
    await using folder = await temporaryDirectory()
    const store = createModuleStore(folder.path)
    const { sha256, path } = await store.put(Buffer.from("module"))
    await writeFile(path, "modul")
    expect(await store.find(sha256)).toBeUndefined()
    await store.put(Buffer.from("module"))
    expect(await store.find(sha256)).toBe(path)
    await writeFile(path, "damaged again")
    expect(await store.put(Buffer.from("module"))).toEqual({ sha256, path })
    expect(await readFile(path, "utf8")).toBe("module")
  })

  it("takes many writers of one module at once", async () => {
    await using folder = await temporaryDirectory()
    const bytes = Buffer.alloc(300_000, "m")
    const stores = Array.from({ length: 8 }, () => createModuleStore(folder.path))
    const put = await Promise.all(stores.map((store) => store.put(bytes)))
    expect(new Set(put.map(({ path }) => path)).size).toBe(1)
    expect(await readdir(folder.path)).toEqual([`${sha256Hex(bytes)}.wasm`])
  })

  it("takes a module in pieces, and keeps nothing of one that breaks off", async () => {
    await using folder = await temporaryDirectory()
    const store = createModuleStore(folder.path)
    async function* pieces(end: () => void) {
      yield Buffer.from("mod")
      yield Buffer.from("ule")
      end()
    }
    const whole = await store.put(pieces(() => {}))
    expect(whole.sha256).toBe(sha256Hex("module"))
    const broken = pieces(() => {
      throw new Error("broke off")
    })
    await expect(store.put(broken)).rejects.toThrow("broke off")
    expect(await readdir(folder.path)).toEqual([`${whole.sha256}.wasm`])
  })

  it("sees damage that comes after it looked, and removes what dead writers left", async () => {
    await using folder = await temporaryDirectory()
    const store = createModuleStore(folder.path)
    const { sha256, path } = await store.put(Buffer.from("module"))
    expect(await store.find(sha256)).toBe(path)
    await writeFile(path, "mODULE")
    await utimes(path, 1, 1)
    expect(await store.find(sha256)).toBeUndefined()
    await writeFile(join(folder.path, "module.1-ab.new"), "")
    await utimes(join(folder.path, "module.1-ab.new"), 1, 1)
    await writeFile(join(folder.path, "module.2-ab.new"), "")
    await store.put(Buffer.from("module"))
    expect((await readdir(folder.path)).toSorted()).toEqual([`${sha256}.wasm`, "module.2-ab.new"].toSorted())
  })

  it("evicts the least recently used, never what it holds", async () => {
    await using folder = await temporaryDirectory()
    const store = createModuleStore(folder.path, { limitBytes: 350 })
    const puts = await Promise.all([1, 2, 3].map((i) => store.put(Buffer.alloc(100, String(i)))))
    const [one, two, three] = puts.map(({ sha256 }) => sha256)
    const ages = [3, 2, 1]
    for (const [i, { path }] of puts.entries()) await utimes(path, ages[i] ?? 0, ages[i] ?? 0)
    const releases = [store.hold(three ?? ""), store.hold(three ?? "")]
    const names = async () => (await readdir(folder.path)).map((name) => name.slice(0, 64)).toSorted()
    const four = await store.put(Buffer.alloc(100, "4"))
    expect(await names()).toEqual([one, three, four.sha256].toSorted())
    for (const release of [...releases, ...releases]) release()
    const five = await store.put(Buffer.alloc(100, "5"))
    expect(await names()).toEqual([one, four.sha256, five.sha256].toSorted())
    expect(two).toBeDefined()
  })

  it("counts finding a module as a use", async () => {
    await using folder = await temporaryDirectory()
    const store = createModuleStore(folder.path, { limitBytes: 250 })
    const [one, two] = [await store.put(Buffer.alloc(100, "1")), await store.put(Buffer.alloc(100, "2"))]
    for (const { path } of [one, two]) await utimes(path, 1, 1)
    await store.find(one.sha256)
    await store.put(Buffer.alloc(100, "3"))
    expect(await store.find(one.sha256)).toBe(one.path)
    expect(await store.find(two.sha256)).toBeUndefined()
  })

  it("says when it cannot write", async () => {
    await using folder = await temporaryDirectory()
    await writeFile(join(folder.path, "file"), "")
    const store = createModuleStore(join(folder.path, "file", "modules"))
    const failure = expect.objectContaining({ code: "ATT_MODULE_STORE", retry: "later" })
    await expect(store.put(Buffer.from("m"))).rejects.toThrow(failure)
  })

  it("reads from a folder that may only be read", async () => {
    await using folder = await temporaryDirectory()
    const home = join(folder.path, "modules")
    await mkdir(home)
    const { sha256, path } = await createModuleStore(home).put(Buffer.from("m"))
    await chmod(home, 0o500)
    expect(await createModuleStore(home).find(sha256)).toBe(path)
    await chmod(home, 0o700)
  })
})
