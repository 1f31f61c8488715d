import { spawnSync } from "node:child_process"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { bytesOf, streamOf } from "../../test/byte-streams.ts"
import { paxRecord, type RawEntry, rawEntry, rawTar } from "../../test/raw-tar.ts"
import type { ByteStream } from "./byte-reader.ts"
import { packBytes } from "./pack-file.ts"
import { type ReadTarOptions, readTar } from "./read-tar.ts"
import { writeTar } from "./write-tar.ts"

async function listed(stream: ByteStream, options?: ReadTarOptions): Promise<readonly string[]> {
  const lines: string[] = []
  for await (const entry of readTar(stream, options)) {
    const content = await bytesOf(entry.content)
    lines.push([entry.kind, entry.path, content.toString(), entry.linkName].filter((text) => text !== "").join(" "))
  }
  return lines
}

const long = `${"folder/".repeat(20)}file.txt`

describe("readTar", () => {
  it.each<[string, readonly RawEntry[], readonly string[]]>([
    ["nothing", [], []],
    ["files", [{ name: "a", content: "1" }, { name: "b/c" }], ["file a 1", "file b/c"]],
    [
      "folders",
      [
        { name: "./", type: "5" },
        { name: "./d/", type: "5" },
      ],
      ["folder", "folder d"],
    ],
    ["folders known by name, from before 1988", [{ name: "d/", type: "\0", magic: "" }], ["folder d"]],
    [
      "links",
      [
        { name: "s", type: "2", linkName: "/x" },
        { name: "h", type: "1", linkName: "s" },
      ],
      ["symlink s /x", "hardlink h s"],
    ],
    [
      "devices and pipes",
      ["3", "4", "6", "V"].map((type) => ({ name: type, type })),
      ["3", "4", "6", "V"].map((t) => `other ${t}`),
    ],
    ["a name in two parts", [{ name: "name", prefix: "some/where" }], ["file some/where/name"]],
    ["a GNU header, which has no second part", [{ name: "name", magic: "ustar  \0", prefix: "x" }], ["file name"]],
    [
      "a pax path",
      [
        { name: "x", type: "x", content: paxRecord("path", long) },
        { name: "short", content: "1" },
      ],
      [`file ${long} 1`],
    ],
    [
      "a pax size",
      [
        { name: "x", type: "x", content: paxRecord("size", "1") },
        { name: "a", content: "1", size: 0 },
      ],
      ["file a 1"],
    ],
    [
      "other pax keys",
      [
        { name: "x", type: "x", content: paxRecord("mtime", "1.5") + paxRecord("SCHILY.xattr.user.a", "\0") },
        { name: "a" },
      ],
      ["file a"],
    ],
    [
      "git's global header",
      [{ name: "g", type: "g", content: paxRecord("comment", "abc") }, { name: "a" }],
      ["file a"],
    ],
    [
      "a GNU long name",
      [{ name: "././@LongLink", type: "L", content: `${long}\0` }, { name: "short" }],
      [`file ${long}`],
    ],
    [
      "a GNU long link",
      [
        { name: "././@LongLink", type: "K", content: `${long}\0` },
        { name: "l", type: "2" },
      ],
      [`symlink l ${long}`],
    ],
    ["sizes with spaces", [{ name: "a", content: "1", size: "          1 " }], ["file a 1"]],
    ["a binary size", [{ name: "a", content: "1", size: "\x80\0\0\0\0\0\0\0\0\0\0\x01" }], ["file a 1"]],
    ["a contiguous file", [{ name: "a", type: "7", content: "1" }], ["file a 1"]],
  ])("reads %s", async (_name, entries, want) => {
    for (const pieceBytes of [100, 512, 1_000_000]) {
      expect(await listed(streamOf(rawTar(...entries), pieceBytes))).toEqual(want)
    }
  })

  it("takes an archive without its end, or with one zero block, or with many", async () => {
    const entry = rawEntry({ name: "a", content: "1" })
    for (const zeros of [0, 512, 1024, 10_240]) {
      expect(await listed(streamOf(Buffer.concat([entry, Buffer.alloc(zeros)])))).toEqual(["file a 1"])
    }
  })

  it("takes extended attributes that are no text", async () => {
    const record = Buffer.concat([
      Buffer.from("36 SCHILY.xattr.security.cap="),
      Buffer.from([1, 0, 0, 2, 0xff, 0x80]),
      Buffer.from("\n"),
    ])
    const length = String(record.length)
    record.write(length, 0, "latin1")
    const head = Buffer.from(rawTar({ name: "x", type: "x", content: record }, { name: "a", content: "1" }))
    expect(await listed(streamOf(head))).toEqual(["file a 1"])
  })

  it("skips content that was not read", async () => {
    const paths: string[] = []
    const archive = rawTar({ name: "a", content: "x".repeat(2_000) }, { name: "b", content: "y" })
    for await (const { path } of readTar(streamOf(archive))) paths.push(path)
    expect(paths).toEqual(["a", "b"])
  })

  it("gives entries or a named error for any bytes", async () => {
    const archive = rawTar({ name: "x", type: "x", content: paxRecord("path", long) }, { name: "a", content: "abc" })
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: archive.length - 1 }),
        fc.uint8Array({ maxLength: 30 }),
        async (at, bytes) => {
          const broken = Buffer.from(archive)
          broken.set(bytes.subarray(0, broken.length - at), at)
          await listed(streamOf(broken)).catch((error) => expect(error.code).toMatch(/^ATT_ARCHIVE_/))
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe("writeTar", () => {
  const files = [
    packBytes("b/two", "22", true),
    packBytes("a", "1"),
    packBytes("b/one", "x".repeat(513)),
    packBytes(long, "3"),
  ]

  it("writes what is read back, sorted, with folders before what is in them", async () => {
    const lines = await listed(writeTar(files))
    expect(lines.slice(0, 4)).toEqual(["file a 1", "folder b", `file b/one ${"x".repeat(513)}`, "file b/two 22"])
    expect(lines.at(-1)).toBe(`file ${long} 3`)
  })

  it("gives the same bytes in whatever order the files come", async () => {
    expect(await bytesOf(writeTar(files.toReversed()))).toEqual(await bytesOf(writeTar(files)))
  })

  it("reads back any names and content", async () => {
    const name = fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 60 })
      .map((text) => text.replaceAll(/[^\p{L}\p{N} .-]/gu, "_"))
    const path = fc
      .array(name, { minLength: 1, maxLength: 6 })
      .map((parts) => parts.map((part) => `p${part}`).join("/"))
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(path, { maxLength: 5 }),
        fc.uint8Array({ maxLength: 1_500 }),
        async (paths, bytes) => {
          const apart = paths.filter((each) => !paths.some((other) => other.startsWith(`${each}/`)))
          const found: string[] = []
          for await (const entry of readTar(writeTar(apart.map((each) => packBytes(each, bytes))))) {
            if (entry.kind === "folder") continue
            found.push(entry.path)
            expect(await bytesOf(entry.content)).toEqual(Buffer.from(bytes))
          }
          expect(found.toSorted()).toEqual(apart.toSorted())
        },
      ),
      { numRuns: 60 },
    )
  })

  it.each([
    ["a path that leads out", ["../a"], "ATT_ARCHIVE_PATH"],
    ["an absolute path", ["/a"], "ATT_ARCHIVE_PATH"],
    ["a path that would remove another", ["d/.wh.a"], "ATT_ARCHIVE_PATH"],
    ["a path twice", ["a/b", "./a//b"], "ATT_ARCHIVE_DUPLICATE"],
    ["a file where a folder must be", ["a", "a/b"], "ATT_ARCHIVE_DUPLICATE"],
  ])("refuses %s", async (_name, paths, code) => {
    await expect(bytesOf(writeTar(paths.map((path) => packBytes(path, "1"))))).rejects.toMatchObject({ code })
  })

  it.each([
    ["shorter", 4],
    ["longer", 2],
  ])("refuses a file that is %s than it was", async (_name, size) => {
    await expect(bytesOf(writeTar([{ ...packBytes("a", "123"), size }]))).rejects.toMatchObject({
      code: "ATT_ARCHIVE_CHANGED",
    })
  })

  it.skipIf(spawnSync("tar", ["--version"]).status !== 0)("is read by the system's tar", async () => {
    const unicode = packBytes("größe/ü", "u")
    const listing = spawnSync("tar", ["-tvf", "-"], {
      input: await bytesOf(writeTar([...files, unicode])),
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C.UTF-8", TZ: "UTC" },
    })
    expect(listing.stderr).toBe("")
    const lines = listing.stdout.trim().split("\n")
    expect(lines[0]).toMatch(/^-rw-r--r-- 0\/0 +1 1970-01-01 00:00 a$/)
    expect(lines.filter((line) => line.startsWith("-rwxr-xr-x"))).toHaveLength(1)
    expect(lines.some((line) => line.endsWith(` ${long}`))).toBe(true)
    expect(lines.some((line) => line.endsWith(" größe/ü"))).toBe(true)
  })
})
