import { gzipSync } from "node:zlib"
import { sha256Hex } from "@attache/base"
import type { WasmRequest } from "@attache/translate"
import { describe, expect, it, vi } from "vitest"
import { httpServer } from "../../test/http-server.ts"
import { temporaryDirectory } from "../../test/temporary-directory.ts"
import { createModuleLoader, type ModuleLoaderOptions, placeAsFile, placeAtServer } from "./loader.ts"
import { createModuleStore } from "./store.ts"

// A busy machine is no reason to fail.
const patience = { interval: 2, timeout: 15_000 }
vi.setConfig({ testTimeout: 30_000 })

const module = (name: string) => Buffer.concat([Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]), Buffer.from(name)])
const http = (url: string, more: Partial<WasmRequest> = {}): WasmRequest => ({ type: "HTTP", url, ...more })
const going = () => new AbortController().signal

/** A module server whose module has the name that is asked for, and a loader over an empty store. */
async function setUp(more: Partial<ModuleLoaderOptions> = {}) {
  const folder = await temporaryDirectory()
  const server = await httpServer((request, response) => response.end(gzipSync(module(request.url ?? ""))))
  const store = createModuleStore(folder.path)
  const options: ModuleLoaderOptions = {
    store,
    addresses: { isLoopbackAllowed: true, isPrivateAllowed: false },
    place: placeAsFile,
    isOffline: false,
    fetch: { attempts: 1 },
    ...more,
  }
  return {
    server,
    store,
    options,
    load: createModuleLoader(options),
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

describe("createModuleLoader", () => {
  it("fetches, unwraps and places a module", async () => {
    await using world = await setUp()
    const sha256 = sha256Hex(module("/m"))
    expect(await world.load(http(`${world.server.url}/m`), going())).toEqual({
      type: "file",
      sha256,
      path: await world.store.find(sha256),
    })
  })

  it("joins loads of one module", async () => {
    await using world = await setUp()
    const request = http(`${world.server.url}/m`)
    const codes = await Promise.all([1, 2, 3].map(() => world.load(request, going())))
    expect(new Set(codes.map((code) => JSON.stringify(code))).size).toBe(1)
    expect(world.server.asked).toEqual(["/m"])
  })

  it("asks the server only for what the store lacks", async () => {
    await using world = await setUp()
    const url = `${world.server.url}/m`
    await world.load(http(url), going())
    await world.load(http(url), going())
    await world.load(http(url, { sha256: sha256Hex(module("/m")) }), going())
    await world.load(http("http://nowhere/", { sha256: sha256Hex(module("/m")) }), going())
    expect(world.server.asked, "the digest of a URL is remembered").toEqual(["/m"])
    await world.load(http(url, { pullPolicy: "Always" }), going())
    expect(world.server.asked).toEqual(["/m", "/m"])
  })

  it("refuses a module with another checksum and does not keep it", async () => {
    await using world = await setUp()
    const wanted = sha256Hex("another")
    const actual = sha256Hex(module("/m"))
    await expect(world.load(http(`${world.server.url}/m`, { sha256: wanted }), going())).rejects.toThrow(
      expect.objectContaining({
        code: "ATT_MODULE_CHECKSUM",
        message: `module downloaded from ${world.server.url}/m has checksum ${actual}, which does not match: ${wanted}`,
      }),
    )
    expect(await world.store.find(actual)).toBeUndefined()
  })

  it("offline has what is in the store and nothing else", async () => {
    await using world = await setUp()
    const url = `${world.server.url}/m`
    const offline = createModuleLoader({ ...world.options, isOffline: true })
    await expect(offline(http(url), going())).rejects.toThrow(expect.objectContaining({ code: "ATT_MODULE_OFFLINE" }))
    await world.load(http(url), going())
    expect(await offline(http(url), going())).toMatchObject({ type: "file", sha256: sha256Hex(module("/m")) })
    expect(world.server.asked).toHaveLength(1)
  })

  it("says that images are not read", async () => {
    await using world = await setUp()
    await expect(world.load({ type: "Image", url: "oci://r/m:1" }, going())).rejects.toThrow(
      expect.objectContaining({ code: "ATT_MODULE_IMAGE" }),
    )
  })

  it("ends when nobody waits any more", async () => {
    await using world = await setUp()
    await using silent = await httpServer(() => {})
    const stop = new AbortController()
    const load = world.load(http(silent.url), stop.signal)
    load.catch(() => {})
    await expect.poll(() => silent.asked.length, patience).toBe(1)
    stop.abort(new Error("nobody wants it"))
    await expect(load).rejects.toThrow("nobody wants it")
  })
})

describe("placeAtServer", () => {
  it("names a module by its URL and the salt", () => {
    const placed = { url: "http://m/x.wasm", sha256: "ab", path: "/store/ab.wasm" }
    const code = placeAtServer("https://control:18002", "salt")(placed)
    const name = Buffer.from(sha256Hex("http://m/x.wasmsalt"), "hex").toString("base64url")
    expect(code).toEqual({ type: "remote", url: `https://control:18002/${name}=.wasm`, sha256: "ab" })
  })
})
