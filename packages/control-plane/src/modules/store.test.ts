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
    expect(await store.rememberedDigest("http://x")).toBeUndefined()
  })

  it("removes a damaged file and takes the module anew", async () => {
    await using folder = await temporaryDirectory()
    const store = createModuleStore(folder.path)
    const { sha256, path } = await store.put(Buffer.from("module"))
    await writeFile(path, "modul")
    expect(await store.find(sha256)).toBeUndefined()
    expect(await readdir(folder.path)).toEqual([])
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
    await Promise.all(stores.map((store, i) => store.remember("http://x", sha256Hex(String(i)))))
    expect(await stores[0]?.rememberedDigest("http://x")).toMatch(/^[0-9a-f]{64}$/)
  })

  it("remembers the digest of a URL and drops what is no digest", async () => {
    await using folder = await temporaryDirectory()
    const store = createModuleStore(folder.path)
    await store.remember("http://x", sha256Hex("1"))
    await store.remember("http://x", sha256Hex("2"))
    expect(await store.rememberedDigest("http://x")).toBe(sha256Hex("2"))
    expect(await store.rememberedDigest("http://y")).toBeUndefined()
    await writeFile(join(folder.path, `${sha256Hex("http://x")}.url`), "../../etc/passwd")
    expect(await store.rememberedDigest("http://x")).toBeUndefined()
  })

  it("evicts the least recently used, never what it gave out itself", async () => {
    await using folder = await temporaryDirectory()
    const earlier = createModuleStore(folder.path)
    const old = await Promise.all([1, 2, 3].map((i) => earlier.put(Buffer.alloc(100, String(i)))))
    for (const [age, { path }] of old.entries()) await utimes(path, 1_000 - age, 1_000 - age)
    const store = createModuleStore(folder.path, { limitBytes: 350 })
    const kept = old[2]?.sha256 ?? ""
    expect(await store.find(kept)).toBeDefined()
    for (const [, { path }] of old.entries()) await utimes(path, 1_000, 1_000)
    await utimes(old[2]?.path ?? "", 1, 1)
    await utimes(old[1]?.path ?? "", 2, 2)
    const added = await store.put(Buffer.alloc(100, "4"))
    expect((await readdir(folder.path)).toSorted()).toEqual(
      [0, 2]
        .map((i) => `${old[i]?.sha256}.wasm`)
        .concat(`${added.sha256}.wasm`)
        .toSorted(),
    )
  })

  it("says when it cannot write", async () => {
    await using folder = await temporaryDirectory()
    await writeFile(join(folder.path, "file"), "")
    const store = createModuleStore(join(folder.path, "file", "modules"))
    const failure = expect.objectContaining({ code: "ATT_MODULE_STORE", retry: "later" })
    await expect(store.put(Buffer.from("m"))).rejects.toThrow(failure)
    await expect(store.remember("http://x", sha256Hex("m"))).rejects.toThrow(failure)
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
