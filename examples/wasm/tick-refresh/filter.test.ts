import { join } from "node:path"
import { drivers } from "@attache/testing"
import { compileAssemblyScript } from "@attache/wasm-sdk/build"
import { beforeAll, describe, expect, it } from "vitest"

let module: Uint8Array
beforeAll(async () => {
  module = await compileAssemblyScript(join(import.meta.dirname, "assembly", "index.ts"))
}, 60_000)

describe.each(drivers)("in the $name", ({ start }) => {
  it("follows the list, and keeps the last good one", async () => {
    const plugin = { module, rootId: "tick-refresh", configuration: { cluster: "lists" } }
    let list = { status: 200, body: "/one\n" }
    const clusters = { upstream: () => ({ body: "fine" }), lists: () => list }
    await using proxy = await start({ plugin, clusters })
    const status = async (path: string) => (await proxy.send({ path })).status
    expect(await status("/one")).toBe(200)
    await proxy.until(async () => (await status("/one")) === 403)
    list = { status: 200, body: "/two\n/three\n" }
    await proxy.until(async () => (await status("/three")) === 403)
    expect(await status("/one")).toBe(200)
    list = { status: 500, body: "" }
    await proxy.until(() => proxy.logs.some(({ text }) => text.includes("keeping the one before")))
    expect(await status("/two")).toBe(403)
  })
})
