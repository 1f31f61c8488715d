// Files → control plane → Unix socket → a real Envoy → a backend.
import { gzipSync } from "node:zlib"
import { describe, expect, it, onTestFinished } from "vitest"
import { envoyUnderTest, freePort, type TestAnswer } from "../test/envoy-under-test.ts"
import { httpServer } from "../test/http-server.ts"
import { backend, gateway, route, stream, wasmPolicy } from "../test/resources.ts"
import { wasmGuest } from "../test/wasm-guest.ts"

const patience = { interval: 20, timeout: 15_000 }

async function echo(name: string) {
  const server = await httpServer((request, response) => response.end(`${name} ${request.url}`))
  onTestFinished(() => server[Symbol.asyncDispose]())
  return server
}

const guest = (answer: TestAnswer | undefined) => answer?.headers["x-guest"]

describe("files to traffic", () => {
  it("answers through a Backend, follows an edit, keeps serving on a broken file, and reports all of it", async () => {
    const [one, two] = [await echo("one"), await echo("two")]
    const port = await freePort()
    const routes = (path: string) =>
      stream(
        backend("one", one.port),
        backend("two", two.port),
        route("r", path, "one"),
        route("s", `${path}/two`, "two"),
      )
    const world = await envoyUnderTest(
      { "1-gateway.yaml": stream(...gateway(port)), "2-routes.yaml": routes("/a") },
      port,
    )
    await expect.poll(() => world.get("/a/x"), patience).toMatchObject({ status: 200, body: "one /a/x" })
    expect(await world.get("/a/two")).toMatchObject({ status: 200, body: "two /a/two" })
    expect(await world.get("/b")).toMatchObject({ status: 404 })
    await expect.poll(() => world.report().proxies[0]?.envoys[0]?.isInSync, patience).toBe(true)
    expect(world.report()).toMatchObject({ isReady: true, refusals: [], findings: [], staleFiles: [] })

    world.write("2-routes.yaml", routes("/b"))
    await expect.poll(() => world.get("/b"), patience).toMatchObject({ status: 200, body: "one /b" })
    expect(await world.get("/a/x")).toMatchObject({ status: 404 })

    world.write("2-routes.yaml", `${routes("/c")}\n---\nkind: [`)
    await expect.poll(() => world.report().staleFiles, patience).toEqual([world.path("2-routes.yaml")])
    expect(world.report().findings).toMatchObject([{ severity: "error", file: world.path("2-routes.yaml") }])
    expect(await world.get("/b")).toMatchObject({ status: 200, body: "one /b" })
    expect(await world.get("/c")).toMatchObject({ status: 404 })

    world.write("2-routes.yaml", routes("/c"))
    await expect.poll(() => world.get("/c"), patience).toMatchObject({ status: 200 })
    await expect.poll(() => world.report().staleFiles, patience).toEqual([])
  })
})

describe("Wasm over HTTP", () => {
  /** A server of modules: `/NAME` is a guest of that name, `/slow-NAME` the same once it is let go, `/bad` is Wasm in name only. */
  async function moduleServer() {
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    const server = await httpServer((request, response) => {
      const name = request.url?.slice(1) ?? ""
      if (name === "bad") response.end(Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 99, 99]))
      else if (name.startsWith("slow-")) void released.then(() => response.end(wasmGuest(name)))
      else response.end(gzipSync(wasmGuest(name)))
    })
    onTestFinished(() => server[Symbol.asyncDispose]())
    return { url: (name: string) => `${server.url}/${name}`, asked: server.asked, release }
  }

  it("runs as a file, stays while its successor is on its way, and is named when Envoy refuses it", async () => {
    const one = await echo("one")
    const modules = await moduleServer()
    const port = await freePort()
    const policy = (name: string) => stream(wasmPolicy("p", "r", modules.url(name)))
    const files = {
      "1-gateway.yaml": stream(...gateway(port), backend("one", one.port), route("r", "/", "one")),
      "2-policy.yaml": policy("first"),
    }
    const world = await envoyUnderTest(files, port)
    await expect.poll(async () => guest(await world.get("/")), patience).toBe("first")

    world.write("2-policy.yaml", policy("slow-second"))
    await expect.poll(() => modules.asked, patience).toContain("/slow-second")
    const status = () => JSON.stringify(world.controlPlane.translator.status("EnvoyExtensionPolicy/default/p"))
    await expect.poll(status, patience).toContain("Pending")
    expect(await world.get("/")).toMatchObject({ status: 200, headers: { "x-guest": "first" } })
    modules.release()
    await expect.poll(async () => guest(await world.get("/")), patience).toBe("slow-second")
    expect(status()).not.toContain("Pending")

    world.write("2-policy.yaml", policy("bad"))
    await expect.poll(() => world.report().refusals.length, patience).toBeGreaterThan(0)
    expect(world.report().refusals[0]?.message).toMatch(/wasm/i)
    expect(world.report().proxies[0]?.envoys[0]?.isInSync).toBe(false)
    expect(await world.get("/"), "Envoy keeps what it accepted last").toMatchObject({
      status: 200,
      headers: { "x-guest": "slow-second" },
    })

    world.write("2-policy.yaml", policy("third"))
    await expect.poll(async () => guest(await world.get("/")), patience).toBe("third")
    await expect.poll(() => world.report().refusals, patience).toEqual([])
  })
})
