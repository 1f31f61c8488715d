// What every target does, whatever holds its content.
import { expect } from "vitest"
import type { Target } from "../src/content/target.ts"
import { collect } from "../src/content/verified.ts"
import { content, emptyConfig, index, manifest, noise, opener, pushAll } from "./artifacts.ts"

/** What a target cannot do. */
export interface StoryLimits {
  readonly cannotUntag?: boolean
  /** Tags stay, with nothing behind them, when their manifest is removed. */
  readonly keepsTags?: boolean
  readonly cannotDelete?: boolean
  readonly cannotDeleteBlobs?: boolean
}

/** Pushes, reads, tags, refers and removes. */
export async function targetStory(target: Target, limits: StoryLimits = {}): Promise<void> {
  const module = content(noise(300_000))
  const other = content(noise(70_000, 2))
  const [one, two] = [manifest([module]), manifest([module, other], { annotations: { "a.b": "c" } })]
  const both = index([
    { ...one.descriptor, platform: { os: "linux", architecture: "amd64" } },
    { ...two.descriptor, platform: { os: "linux", architecture: "arm64" } },
  ])
  await pushesAndReads(target, module, other, one)
  await tags(target, [one, two], both)
  await refers(target, one)
  await refuses(target)
  await removes(target, both, limits)
}

type Contents = ReturnType<typeof content>

async function pushesAndReads(target: Target, module: Contents, other: Contents, one: Contents): Promise<void> {
  expect(await target.exists(module.descriptor)).toBe(false)
  await expect(target.fetch(module.descriptor)).rejects.toThrow(code("ATT_OCI_NOT_FOUND"))
  let taken = 0
  const onBytes = (count: number): void => {
    taken += count
  }
  expect(await target.push(module.descriptor, opener(module.bytes), { onBytes })).toBe("pushed")
  expect(taken).toBe(module.bytes.length)
  expect(await target.push(module.descriptor, opener(module.bytes))).toBe("existed")
  expect(await target.push(other.descriptor, other.bytes)).toBe("pushed")
  expect(await target.exists(module.descriptor)).toBe(true)
  expect(Buffer.compare(await collect(await target.fetch(module.descriptor)), module.bytes)).toBe(0)
  const rest = await collect(await target.fetch(module.descriptor, { offset: 123_456 }))
  expect(Buffer.compare(rest, module.bytes.subarray(123_456))).toBe(0)
  expect(await collect(await target.fetch(module.descriptor, { offset: module.bytes.length }))).toHaveLength(0)
  await pushAll(target, [emptyConfig, one])
  expect(await target.exists(one.descriptor)).toBe(true)
  expect((await target.fetchManifest(one.descriptor)).bytes).toEqual(Buffer.from(one.bytes))
  expect(await collect(await target.fetch(one.descriptor))).toEqual(Buffer.from(one.bytes))
}

async function tags(target: Target, [one, two]: readonly [Contents, Contents], both: Contents): Promise<void> {
  await pushAll(target, [one, two])
  await target.push(both.descriptor, both.bytes, { tag: "both" })
  for (const tag of ["v2", "v1", "moving"]) await target.tag(one.descriptor, tag)
  await target.tag(both.descriptor, "moving")
  expect(await target.tags()).toEqual(["both", "moving", "v1", "v2"])
  expect(await target.resolve("v1")).toMatchObject(one.descriptor)
  const fetched = await target.fetchManifest("v1")
  expect([fetched.descriptor, Buffer.from(fetched.bytes)]).toEqual([one.descriptor, Buffer.from(one.bytes)])
  expect(await target.resolve("moving")).toMatchObject(both.descriptor)
  for (const { descriptor } of [one, two, both]) {
    expect(await target.resolve(descriptor.digest)).toMatchObject(descriptor)
  }
  await expect(target.resolve("none")).rejects.toThrow(code("ATT_OCI_NOT_FOUND"))
  await expect(target.fetchManifest("none")).rejects.toThrow(code("ATT_OCI_NOT_FOUND"))
  await expect(target.resolve(content("none").descriptor.digest)).rejects.toThrow(code("ATT_OCI_NOT_FOUND"))
  await expect(target.tag(one.descriptor, "no tag")).rejects.toThrow(code("ATT_OCI_REFERENCE"))
}

async function refers(target: Target, one: Contents): Promise<void> {
  expect(await target.referrers(one.descriptor)).toEqual([])
  const signature = (text: string, artifactType: string) =>
    manifest([], { artifactType, subject: one.descriptor, annotations: { text } })
  const referrers = [signature("a", "x/signature"), signature("b", "x/signature"), signature("c", "x/bill")]
  await pushAll(target, referrers)
  await pushAll(target, referrers)
  const sorted = referrers.map(({ descriptor }) => descriptor.digest).sort()
  const found = await target.referrers(one.descriptor)
  expect(found.map(({ digest }) => digest)).toEqual(sorted)
  const signatures = await target.referrers(one.descriptor, "x/signature")
  expect(signatures.map(({ artifactType }) => artifactType)).toEqual(["x/signature", "x/signature"])
  expect(await target.referrers(one.descriptor, "x/other")).toEqual([])
}

async function refuses(target: Target): Promise<void> {
  const { descriptor, bytes } = content(noise(100_000, 3))
  const wrong = noise(100_000, 4)
  await expect(target.push(descriptor, wrong)).rejects.toThrow(code("ATT_OCI_DIGEST"))
  await expect(target.push(descriptor, opener(wrong))).rejects.toThrow(code("ATT_OCI_DIGEST"))
  await expect(target.push(descriptor, opener(bytes.subarray(1)))).rejects.toThrow(code("ATT_OCI_SIZE"))
  await expect(target.push(descriptor, opener(Buffer.concat([bytes, bytes])))).rejects.toThrow(code("ATT_OCI_SIZE"))
  expect(await target.exists(descriptor)).toBe(false)
  const odd = content("[]", "application/vnd.oci.image.manifest.v1+json")
  await expect(target.push(odd.descriptor, odd.bytes)).rejects.toThrow(code("ATT_OCI_MANIFEST"))
  expect(await target.push(descriptor, opener(bytes, 1000))).toBe("pushed")
}

async function removes(target: Target, both: Contents, limits: StoryLimits): Promise<void> {
  if (limits.cannotUntag === true) await expect(target.untag("v2")).rejects.toThrow(code("ATT_OCI_UNSUPPORTED"))
  else {
    await target.untag("v2")
    expect(await target.tags()).not.toContain("v2")
    await expect(target.untag("v2")).rejects.toThrow(code("ATT_OCI_NOT_FOUND"))
    expect(await target.resolve("v1")).toBeDefined()
  }
  if (limits.cannotDelete === true) return
  await target.delete(both.descriptor)
  if (limits.keepsTags !== true) expect(await target.tags()).not.toContain("both")
  await expect(target.resolve(both.descriptor.digest)).rejects.toThrow(code("ATT_OCI_NOT_FOUND"))
  await expect(target.delete(both.descriptor)).rejects.toThrow(code("ATT_OCI_NOT_FOUND"))
  if (limits.cannotDeleteBlobs === true) return
  const blob = content(noise(70_000, 2)).descriptor
  await target.delete(blob)
  expect(await target.exists(blob)).toBe(false)
}

function code(name: string) {
  return expect.objectContaining({ code: name })
}
