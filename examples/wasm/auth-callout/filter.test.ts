import { join } from "node:path"
import { drivers, type ProxySetup } from "@attache/testing"
import { compileAssemblyScript } from "@attache/wasm-sdk/build"
import { beforeAll, describe, expect, it } from "vitest"

type Cluster = NonNullable<ProxySetup["clusters"]>[string]

const users: Readonly<Record<string, string>> = { "Bearer a": "ann" }
const auth: Cluster = ({ headers }) => {
  const user = users[headers.find(([name]) => name === "authorization")?.[1] ?? ""]
  return user === undefined ? { status: 403 } : { headers: { "x-user": user } }
}
const upstream = () => ({ body: "secret" })
let module: Uint8Array
beforeAll(async () => {
  module = await compileAssemblyScript(join(import.meta.dirname, "assembly", "index.ts"))
}, 60_000)
const setup = (clusters: ProxySetup["clusters"]): ProxySetup => ({
  plugin: { module, rootId: "auth", configuration: { cluster: "auth" } },
  clusters: { upstream, ...clusters },
})

describe.each(drivers)("in the $name", ({ start }) => {
  it("lets through whom the service knows, with the name in place of the token", async () => {
    await using proxy = await start(setup({ auth }))
    const exchange = await proxy.send({ headers: { authorization: "Bearer a" } })
    expect(exchange).toMatchObject({ status: 200, body: "secret" })
    expect(exchange.upstream?.header("x-user")).toBe("ann")
    expect(exchange.upstream?.header("authorization")).toBeUndefined()
    expect(proxy.received("auth")[0]).toMatchObject({ method: "GET", path: "/check" })
  })

  it("denies others, and asks nobody when there is no token", async () => {
    await using proxy = await start(setup({ auth }))
    const denied = await proxy.send({ headers: { authorization: "Bearer b" } })
    expect(denied).toMatchObject({ status: 403, body: "denied\n", upstream: undefined })
    expect(await proxy.send()).toMatchObject({ status: 401, body: "no token\n", upstream: undefined })
    expect(proxy.received("auth")).toHaveLength(1)
  })

  it.each<[string, Cluster]>([
    ["answers 500", () => ({ status: 500 })],
    ["is not there", "refused"],
    ["hangs up", () => "close"],
    ["does not answer in time", () => "never"],
  ])("says try again when the service %s", async (_what, cluster) => {
    await using proxy = await start(setup({ auth: cluster }))
    const exchange = await proxy.send({ headers: { authorization: "Bearer a" } })
    expect(exchange).toMatchObject({ status: 503, body: "try again\n", upstream: undefined })
    expect(exchange.header("retry-after")).toBe("1")
  })

  it("says when the cluster does not exist", async () => {
    await using proxy = await start(setup({}))
    expect(await proxy.send({ headers: { authorization: "x" } })).toMatchObject({ status: 500 })
  })
})
