import { join } from "node:path"
import { drivers } from "@attache/testing"
import { compileAssemblyScript } from "@attache/wasm-sdk/build"
import { beforeAll, describe, expect, it } from "vitest"

let module: Uint8Array
beforeAll(async () => {
  module = await compileAssemblyScript(join(import.meta.dirname, "assembly", "index.ts"))
}, 60_000)

describe.each(drivers)("in the $name", ({ start }) => {
  it("counts requests and failures, and is at rest afterwards", async () => {
    const upstream = ({ path }: { readonly path: string }) => ({ status: Number(path.slice(1)) })
    await using proxy = await start({ plugin: { module, rootId: "metrics" }, clusters: { upstream } })
    for (const status of [200, 404, 500, 503]) await proxy.send({ path: `/${status}` })
    await proxy.until(async () => (await proxy.metric("failures")) === 2)
    expect([await proxy.metric("requests"), await proxy.metric("in_flight")]).toEqual([4, 0])
  })
})
