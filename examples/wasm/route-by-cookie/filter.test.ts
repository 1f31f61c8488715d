import { join } from "node:path"
import { drivers } from "@attache/testing"
import { compileAssemblyScript } from "@attache/wasm-sdk/build"
import { beforeAll, describe, expect, it } from "vitest"

const routes = [{ prefix: "/beta/", cluster: "beta" }, { cluster: "stable" }]
const clusters = { beta: () => ({ body: "beta" }), stable: () => ({ body: "stable" }) }
let module: Uint8Array
beforeAll(async () => {
  module = await compileAssemblyScript(join(import.meta.dirname, "assembly", "index.ts"))
}, 60_000)

describe.each(drivers)("in the $name", ({ start }) => {
  it.each([
    ["a=1; beta=1", "beta", "/beta/a"],
    ["beta=0", "stable", "/a"],
    ["", "stable", "/a"],
  ])("with the cookie %j goes to %s", async (cookie, cluster, path) => {
    await using proxy = await start({ plugin: { module, rootId: "route-by-cookie" }, clusters, routes })
    const exchange = await proxy.send({ path: "/a", headers: { cookie } })
    expect(exchange.body).toBe(cluster)
    expect(exchange.upstream).toMatchObject({ cluster, path })
  })
})
