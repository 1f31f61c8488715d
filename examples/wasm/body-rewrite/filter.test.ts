import { join } from "node:path"
import { drivers } from "@attache/testing"
import { compileAssemblyScript } from "@attache/wasm-sdk/build"
import { beforeAll, describe, expect, it } from "vitest"

const json = { "content-type": "application/json" }
const upstream = () => ({ headers: json, chunks: ['{"paid with":"41111', '11111111111","at":"1700000000"}'] })
let module: Uint8Array
beforeAll(async () => {
  module = await compileAssemblyScript(join(import.meta.dirname, "assembly", "index.ts"))
}, 60_000)

describe.each(drivers)("in the $name", ({ start }) => {
  it("masks card numbers in JSON, also those that arrive in two chunks", async () => {
    await using proxy = await start({ plugin: { module, rootId: "body-rewrite" }, clusters: { upstream } })
    const exchange = await proxy.send({ headers: json, chunks: ['{"card":"55000000', '00000004"}'] })
    expect(exchange.upstream?.body).toBe('{"card":"************0004"}')
    expect(exchange.body).toBe('{"paid with":"************1111","at":"1700000000"}')
  })

  it("leaves other types alone", async () => {
    const plain = () => ({ headers: { "content-type": "text/plain" }, body: "4111111111111111" })
    await using proxy = await start({ plugin: { module, rootId: "body-rewrite" }, clusters: { upstream: plain } })
    const exchange = await proxy.send({ body: "5500000000000004", headers: { "content-type": "text/plain" } })
    expect([exchange.upstream?.body, exchange.body]).toEqual(["5500000000000004", "4111111111111111"])
  })
})
