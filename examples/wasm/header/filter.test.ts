import { join } from "node:path"
import { drivers, mutationsOf } from "@attache/testing"
import { compileAssemblyScript } from "@attache/wasm-sdk/build"
import { beforeAll, describe, expect, it } from "vitest"

let module: Uint8Array
beforeAll(async () => {
  module = await compileAssemblyScript(join(import.meta.dirname, "assembly", "index.ts"))
}, 60_000)

it("is small", () => {
  expect(module.length).toBeLessThan(30 * 1024)
})

describe.each(drivers)("in the $name", ({ start }) => {
  it("changes headers in both directions", async () => {
    const upstream = () => ({ headers: { "x-powered-by": "express" }, body: "hello" })
    await using proxy = await start({ plugin: { module, rootId: "header" }, clusters: { upstream } })
    const exchange = await proxy.send({ path: "/a", headers: { "x-debug": "1", accept: "text/plain" } })
    expect(exchange).toMatchObject({ status: 200, body: "hello" })
    expect(mutationsOf(exchange)).toEqual([
      "to upstream: - x-debug: 1",
      "to upstream: + x-gateway: attache",
      "to client: - x-powered-by: express",
      "to client: + x-frame-options: DENY",
    ])
  })
})
