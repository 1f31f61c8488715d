import { readdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { sha256Hex } from "@attache/base"
import {
  addressesBeside,
  createLayout,
  digestOf,
  indexTypes,
  mediaTypes,
  packBytes,
  writeExtension,
} from "@attache/oci"
import type { WasmCode, WasmRequest } from "@attache/translate"
import { describe, expect, it, onTestFinished, vi } from "vitest"
import { type ImageRegistry, imageRegistry } from "../../test/image-registry.ts"
import { type ModuleWorld, moduleOf, moduleWorld, pullSecret } from "../../test/module-world.ts"
import { grantMs } from "./grants.ts"
import type { ModulesOptions } from "./loader.ts"

vi.setConfig({ testTimeout: 30_000 })
const patience = { interval: 2, timeout: 15_000 }

const [one, two] = [moduleOf("one"), moduleOf("two")]
const failure = (code: string, retry?: string) =>
  expect.objectContaining({ code, ...(retry === undefined ? {} : { retry }) })
const sha256 = (module: Uint8Array) => ({ sha256: sha256Hex(module) })
const pathOf = (code: WasmCode) => (code.type === "file" ? code.path : "")
const hex = (digest: string) => digest.replace("sha256:", "")

interface World extends ModuleWorld {
  readonly registry: ImageRegistry
  /** A request for the image `a/b`, or another path. @param suffix `:tag` or `@digest` */
  image(suffix: string, more?: Partial<WasmRequest>): WasmRequest
  /** As the policy of a tenant asks, with their pull secret. */
  by(user: string, suffix?: string, more?: Partial<WasmRequest>): WasmRequest
}

/** An open registry that holds `a/b:v1`, and modules over an empty store. */
async function setUp(more: Partial<ModulesOptions> = {}): Promise<World> {
  const world = await moduleWorld(more)
  const registry = await imageRegistry()
  onTestFinished(async () => {
    await registry[Symbol.asyncDispose]()
    await world[Symbol.asyncDispose]()
  })
  await registry.push("a/b", "v1", one)
  const image = (suffix: string, rest: Partial<WasmRequest> = {}): WasmRequest => {
    return { type: "Image", url: `oci://${registry.host}/a/b${suffix}`, ...rest }
  }
  return {
    ...world,
    registry,
    image,
    by: (user, suffix = ":v1", rest = {}) => image(suffix, { pullSecret: `ns/${user}`, ...rest }),
  }
}

/** The same behind passwords: `ann` and `bob` may read; `eve` has a secret whose password is wrong. */
async function setUpPrivate(more: Partial<ModulesOptions> = {}): Promise<World> {
  const world = await setUp(more)
  world.registry.behaviour.accounts = { ann: "a", bob: "b" }
  for (const [user, password] of Object.entries({ ann: "a", bob: "b", eve: "x" })) {
    world.secrets.set(`ns/${user}`, pullSecret(world.registry.host, user, password))
  }
  return world
}

describe("images", () => {
  it("give their module by tag, by digest, by a digest of the manifest, and from any repository that has it", async () => {
    const world = await setUp()
    const digest = await world.registry.push("a/b", "v1", one)
    for (const request of [
      world.image(":v1"),
      world.image(`@${digest}`),
      world.image(":v1", { sha256: hex(digest) }),
      world.image(`:v1@${digest}`, { sha256: hex(digest) }),
    ]) {
      expect(await world.load(request)).toMatchObject({ type: "file", ...sha256(one) })
    }
    expect(
      world.registry.asked.filter((each) => each.includes("GET blobs")),
      "config and layer, once",
    ).toHaveLength(2)
    await world.registry.push("c", "v1", one)
    await world.load({ type: "Image", url: `oci://${world.registry.host}/c:v1` })
    expect(await readFile(pathOf(await world.load(world.image(":v1"))))).toEqual(one)
  })

  it("are read in every form that others write", async () => {
    const world = await setUp()
    for (const format of ["docker-image", "wasm-artifact", "boe-artifact"] as const) {
      await world.registry.push("a/b", format, moduleOf(format), format)
      expect(await world.load(world.image(`:${format}`))).toMatchObject(sha256(moduleOf(format)))
    }
  })

  it("of an index may be named by its digest and by that of the manifest in it", async () => {
    const world = await setUp()
    const manifest = await world.registry.push("a/b", "v1", one)
    const target = world.registry.target("a/b")
    const { mediaType, size } = await target.resolve(manifest)
    const index = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: mediaTypes.ociIndex,
        manifests: [{ mediaType, digest: manifest, size }],
      }),
    )
    const root = { mediaType: mediaTypes.ociIndex, digest: digestOf(index), size: index.length }
    expect(indexTypes).toContain(root.mediaType)
    await target.push(root, index, { tag: "many" })
    for (const digest of [root.digest, manifest]) {
      expect(await world.load(world.image(":many", { sha256: hex(digest) }))).toMatchObject(sha256(one))
    }
    expect(await world.load(world.image(`@${root.digest}`, { sha256: hex(manifest) }))).toMatchObject(sha256(one))
  })

  it("by tag are asked for once, or always", async () => {
    const world = await setUp()
    await world.load(world.image(":v1"))
    await world.registry.push("a/b", "v1", two)
    world.restart()
    expect(await world.load(world.image(":v1"))).toMatchObject(sha256(one))
    expect(await world.load(world.image(":v1", { pullPolicy: "Always" }))).toMatchObject(sha256(two))
    expect(await world.load(world.image(":v1")), "what the tag meant last").toMatchObject(sha256(two))
    await world.registry.push("a/b", "latest", one)
    expect(await world.load(world.image(":latest"))).toMatchObject(sha256(one))
    await world.registry.push("a/b", "latest", two)
    expect(await world.load(world.image(":latest")), "always is the default of this tag").toMatchObject(sha256(two))
    await world.registry.push("a/b", "latest", one)
    expect(await world.load(world.image(":latest", { pullPolicy: "IfNotPresent" }))).toMatchObject(sha256(two))
  })

  it("are fetched once for all who ask at once, also when who began leaves", async () => {
    const world = await setUpPrivate()
    const asked = [world.by("ann"), world.by("bob"), world.by("ann", ":v1", { resourceVersion: "2" })].map(world.start)
    for (const { result } of asked) expect(await result).toMatchObject(sha256(one))
    const layers = world.registry.asked.filter((each) => each.startsWith("GET blobs"))
    expect(layers.length, "one layer, and a config for each").toBe(4)
  })

  it.each<readonly [string, (digest: string) => readonly [suffix: string, more: Partial<WasmRequest>]]>([
    ["a digest of another manifest", () => [":v1", { sha256: sha256Hex("x") }]],
    ["two that differ", (digest) => [`@${digest}`, { sha256: sha256Hex("x") }]],
  ])("with %s are refused, and heal when the tag is moved", async (_, requestOf) => {
    const world = await setUp()
    const digest = await world.registry.push("a/b", "v1", one)
    const [suffix, more] = requestOf(digest)
    const request = world.image(suffix, more)
    const asked = world.start(request)
    await expect(asked.result).rejects.toThrow(
      expect.objectContaining({
        code: "ATT_MODULE_CHECKSUM",
        retry: suffix.startsWith(":") ? "later" : "never",
        message: `module downloaded from ${request.url} has checksum ${hex(digest)}, which does not match: ${sha256Hex("x")}`,
      }),
    )
    expect(asked.meanwhile, "what was there before is taken").toEqual([undefined])
    expect((await readdir(world.folder)).filter((name) => name.endsWith(".wasm"))).toEqual([])
  })

  it.each<readonly [string, string, Partial<WasmRequest>, string, string, RegExp]>([
    ["that are not there", ":gone", {}, "ATT_OCI_NOT_FOUND", "later", /^could not fetch Wasm OCI image: .*:gone/],
    ["with a bad name", "/UPPER:v1", {}, "ATT_OCI_REFERENCE", "never", /^could not parse url in image reference: /],
    [
      "with a secret that is none",
      ":v1",
      { pullSecret: "ns/bad" },
      "ATT_OCI_CREDENTIALS",
      "never",
      /^pull secret ns\/bad /,
    ],
    [
      "with a secret that is gone",
      ":v1",
      { pullSecret: "ns/no" },
      "ATT_OCI_CREDENTIALS",
      "never",
      /^pull secret ns\/no /,
    ],
    ["of another kind", ":lua", {}, "ATT_OCI_FORMAT", "later", /^could not fetch Wasm OCI image: .* lua/],
  ])("%s are refused with a reason", async (_, suffix, more, code, retry, text) => {
    const world = await setUp()
    world.secrets.set("ns/bad", { ".dockerconfigjson": Buffer.from("{").toString("base64") })
    const files = [packBytes("x.lua", "-- nothing")]
    const target = world.registry.target("a/b")
    await target.tag(await writeExtension(target, { kind: "lua", name: "x", version: "1.0.0", files }), "lua")
    await expect(world.load(world.image(suffix, more))).rejects.toThrow(
      expect.objectContaining({ code, retry, message: expect.stringMatching(text) }),
    )
  })

  it("whose bytes are not those of their digest are refused, and nothing of them is kept", async () => {
    const world = await setUp()
    world.registry.behaviour.intercept = (request, response) => {
      if (!request.url?.includes("/blobs/")) return false
      response.end("other bytes")
      return true
    }
    await expect(world.load(world.image(":v1"))).rejects.toThrow(/ATT|size|digest|bytes/i)
    expect((await readdir(world.folder)).filter((name) => !name.endsWith(".note"))).toEqual([])
    world.registry.behaviour.intercept = undefined
    expect(await world.load(world.image(":v1"))).toMatchObject(sha256(one))
  })

  it("that take too long are given up, and asked for again", async () => {
    const world = await setUp()
    let isAsked = false
    world.registry.behaviour.intercept = () => {
      isAsked = true
      return true
    }
    const { result } = world.start(world.image(":v1"))
    await expect.poll(() => isAsked, patience).toBe(true)
    world.clock.advance(300_000)
    await expect(result).rejects.toThrow(
      expect.objectContaining({
        code: "ATT_MODULE_UNREACHABLE",
        retry: "later",
        message: expect.stringContaining("300 s"),
      }),
    )
  })

  it("at addresses that may not be asked are refused", async () => {
    const world = await setUp({ addresses: addressesBeside(["10.0.0.0/8"]) })
    await expect(world.load(world.image(":v1"))).rejects.toThrow(failure("ATT_HTTP_ADDRESS_DENIED", "never"))
    expect(world.registry.asked).toEqual([])
  })
})

describe("images in layouts on disk", () => {
  it("are read anew each time, where policies may name them", async () => {
    const world = await setUp()
    const directory = join(world.folder, "..", `${sha256Hex(world.folder).slice(0, 8)}-layout`)
    const layout = createLayout(directory)
    const write = async (module: Uint8Array) =>
      layout.tag(
        await writeExtension(layout, {
          kind: "wasm",
          name: "m",
          version: "1.0.0",
          files: [packBytes("plugin.wasm", module)],
        }),
        "dev",
      )
    await write(one)
    const request: WasmRequest = { type: "Image", url: `oci-layout:${directory}:dev` }
    await expect(world.load(request)).rejects.toThrow(failure("ATT_MODULE_LAYOUT", "never"))
    world.restart({ areLayoutsAllowed: true })
    expect(await world.load(request)).toMatchObject(sha256(one))
    await write(two)
    expect(await world.load(request)).toMatchObject(sha256(two))
  })
})

describe("modules of private images", () => {
  it("are given to who shows a login that the registry takes, from the store", async () => {
    const world = await setUpPrivate()
    expect(await world.load(world.by("ann"))).toMatchObject(sha256(one))
    const before = world.registry.asked.length
    expect(await world.load(world.by("bob"))).toMatchObject(sha256(one))
    expect(world.registry.asked.slice(before), "asked for the manifest alone").toEqual([
      "HEAD manifests -",
      "HEAD manifests bob",
    ])
    await world.load(world.by("bob"))
    await world.load(world.by("ann"))
    expect(world.registry.asked.length - before, "and remembered").toBe(2)
  })

  it.each<readonly [string, (world: World, digest: string) => WasmRequest]>([
    ["without a login", (world) => world.image(":v1")],
    ["with a wrong password", (world) => world.by("eve")],
    ["with a wrong password and the digest", (world, digest) => world.by("eve", `@${digest}`)],
    ["with the digest of the manifest alone", (world, digest) => world.image(":v1", { sha256: hex(digest) })],
  ])("are not given to who asks %s", async (_, requestOf) => {
    const world = await setUpPrivate()
    const digest = await world.registry.push("a/b", "v1", one)
    await world.load(world.by("ann"))
    for (const isOffline of [false, true]) {
      world.restart({ isOffline })
      const asked = world.start(requestOf(world, digest))
      await expect(asked.result).rejects.toThrow(
        isOffline ? failure("ATT_MODULE_OFFLINE") : failure("ATT_OCI_UNAUTHORIZED", "later"),
      )
      expect(asked.meanwhile.filter((code) => code !== undefined)).toEqual([])
    }
    world.registry.behaviour.isDown = true
    world.restart()
    const asked = world.start(requestOf(world, digest))
    await expect(asked.result, "an outage proves nothing").rejects.toThrow()
    expect(asked.meanwhile.filter((code) => code !== undefined)).toEqual([])
  })

  it("are not given to who only knows the digest of the file", async () => {
    const world = await setUpPrivate()
    await world.load(world.by("ann"))
    const url = `http://${world.registry.host}/elsewhere`
    await expect(world.load({ type: "HTTP", url, ...sha256(one) })).rejects.toThrow(failure("ATT_MODULE_INVALID"))
  })

  it("are judged anew after an hour, and taken from who lost the right", async () => {
    const world = await setUpPrivate()
    const code = await world.load(world.by("ann"))
    world.restart()
    world.clock.advance(grantMs - 1)
    const before = world.registry.asked.length
    expect(await world.load(world.by("ann"))).toEqual(code)
    expect(world.registry.asked).toHaveLength(before)
    world.clock.advance(1)
    world.registry.behaviour.accounts = {}
    const asked = world.start(world.by("ann"))
    await expect(asked.result).rejects.toThrow(failure("ATT_OCI_UNAUTHORIZED", "later"))
    expect(asked.meanwhile, "in use while it was asked, and then no more").toEqual([code, undefined])
    world.registry.behaviour.isDown = true
    const later = world.start(world.by("ann"))
    await expect(later.result).rejects.toThrow()
    expect(later.meanwhile, "a right that was refused is not an old one").toEqual([])
    world.registry.behaviour.isDown = false
    world.registry.behaviour.accounts = { ann: "a" }
    expect(await world.load(world.by("ann"))).toEqual(code)
  })

  it("stay with who had the right while the registry is away, and nobody is asked for what was public once", async () => {
    const world = await setUpPrivate()
    const code = await world.load(world.by("ann"))
    world.registry.behaviour.isDown = true
    world.restart()
    expect(await world.load(world.by("ann")), "within the hour nobody is asked").toEqual(code)
    world.clock.advance(10 * grantMs)
    const asked = world.start(world.by("ann"))
    await expect(asked.result).rejects.toThrow(expect.objectContaining({ retry: "later" }))
    expect(asked.meanwhile).toEqual([code])
    world.restart({ isOffline: true })
    expect(await world.load(world.by("ann"))).toEqual(code)

    const open = await setUp()
    await open.load(open.image(":v1"))
    open.registry.behaviour.isDown = true
    open.clock.advance(10 * grantMs)
    open.restart()
    expect(await open.load(open.image(":v1"))).toMatchObject(sha256(one))
  })

  it("by another secret of the same name are another matter", async () => {
    const world = await setUpPrivate()
    await world.load(world.by("ann"))
    world.secrets.set("ns/ann", pullSecret(world.registry.host, "ann", "wrong"))
    await expect(world.load(world.by("ann"))).rejects.toThrow(failure("ATT_OCI_UNAUTHORIZED"))
  })
})

describe("images and what may happen", () => {
  it("are healed after corruption, whatever their tag means by then", async () => {
    const world = await setUpPrivate()
    const code = await world.load(world.by("ann"))
    await writeFile(pathOf(code), "corrupted")
    await world.registry.push("a/b", "v1", two)
    const { signal } = new AbortController()
    expect(await world.modules().restore(code.sha256, signal)).toBe(true)
    expect(await readFile(pathOf(code))).toEqual(one)
    await writeFile(pathOf(code), "corrupted while nobody ran")
    world.restart()
    expect(await world.load(world.by("ann")), "the tag is looked up where nothing is there").toMatchObject(sha256(two))
  })

  it("keep what a tag meant until always is asked for, through outages", async () => {
    const world = await setUp()
    const always = world.image(":v1", { pullPolicy: "Always" })
    const code = await world.load(always)
    world.registry.behaviour.isDown = true
    world.restart()
    const asked = world.start(always)
    await expect(asked.result).rejects.toThrow(failure("ATT_HTTP_UNREACHABLE", "later"))
    expect(asked.meanwhile).toEqual([code])
    world.registry.behaviour.isDown = false
    await world.registry.push("a/b", "v1", two)
    expect(await world.load(always)).toMatchObject(sha256(two))
  })

  it("follow their tag when what it meant is gone from the registry and must be proven anew", async () => {
    const world = await setUpPrivate()
    const digest = await world.registry.push("a/b", "v1", one)
    await world.load(world.by("ann"))
    await world.registry.push("a/b", "v1", two)
    const target = world.registry.target("a/b")
    await target.delete(await target.resolve(digest))
    expect(await world.load(world.by("bob"))).toMatchObject(sha256(two))
  })

  it("are judged by signatures before their bytes are fetched, and anew under other rules", async () => {
    const judged: string[] = []
    const judge = (id: string, error?: Error): NonNullable<ModulesOptions["signatures"]> => ({
      id,
      judge: async (_target, { manifest }, repository) => {
        judged.push(`${id} ${repository}@${manifest.digest}`)
        if (error !== undefined) throw error
      },
    })
    const world = await setUp({ signatures: judge("strict", new Error("not signed")) })
    await expect(world.load(world.image(":v1"))).rejects.toThrow("not signed")
    expect(world.registry.asked).not.toContainEqual(expect.stringContaining("layer"))
    expect((await readdir(world.folder)).filter((name) => name.endsWith(".wasm"))).toEqual([])
    world.restart({ signatures: judge("mild") })
    await world.load(world.image(":v1"))
    await world.load(world.image(":v1"))
    world.restart({ signatures: judge("strict", new Error("not signed")) })
    await expect(world.load(world.image(":v1"))).rejects.toThrow("not signed")
    expect(judged.map((each) => each.split(" ")[0])).toEqual(["strict", "mild", "strict"])
  })
})
