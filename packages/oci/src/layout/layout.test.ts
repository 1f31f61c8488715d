import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { content, emptyConfig, index, manifest, noise, opener, pushAll } from "../../test/artifacts.ts"
import { targetStory } from "../../test/target-story.ts"
import { tempFolder } from "../../test/temp-folder.ts"
import { copy } from "../content/copy.ts"
import { collect } from "../content/verified.ts"
import { createLayout } from "./layout.ts"

const failure = (name: string) => expect.objectContaining({ code: name })
const one = manifest([content("a")])
const two = manifest([content("b")])

/** Pushes a manifest with what it names. */
async function pushWhole(target: ReturnType<typeof createLayout>, text: string, tag?: string): Promise<void> {
  const { descriptor, bytes } = manifest([content(text)])
  await pushAll(target, [emptyConfig, content(text)])
  await target.push(descriptor, bytes, tag === undefined ? {} : { tag })
}

const entriesOf = (directory: string): readonly { readonly digest: string }[] =>
  JSON.parse(readFileSync(join(directory, "index.json"), "utf8")).manifests

describe("a layout", () => {
  it("asks for content before it makes room for it, once", async () => {
    const directory = join(tempFolder(), "new")
    const { descriptor, bytes } = content(noise(300_000))
    const seen: boolean[] = []
    const asked = async (offset: number): Promise<AsyncIterable<Uint8Array>> => {
      seen.push(existsSync(directory))
      return opener(bytes)(offset)
    }
    expect(await createLayout(directory).push(descriptor, asked)).toBe("pushed")
    expect(await createLayout(directory).push(descriptor, asked)).toBe("existed")
    expect(seen).toEqual([false])
  })

  it("does what a target does, and leaves nothing half done", async () => {
    const directory = tempFolder()
    await targetStory(createLayout(directory))
    expect(readdirSync(join(directory, ".partial"))).toEqual([])
    expect(readdirSync(directory).sort()).toEqual([".partial", "blobs", "index.json", "oci-layout"])
  })

  it("is made where nothing is, and in no folder that holds something else", async () => {
    const directory = join(tempFolder(), "deep/layout")
    await pushWhole(createLayout(directory), "a", "v1")
    expect(await createLayout(directory).tags()).toEqual(["v1"])
    const home = tempFolder()
    writeFileSync(join(home, "letter.txt"), "dear")
    await expect(pushWhole(createLayout(home), "a")).rejects.toThrow(failure("ATT_OCI_LAYOUT"))
    expect(readdirSync(home).filter((name) => name !== ".partial")).toEqual(["letter.txt"])
    const file = join(home, "letter.txt")
    await expect(pushWhole(createLayout(file), "a")).rejects.toThrow(failure("ATT_OCI_LAYOUT"))
  })

  it("says when there is none", async () => {
    const directory = tempFolder()
    for (const path of [directory, join(directory, "none")]) {
      await expect(createLayout(path).resolve("v1")).rejects.toThrow(failure("ATT_OCI_NOT_FOUND"))
      await expect(createLayout(path).tags()).rejects.toThrow(failure("ATT_OCI_NOT_FOUND"))
    }
    for (const text of ["", "{}", '{"imageLayoutVersion":"2.0.0"}', "x".repeat(5000)]) {
      writeFileSync(join(directory, "oci-layout"), text)
      await expect(createLayout(directory).tags()).rejects.toThrow(failure("ATT_OCI_LAYOUT"))
    }
  })

  it("gives its only manifest without a tag, and asks for one when there are more", async () => {
    const layout = createLayout(tempFolder())
    await pushWhole(layout, "a", "v1")
    await layout.tag(one.descriptor, "v2")
    expect(await layout.resolve("")).toEqual(one.descriptor)
    await pushWhole(layout, "b", "v3")
    await expect(layout.resolve("")).rejects.toThrow(
      expect.objectContaining({ code: "ATT_OCI_NOT_FOUND", hint: "add a tag: v1, v2, v3" }),
    )
    for (const reference of ["v4", `sha256:${"0".repeat(64)}`])
      await expect(layout.resolve(reference)).rejects.toThrow(
        expect.objectContaining({ code: "ATT_OCI_NOT_FOUND", hint: "its tags are: v1, v2, v3" }),
      )
  })

  it("keeps a manifest that loses its tag, and names nothing twice", async () => {
    const directory = tempFolder()
    const layout = createLayout(directory)
    await pushWhole(layout, "a")
    await pushWhole(layout, "a", "v1")
    await pushWhole(layout, "b", "v1")
    expect(await layout.resolve(one.descriptor.digest)).toEqual(one.descriptor)
    expect(await layout.resolve("v1")).toEqual(two.descriptor)
    expect(entriesOf(directory)).toHaveLength(2)
  })

  it("does not name what an index names, except referrers", async () => {
    const directory = tempFolder()
    const layout = createLayout(directory)
    await pushWhole(layout, "a")
    const referrer = manifest([], { subject: one.descriptor })
    const both = index([one.descriptor, referrer.descriptor])
    await pushAll(layout, [referrer, both])
    const digests = [both.descriptor.digest, referrer.descriptor.digest].sort()
    expect(
      entriesOf(directory)
        .map(({ digest }) => digest)
        .sort(),
    ).toEqual(digests)
    expect(await layout.referrers(one.descriptor)).toHaveLength(1)
  })

  it("is written by many at once", async () => {
    const directory = tempFolder()
    const names = Array.from({ length: 20 }, (_, i) => `v${i}`)
    await Promise.all(names.map((name) => pushWhole(createLayout(directory), name, name)))
    expect(await createLayout(directory).tags()).toEqual([...names].sort())
    expect(readdirSync(join(directory, ".partial"))).toEqual([])
  })
})

describe("damage", () => {
  it.each<[string, string, string]>([
    ["no JSON", "{", "ATT_OCI_MANIFEST"],
    ["another document", '{"schemaVersion":2,"layers":[]}', "ATT_OCI_MANIFEST"],
    [
      "paths for digests",
      JSON.stringify({ schemaVersion: 2, manifests: [{ ...one.descriptor, digest: "../x" }] }),
      "ATT_OCI_DIGEST",
    ],
  ])("of index.json is named: %s", async (_name, text, want) => {
    const directory = tempFolder()
    const layout = createLayout(directory)
    await pushWhole(layout, "a", "v1")
    writeFileSync(join(directory, "index.json"), text)
    await expect(layout.resolve("v1")).rejects.toThrow(failure(want))
    await expect(pushWhole(layout, "b", "v2")).rejects.toThrow(failure(want))
    expect(readFileSync(join(directory, "index.json"), "utf8")).toBe(text)
  })

  it("of content is noticed while it is read, and repaired by copying again", async () => {
    const from = createLayout(tempFolder())
    await pushWhole(from, "a", "v1")
    const directory = tempFolder()
    const to = createLayout(directory)
    await copy(from, to, one.descriptor, { tag: "v1" })
    const blob = join(directory, "blobs/sha256", content("a").descriptor.digest.slice(7))
    writeFileSync(blob, "x")
    await expect(to.fetch(content("a").descriptor).then(collect)).rejects.toThrow(failure("ATT_OCI_DIGEST"))
    truncateSync(blob, 0)
    expect(await to.exists(one.descriptor)).toBe(false)
    await copy(from, to, one.descriptor, { tag: "v1" })
    expect(String(await collect(await to.fetch(content("a").descriptor)))).toBe("a")
    const manifestFile = join(directory, "blobs/sha256", one.descriptor.digest.slice(7))
    writeFileSync(manifestFile, Buffer.from(one.bytes).toString().replace("example", "exbmple"))
    const fresh = createLayout(directory)
    expect(await fresh.exists(one.descriptor)).toBe(false)
    await copy(from, fresh, one.descriptor)
    expect(await createLayout(directory).exists(one.descriptor)).toBe(true)
  })

  it("such as a folder, a pipe or a link to nowhere in a blob's place is an error", async () => {
    const directory = tempFolder()
    const layout = createLayout(directory)
    await pushWhole(layout, "a", "v1")
    const blob = join(directory, "blobs/sha256", content("a").descriptor.digest.slice(7))
    rmSync(blob)
    mkdirSync(blob)
    await expect(layout.fetch(content("a").descriptor)).rejects.toThrow(failure("ATT_OCI_NOT_FOUND"))
    rmSync(blob, { recursive: true })
    symlinkSync("/nowhere", blob)
    await expect(layout.fetch(content("a").descriptor)).rejects.toThrow(failure("ATT_OCI_NOT_FOUND"))
  })
})

describe("interrupted writing", () => {
  const large = content(noise(2_000_000))

  /** Content that breaks at a place the first time, and notes where it is opened. */
  function breaking(at: number, error: Error, bytes = large.bytes) {
    const opened: number[] = []
    const source = async (offset: number): Promise<AsyncIterable<Uint8Array>> => {
      opened.push(offset)
      return opened.length > 1 ? opener(bytes)(offset) : part(bytes.subarray(offset, at), error)
    }
    return { opened, source }
  }

  async function* part(bytes: Uint8Array, error: Error): AsyncGenerator<Uint8Array> {
    yield* await opener(bytes)(0)
    throw error
  }

  it("goes on from what had come, and counts it", async () => {
    const directory = tempFolder()
    const { opened, source } = breaking(1_200_000, new Error("unplugged"))
    await expect(createLayout(directory).push(large.descriptor, source)).rejects.toThrow("unplugged")
    let taken = 0
    const onBytes = (count: number): void => {
      taken += count
    }
    expect(await createLayout(directory).push(large.descriptor, source, { onBytes })).toBe("pushed")
    expect([opened, taken]).toEqual([[0, 1_200_000], 2_000_000])
    expect(Buffer.compare(await collect(await createLayout(directory).fetch(large.descriptor)), large.bytes)).toBe(0)
    expect(readdirSync(join(directory, ".partial"))).toEqual([])
  })

  it("begins anew when what had come was damaged", async () => {
    const directory = tempFolder()
    const { opened, source } = breaking(1_200_000, new Error("unplugged"))
    await expect(createLayout(directory).push(large.descriptor, source)).rejects.toThrow("unplugged")
    const [left = ""] = readdirSync(join(directory, ".partial"))
    writeFileSync(join(directory, ".partial", left), noise(1_000_000, 7))
    expect(await createLayout(directory).push(large.descriptor, source)).toBe("pushed")
    expect(opened).toEqual([0, 1_000_000, 0])
    expect(Buffer.compare(await collect(await createLayout(directory).fetch(large.descriptor)), large.bytes)).toBe(0)
  })

  it("goes on from what a dead process left, and leaves a living one's alone", async () => {
    const directory = tempFolder()
    const { opened, source } = breaking(1_200_000, new Error("unplugged"))
    await expect(createLayout(directory).push(large.descriptor, source)).rejects.toThrow("unplugged")
    const folder = join(directory, ".partial")
    const [left = ""] = readdirSync(folder)
    const { hostname } = await import("node:os")
    const owned = (pid: number): string => `${left}.${hostname()}.${pid}.${crypto.randomUUID()}`
    const living = owned(process.pid)
    renameSync(join(folder, left), join(folder, living))
    expect(await createLayout(directory).push(large.descriptor, source)).toBe("pushed")
    expect(opened).toEqual([0, 0])
    rmSync(join(directory, "blobs/sha256", large.descriptor.digest.slice(7)))
    renameSync(join(folder, living), join(folder, owned(2 ** 22 + 1)))
    expect(await createLayout(directory).push(large.descriptor, source)).toBe("pushed")
    expect(opened).toEqual([0, 0, 1_200_000])
  })

  it("leaves nothing of content that is not what it should be", async () => {
    const directory = tempFolder()
    const layout = createLayout(directory)
    await expect(layout.push(large.descriptor, opener(noise(2_000_000, 3)))).rejects.toThrow(failure("ATT_OCI_DIGEST"))
    await expect(layout.push(large.descriptor, opener(noise(1_000_000)))).rejects.toThrow(failure("ATT_OCI_SIZE"))
    expect(readdirSync(join(directory, ".partial"))).toEqual([])
    expect(readdirSync(join(directory, "blobs/sha256"))).toEqual([])
  })

  it("ends when aborted", async () => {
    const directory = tempFolder()
    const stop = new AbortController()
    const onBytes = (): void => stop.abort(new Error("enough"))
    const pushed = createLayout(directory).push(large.descriptor, opener(large.bytes), { signal: stop.signal, onBytes })
    await expect(pushed).rejects.toThrow("enough")
    expect(await createLayout(directory).exists(large.descriptor)).toBe(false)
  })
})
