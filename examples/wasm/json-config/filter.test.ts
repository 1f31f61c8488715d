import { join } from "node:path"
import { drivers, mutationsOf } from "@attache/testing"
import { compileAssemblyScript } from "@attache/wasm-sdk/build"
import { beforeAll, describe, expect, it } from "vitest"

let module: Uint8Array
beforeAll(async () => {
  module = await compileAssemblyScript(join(import.meta.dirname, "assembly", "index.ts"))
}, 60_000)
const pluginWith = (configuration: string | Readonly<Record<string, unknown>>) => ({
  plugin: { module, rootId: "json-config", configuration },
})

describe.each(drivers)("in the $name", ({ start }) => {
  it("sets what its configuration names", async () => {
    await using proxy = await start(pluginWith({ request: { "x-team": "web" }, response: { "x-cache": "nöne" } }))
    expect(mutationsOf(await proxy.send())).toEqual(["to upstream: + x-team: web", "to client: + x-cache: nöne"])
  })

  it("does nothing when switched off", async () => {
    await using proxy = await start(pluginWith({ enabled: false, request: { "x-team": "web" } }))
    expect(mutationsOf(await proxy.send())).toEqual([])
  })

  it.each([
    ["no JSON", '{"request": }', "the configuration is no JSON: line 1, column 13: a value is missing"],
    ["of another type", { response: { "x-cache": 1 } }, "response.x-cache must be a text"],
  ])("refuses a configuration that is %s", async (_what, configuration, reason) => {
    await expect(start(pluginWith(configuration))).rejects.toThrow(reason)
  })
})
