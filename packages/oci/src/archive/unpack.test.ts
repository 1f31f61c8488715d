import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { bytesOf, streamOf } from "../../test/byte-streams.ts"
import { type RawEntry, rawTar } from "../../test/raw-tar.ts"
import { tempFolder } from "../../test/temp-folder.ts"
import { compress } from "./compress.ts"
import type { Compression } from "./decompress.ts"
import { filesOfFolder } from "./pack-folder.ts"
import { type LayerSource, unpackLayers } from "./unpack.ts"
import { writeTar } from "./write-tar.ts"

function layer(compression: Compression, ...entries: readonly RawEntry[]): LayerSource {
  return { compression, open: async () => compress(streamOf(rawTar(...entries)), compression) }
}

/** Files below a folder with their content. */
function contentOf(folder: string): Readonly<Record<string, string>> {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()
  const files = paths.filter((path) => statSync(join(folder, path)).isFile())
  return Object.fromEntries(files.map((path) => [path, readFileSync(join(folder, path), "utf8")]))
}

describe("unpackLayers", () => {
  it("lays layers over each other", async () => {
    const root = tempFolder()
    const unpacked = await unpackLayers(join(root, "new/folder"), [
      layer("gzip", { name: "a", content: "1" }, { name: "d/b", content: "2" }, { name: "d/c", content: "3" }),
      layer("zstd", { name: "a", content: "4", mode: 0o4755 }, { name: "d/.wh.b" }, { name: "empty/", type: "5" }),
      layer("none", { name: "d/c/e", content: "5" }),
    ])
    expect(contentOf(join(root, "new/folder"))).toEqual({ a: "4", "d/c/e": "5" })
    expect(unpacked.map(({ path, kind, layer }) => [path, kind, layer])).toEqual([
      ["a", "file", 1],
      ["d", "folder", 2],
      ["d/c", "folder", 2],
      ["d/c/e", "file", 2],
      ["empty", "folder", 1],
    ])
    expect(statSync(join(root, "new/folder/a")).mode & 0o7777).toBe(0o755)
    expect(readdirSync(join(root, "new"))).toEqual(["folder"])
  })

  it("refuses a folder that is there, and replaces it as a whole when asked to", async () => {
    const root = tempFolder()
    mkdirSync(join(root, "f"))
    writeFileSync(join(root, "f/old"), "old")
    const layers = [layer("none", { name: "new", content: "new" })]
    await expect(unpackLayers(join(root, "f"), layers)).rejects.toMatchObject({ code: "ATT_ARCHIVE_FOLDER" })
    expect(contentOf(root)).toEqual({ "f/old": "old" })
    await unpackLayers(join(root, "f"), layers, { replace: true })
    expect(contentOf(root)).toEqual({ "f/new": "new" })
    expect(readdirSync(root)).toEqual(["f"])
  })

  it("keeps what was there when the new content fails, and leaves nothing beside it", async () => {
    const root = tempFolder()
    mkdirSync(join(root, "f"))
    writeFileSync(join(root, "f/old"), "old")
    const own = new Error("digest differs")
    const open = async function* (): AsyncGenerator<Uint8Array> {
      yield rawTar({ name: "a", content: "1" })
      throw own
    }
    const failing = { compression: "none", open: async () => open() } as const
    const failure = unpackLayers(join(root, "f"), [failing], { replace: true })
    await expect(failure).rejects.toMatchObject({ code: "ATT_ARCHIVE_FOLDER", cause: own })
    expect(contentOf(root)).toEqual({ "f/old": "old" })
    expect(readdirSync(root)).toEqual(["f"])
  })

  it("counts all layers together", async () => {
    const root = tempFolder()
    const layers = [1, 2, 3].map((n) => layer("gzip", { name: `f${n}`, content: "x".repeat(3_000) }))
    const failing = [{ expandedBytes: 12_000 }, { entries: 2 }]
    for (const limits of failing) {
      await expect(unpackLayers(join(root, "f"), layers, { limits })).rejects.toMatchObject({
        code: "ATT_ARCHIVE_TOO_LARGE",
      })
    }
    expect(readdirSync(root)).toEqual([])
    expect(await unpackLayers(join(root, "f"), layers, { limits: { expandedBytes: 14_000, entries: 3 } })).toHaveLength(
      3,
    )
  })

  it("says that a folder cannot be made", async () => {
    const root = tempFolder()
    writeFileSync(join(root, "file"), "")
    await expect(unpackLayers(join(root, "file/f"), [])).rejects.toMatchObject({ code: "ATT_ARCHIVE_FOLDER" })
  })

  it("takes a leading slash as the folder itself where it is asked to", async () => {
    const root = tempFolder()
    const layers = [layer("gzip", { name: "/abs.txt", content: "1" })]
    await expect(unpackLayers(join(root, "f"), layers)).rejects.toMatchObject({ code: "ATT_ARCHIVE_PATH" })
    await unpackLayers(join(root, "f"), layers, { absolute: "root" })
    expect(contentOf(root)).toEqual({ "f/abs.txt": "1" })
  })
})

describe("filesOfFolder", () => {
  function folder(): string {
    const root = tempFolder()
    mkdirSync(join(root, "d/empty"), { recursive: true })
    writeFileSync(join(root, "b"), "b")
    writeFileSync(join(root, "d/a"), "#!")
    chmodSync(join(root, "d/a"), 0o755)
    return root
  }

  it("packs and unpacks to the same files, whatever their times are", async () => {
    const [one, two] = [folder(), folder()]
    const archives = await Promise.all([one, two].map(async (each) => bytesOf(writeTar(await filesOfFolder(each)))))
    expect(archives[0]).toEqual(archives[1])
    const target = join(tempFolder(), "f")
    const open = async (): Promise<AsyncIterable<Uint8Array>> => streamOf(archives[0] ?? "")
    await unpackLayers(target, [{ compression: "none", open }])
    expect(contentOf(target)).toEqual({ b: "b", "d/a": "#!" })
    expect(statSync(join(target, "d/a")).mode & 0o777).toBe(0o755)
  })

  it("packs a link to a file in the folder as that file", async () => {
    const root = folder()
    symlinkSync("../b", join(root, "d/link"))
    const files = await filesOfFolder(root, { exclude: (path) => path === "b" })
    expect(files.map(({ path, size }) => [path, size])).toEqual([
      ["d/a", 2],
      ["d/link", 1],
    ])
  })

  it.each([
    ["to a file outside", "/etc/hostname"],
    ["to a folder", "d/empty"],
    ["to nothing", "absent"],
    ["to itself", "link"],
  ])("refuses a link %s", async (_name, target) => {
    const root = folder()
    symlinkSync(target, join(root, "link"))
    await expect(filesOfFolder(root)).rejects.toMatchObject({ code: "ATT_ARCHIVE_LINK" })
  })

  it("leaves out folders and files as asked", async () => {
    const files = await filesOfFolder(folder(), { exclude: (path) => path === "d/" })
    expect(files.map(({ path }) => path)).toEqual(["b"])
  })

  it("says that a folder cannot be read", async () => {
    await expect(filesOfFolder(join(tempFolder(), "absent"))).rejects.toMatchObject({ code: "ATT_ARCHIVE_FOLDER" })
  })
})
