import { join } from "node:path"
import { drivers, host } from "@attache/testing"
import { compileAssemblyScript } from "@attache/wasm-sdk/build"
import { beforeAll, describe, expect, it } from "vitest"

let module: Uint8Array
beforeAll(async () => {
  module = await compileAssemblyScript(join(import.meta.dirname, "assembly", "index.ts"))
}, 60_000)
const of = (client: string) => ({ headers: { "x-client-id": client } })

describe.each(drivers)("in the $name", ({ start }) => {
  it("lets some requests of a client through and refuses the rest", async () => {
    await using proxy = await start({ plugin: { module, rootId: "rate-limit", vmId: "rate-limit" } })
    const statuses: number[] = []
    // Twice the limit and one more: on a real clock a window may end in between.
    for (let i = 0; i < 11; i++) statuses.push((await proxy.send(of("a"))).status)
    expect(statuses.slice(0, 5)).toEqual([200, 200, 200, 200, 200])
    expect(statuses).toContain(429)
    expect((await proxy.send(of("b"))).status).toBe(200)
  })
})

it("begins anew with the next minute", async () => {
  await using proxy = await host.start({ plugin: { module, rootId: "rate-limit" } })
  for (let i = 0; i < 5; i++) expect((await proxy.send(of("a"))).status).toBe(200)
  const refused = await proxy.send(of("a"))
  expect(refused).toMatchObject({ status: 429, body: "too many requests\n", upstream: undefined })
  expect(Number(refused.header("retry-after"))).toBeLessThanOrEqual(60)
  await proxy.advance(60_000)
  expect((await proxy.send(of("a"))).status).toBe(200)
})
