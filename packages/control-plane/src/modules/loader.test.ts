import { writeFile } from "node:fs/promises"
import { gzipSync } from "node:zlib"
import { sha256Hex } from "@attache/base"
import type { WasmCode, WasmRequest } from "@attache/translate"
import { describe, expect, it, onTestFinished, vi } from "vitest"
import { httpServer } from "../../test/http-server.ts"
import { moduleOf, moduleWorld } from "../../test/module-world.ts"
import type { ModulesOptions } from "./loader.ts"
import { createModuleStore } from "./store.ts"

// A busy machine is no reason to fail.
const patience = { interval: 2, timeout: 15_000 }
vi.setConfig({ testTimeout: 30_000 })

const http = (url: string, more: Partial<WasmRequest> = {}): WasmRequest => ({ type: "HTTP", url, ...more })
const failure = (code: string) => expect.objectContaining({ code })
const pathOf = (code: WasmCode) => (code.type === "file" ? code.path : "")

/** A module server whose module has the name that is asked for, and modules over an empty store. */
async function setUp(more: Partial<ModulesOptions> = {}) {
  const world = await moduleWorld(more)
  const server = await httpServer((request, response) => response.end(gzipSync(moduleOf(request.url ?? ""))))
  onTestFinished(async () => {
    await server[Symbol.asyncDispose]()
    await world[Symbol.asyncDispose]()
  })
  return { ...world, server, url: `${server.url}/m`, store: createModuleStore(world.folder) }
}

describe("modules over HTTP", () => {
  it("are fetched, unwrapped and placed", async () => {
    const world = await setUp()
    const sha256 = sha256Hex(moduleOf("/m"))
    const path = `${world.folder}/${sha256}.wasm`
    expect(await world.load(http(world.url))).toEqual({ type: "file", sha256, path })
    expect(await world.store.find(sha256)).toBe(path)
  })

  it("are fetched once for all who ask at once", async () => {
    const world = await setUp()
    const codes = await Promise.all([1, 2, 3].map(() => world.load(http(world.url))))
    expect(new Set(codes.map((code) => JSON.stringify(code))).size).toBe(1)
    expect(world.server.asked).toEqual(["/m"])
  })

  it("are asked for only where the store lacks them, or always", async () => {
    const world = await setUp()
    await world.load(http(world.url))
    await world.load(http(world.url))
    await world.load(http(world.url, { sha256: sha256Hex(moduleOf("/m")) }))
    expect(world.server.asked, "the digest of a URL is remembered").toEqual(["/m"])
    await world.load(http(world.url, { pullPolicy: "Always" }))
    expect(world.server.asked).toEqual(["/m", "/m"])
  })

  it("are not given to who knows a digest alone", async () => {
    const world = await setUp()
    await world.load(http(world.url))
    const elsewhere = http(`${world.server.url}/other`, { sha256: sha256Hex(moduleOf("/m")) })
    await expect(world.load(elsewhere)).rejects.toThrow(failure("ATT_MODULE_CHECKSUM"))
  })

  it("are refused with another checksum, and not kept", async () => {
    const world = await setUp()
    const wanted = sha256Hex("another")
    const actual = sha256Hex(moduleOf("/m"))
    await expect(world.load(http(world.url, { sha256: wanted }))).rejects.toThrow(
      expect.objectContaining({
        code: "ATT_MODULE_CHECKSUM",
        message: `module downloaded from ${world.url} has checksum ${actual}, which does not match: ${wanted}`,
      }),
    )
    expect(await world.store.find(actual)).toBeUndefined()
  })

  it("are only those of the store when offline", async () => {
    const world = await setUp({ isOffline: true })
    await expect(world.load(http(world.url))).rejects.toThrow(failure("ATT_MODULE_OFFLINE"))
    world.restart({ isOffline: false })
    await world.load(http(world.url))
    world.restart()
    for (const more of [{}, { pullPolicy: "Always" as const }]) {
      expect(await world.load(http(world.url, more))).toMatchObject({ sha256: sha256Hex(moduleOf("/m")) })
    }
    expect(world.server.asked).toHaveLength(1)
  })

  it("that are always asked for are those known while the server does not answer", async () => {
    const world = await setUp()
    const always = http(world.url, { pullPolicy: "Always" })
    const code = await world.load(always)
    await world.server[Symbol.asyncDispose]()
    world.restart()
    const asked = world.start(always)
    await expect(asked.result).rejects.toThrow(expect.objectContaining({ retry: "later" }))
    expect(asked.meanwhile).toEqual([code])
  })

  it("end when nobody waits any more", async () => {
    const world = await setUp()
    await using silent = await httpServer(() => {})
    const { result, stop } = world.start(http(silent.url))
    await expect.poll(() => silent.asked.length, patience).toBe(1)
    stop.abort(new Error("nobody wants it"))
    await expect(result).rejects.toThrow("nobody wants it")
  })
})

describe("modules that were given out", () => {
  it("are fetched again when their files are damaged or gone, as long as they are wanted", async () => {
    const world = await setUp()
    const { signal } = new AbortController()
    const asked = world.start(http(world.url))
    const code = await asked.result
    await world.modules().restoreAll(signal)
    expect(world.server.asked, "nothing is wrong").toHaveLength(1)
    await writeFile(pathOf(code), "damaged")
    await Promise.all([world.modules().restoreAll(signal), world.modules().restore(code.sha256, signal)])
    expect(await world.store.find(code.sha256)).toBe(pathOf(code))
    expect(world.server.asked).toHaveLength(2)
    expect(asked.reloads(), "Envoys may have met it").toBe(1)
    await world.modules().restoreAll(signal)
    expect(asked.reloads()).toBe(1)
    const again = world.start(http(world.url))
    expect(await again.result).toEqual({ ...code, revision: 1 })
    again.released.abort()
    await writeFile(pathOf(code), "damaged")
    asked.released.abort()
    expect(await world.modules().restore(code.sha256, signal)).toBe(false)
    expect(world.server.asked).toHaveLength(2)
  })

  it("stay damaged without harm while they cannot be fetched, and are healed later", async () => {
    const world = await setUp()
    let answer = "/m"
    const server = await httpServer((_, response) => response.end(moduleOf(answer)))
    onTestFinished(() => server[Symbol.asyncDispose]())
    const code = await world.load(http(server.url))
    await writeFile(pathOf(code), "damaged")
    answer = "another by now"
    const { signal } = new AbortController()
    expect(await world.modules().restore(code.sha256, signal)).toBe(false)
    await world.modules().restoreAll(signal)
    answer = "/m"
    expect(await world.modules().restore(code.sha256, signal)).toBe(true)
  })
})
