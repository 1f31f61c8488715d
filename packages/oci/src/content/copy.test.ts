import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { content, emptyConfig, index, manifest, noise, pushAll, type TestContent } from "../../test/artifacts.ts"
import { fakeRegistry } from "../../test/fake-registry.ts"
import { tempFolder } from "../../test/temp-folder.ts"
import { createLayout } from "../layout/layout.ts"
import { createRegistryClient } from "../registry/client.ts"
import { type CopyEvent, copy } from "./copy.ts"
import type { Target } from "./target.ts"

const failure = (name: string) => expect.objectContaining({ code: name })
const shared = content(noise(200_000))
const own = content(noise(100_000, 2))
const amd = manifest([shared])
const arm = manifest([shared, own])
const both = index([
  { ...amd.descriptor, platform: { os: "linux", architecture: "amd64" } },
  { ...arm.descriptor, platform: { os: "linux", architecture: "arm64" } },
])
const signature = (subject: TestContent, artifactType = "x/signature") =>
  manifest([], { artifactType, subject: subject.descriptor })

/** A layout that holds the index, a signature of each of its manifests, one of the signature, and a bill of material. */
async function filled(): Promise<Target> {
  const layout = createLayout(tempFolder())
  await pushAll(layout, [emptyConfig, shared, own, amd, arm])
  await layout.push(both.descriptor, both.bytes, { tag: "v1" })
  const signed = [signature(amd), signature(both), signature(both, "x/bill")]
  await pushAll(layout, [...signed, signature(signed[0] ?? amd)])
  return layout
}

describe("copy", () => {
  it("takes an index with all it names, each once, to any target and back", async () => {
    await using registry = await fakeRegistry()
    using client = createRegistryClient()
    const [from, to] = [await filled(), client.repository({ registry: registry.host, repository: "a" })]
    const result = await copy(from, to, both.descriptor, { tag: "v1" })
    expect(result).toEqual({ descriptor: both.descriptor, counts: { existed: 0, mounted: 0, pushed: 6 } })
    expect(await to.resolve("v1")).toEqual(both.descriptor)
    const back = createLayout(tempFolder())
    await copy(to, back, both.descriptor, { tag: "v1" })
    expect(await back.exists(both.descriptor)).toBe(true)
    expect(await back.tags()).toEqual(["v1"])
    expect(await back.referrers(both.descriptor)).toEqual([])
  })

  it("asks a registry for no more than it needs, over as many connections as there are blobs at once", async () => {
    await using registry = await fakeRegistry()
    let connections = 0
    registry.server.on("connection", () => connections++)
    using client = createRegistryClient()
    const [from, to] = [await filled(), client.repository({ registry: registry.host, repository: "a" })]
    await to.exists(emptyConfig.descriptor)
    const before = registry.asked.length
    // That it does not speak TLS took one of its own.
    connections = 1
    await copy(from, to, arm.descriptor, { tag: "v1" })
    const methods = registry.asked.slice(before).map((each) => each.split(" ")[0] ?? "")
    const counts = Object.entries(Object.groupBy(methods, (each) => each)).map(([method, list = []]) => [
      method,
      list.length,
    ])
    // Three blobs, and the manifest that names them.
    expect(Object.fromEntries(counts)).toEqual({ HEAD: 3, POST: 3, PUT: 4 })
    expect(connections).toBe(3)
    expect((await copy(from, to, arm.descriptor, { tag: "v1" })).counts).toEqual({ existed: 3, mounted: 0, pushed: 1 })
  })

  it("tells what a layout had already, its manifest too", async () => {
    const [from, to] = [await filled(), createLayout(tempFolder())]
    expect((await copy(from, to, arm.descriptor, { tag: "v1" })).counts).toEqual({ existed: 0, mounted: 0, pushed: 4 })
    expect((await copy(from, to, arm.descriptor, { tag: "v2" })).counts).toEqual({ existed: 4, mounted: 0, pushed: 0 })
  })

  it("brings referrers along, theirs too, all or of some types", async () => {
    const from = await filled()
    const all = createLayout(tempFolder())
    await copy(from, all, both.descriptor, { referrers: true })
    expect((await all.referrers(both.descriptor)).map(({ artifactType }) => artifactType).sort()).toEqual([
      "x/bill",
      "x/signature",
    ])
    expect(await all.referrers(amd.descriptor)).toHaveLength(1)
    expect(await all.referrers(signature(amd).descriptor)).toHaveLength(1)
    const some = createLayout(tempFolder())
    await copy(from, some, both.descriptor, { referrers: ["x/bill"] })
    expect((await some.referrers(both.descriptor)).map(({ artifactType }) => artifactType)).toEqual(["x/bill"])
    // Later ones come when it is copied again.
    await copy(from, some, both.descriptor, { referrers: true })
    expect(await some.referrers(amd.descriptor)).toHaveLength(1)
  })

  it("is not caught by referrers that name what they refer to", async () => {
    const from = await filled()
    const circular = index([amd.descriptor, both.descriptor], { subject: both.descriptor })
    await pushAll(from, [circular])
    const to = createLayout(tempFolder())
    await copy(from, to, both.descriptor, { referrers: true })
    expect(await to.exists(circular.descriptor)).toBe(true)
  })

  it("takes the manifest of one platform", async () => {
    const [from, to] = [await filled(), createLayout(tempFolder())]
    const result = await copy(from, to, both.descriptor, {
      tag: "v1",
      platform: { os: "linux", architecture: "amd64" },
    })
    expect(result.descriptor).toMatchObject(amd.descriptor)
    expect(await to.resolve("v1")).toMatchObject(amd.descriptor)
    expect(await to.exists(own.descriptor)).toBe(false)
    const none = copy(from, to, both.descriptor, { platform: { os: "plan9", architecture: "mips" } })
    await expect(none).rejects.toThrow(failure("ATT_OCI_PLATFORM"))
  })

  it("mounts within a registry, and sends nothing that is there", async () => {
    await using registry = await fakeRegistry()
    using client = createRegistryClient()
    const repository = (name: string) => client.repository({ registry: registry.host, repository: name })
    await copy(await filled(), repository("a"), both.descriptor)
    const mounted = await copy(repository("a"), repository("b"), both.descriptor)
    expect(mounted.counts).toEqual({ existed: 0, mounted: 3, pushed: 3 })
    const before = registry.asked.length
    const again = await copy(repository("a"), repository("b"), both.descriptor, { tag: "again" })
    expect(again.counts).toEqual({ existed: 1, mounted: 0, pushed: 0 })
    const { digest } = both.descriptor
    const asked = [`GET /v2/a/manifests/${digest}`, `HEAD /v2/b/manifests/${digest}`, "PUT /v2/b/manifests/again"]
    expect(registry.asked.slice(before)).toEqual(asked)
    const later = registry.asked.length
    const target = createLayout(tempFolder())
    await copy(repository("b"), target, await repository("b").fetchManifest("again"), { tag: "v1" })
    const manifests = registry.asked.slice(later).filter((each) => each.includes("/manifests/"))
    expect(manifests[0]).toBe("GET /v2/b/manifests/again")
    expect(manifests.filter((each) => each.includes(digest))).toEqual([])
    expect(await repository("b").tags()).toEqual(["again"])
  })

  it("tells how far it is", async () => {
    const events: CopyEvent[] = []
    await copy(await filled(), createLayout(tempFolder()), both.descriptor, { onEvent: (event) => events.push(event) })
    const of = (digest: string) => events.filter(({ descriptor }) => descriptor.digest === digest)
    const own = of(shared.descriptor.digest)
    expect(own[0]).toMatchObject({ kind: "found", bytes: 0 })
    expect(own.at(-1)).toMatchObject({ kind: "done", bytes: 200_000, outcome: "pushed" })
    const bytes = own.map((event) => event.bytes)
    expect(bytes).toEqual([...bytes].sort((a, b) => a - b))
    expect(events.filter(({ kind }) => kind === "done")).toHaveLength(6)
  })

  it("does no more at the same time than it may", async () => {
    const layers = Array.from({ length: 12 }, (_, i) => content(`layer ${i}`))
    const from = createLayout(tempFolder())
    const many = manifest(layers)
    await pushAll(from, [emptyConfig, ...layers, many])
    const to = createLayout(tempFolder())
    let [running, most] = [0, 0]
    const counting: Target = {
      ...to,
      push: async (...parameters) => {
        most = Math.max(most, ++running)
        try {
          return await to.push(...parameters)
        } finally {
          running--
        }
      },
    }
    await copy(from, counting, many.descriptor, { concurrency: 3 })
    expect(most).toBe(3)
  })

  it("leaves foreign layers where they are", async () => {
    const foreign = content("far", "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip").descriptor
    const windows = content(
      JSON.stringify({
        schemaVersion: 2,
        config: emptyConfig.descriptor,
        layers: [{ ...foreign, urls: ["https://a.example/"] }],
      }),
      amd.descriptor.mediaType,
    )
    const from = createLayout(tempFolder())
    await pushAll(from, [emptyConfig, windows])
    const to = createLayout(tempFolder())
    expect((await copy(from, to, windows.descriptor)).counts.pushed).toBe(2)
    expect((await copy(from, to, windows.descriptor)).counts.existed).toBe(1)
  })
})

describe("a copy that cannot be", () => {
  it("ends at the first failure, and leaves no manifest behind it", async () => {
    await using registry = await fakeRegistry()
    using client = createRegistryClient({ retry: { pauseMs: 1 } })
    const from = client.repository({ registry: registry.host, repository: "a" })
    await copy(await filled(), from, both.descriptor)
    registry.blobs.set(`a@${own.descriptor.digest}`, Buffer.from(noise(100_000, 9)))
    const directory = tempFolder()
    await expect(copy(from, createLayout(directory), both.descriptor, { tag: "v1" })).rejects.toThrow(
      failure("ATT_OCI_DIGEST"),
    )
    expect(await createLayout(directory).exists(both.descriptor)).toBe(false)
    const names = readdirSync(join(directory, "blobs/sha256"))
    expect(names).not.toContain(own.descriptor.digest.slice(7))
    expect(names).not.toContain(both.descriptor.digest.slice(7))
    for (const name of names)
      expect(content(readFileSync(join(directory, "blobs/sha256", name))).descriptor.digest).toContain(name)
  })

  it("is refused for blobs that are too large, before a byte of them", async () => {
    const to = createLayout(tempFolder())
    await expect(copy(await filled(), to, both.descriptor, { limitBytes: 150_000 })).rejects.toThrow(
      failure("ATT_OCI_LIMIT"),
    )
    expect(await to.exists(shared.descriptor)).toBe(false)
  })

  it("is refused for too many manifests, and for indexes too deep", async () => {
    const from = await filled()
    await expect(copy(from, createLayout(tempFolder()), both.descriptor, { limitManifests: 2 })).rejects.toThrow(
      failure("ATT_OCI_LIMIT"),
    )
    let deep = both
    for (let i = 0; i < 9; i++) {
      deep = index([deep.descriptor])
      await pushAll(from, [deep])
    }
    await expect(copy(from, createLayout(tempFolder()), deep.descriptor)).rejects.toThrow(failure("ATT_OCI_LIMIT"))
  })

  it("ends when aborted, and goes on when made again", async () => {
    await using registry = await fakeRegistry()
    using client = createRegistryClient()
    const from = client.repository({ registry: registry.host, repository: "a" })
    await copy(await filled(), from, both.descriptor)
    const directory = tempFolder()
    const stop = new AbortController()
    const onEvent = ({ kind, bytes }: CopyEvent): void => {
      if (kind === "bytes" && bytes > 50_000) stop.abort(new Error("enough"))
    }
    await expect(
      copy(from, createLayout(directory), both.descriptor, { onEvent, signal: stop.signal }),
    ).rejects.toThrow("enough")
    expect(await createLayout(directory).exists(both.descriptor)).toBe(false)
    await copy(from, createLayout(directory), both.descriptor)
    expect(await createLayout(directory).exists(both.descriptor)).toBe(true)
    expect(readdirSync(join(directory, ".partial"))).toEqual([])
  })
})
