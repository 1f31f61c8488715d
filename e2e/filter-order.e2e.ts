// EnvoyProxy `filterOrder`: Lua, ext_proc and Wasm in every position, two of each, as requests and responses meet them.
import { freePorts } from "@attache/envoy"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Backend, startBackend } from "./backend.ts"
import { type GatewayUnderTest, startGateway } from "./gateway-under-test.ts"
import { backend, extensions, gateway, governed, prefix, route, stream, to } from "./resources.ts"
import { luaTag, startTagGuest, startTagProcessor, type TagGuest, type TagProcessor } from "./tags.ts"

const lua = "envoy.filters.http.lua"
const extProc = "envoy.filters.http.ext_proc"
const wasm = "envoy.filters.http.wasm"

describe("filters on a real Envoy", () => {
  let one: Backend
  let guest: TagGuest
  let processors: readonly TagProcessor[]
  let gw: GatewayUnderTest
  let port: number

  const proxy = (filterOrder: readonly object[]): string =>
    stream(...governed(gateway({ http: port }), filterOrder.length === 0 ? {} : { filterOrder }))

  beforeAll(async () => {
    ;[port] = (await freePorts(1)) as [number]
    one = await startBackend("one", (_request, response) => {
      // Each answer starts a list of its own.
      response.setHeader("x-order", "")
      return false
    })
    guest = await startTagGuest()
    processors = [await startTagProcessor("e0"), await startTagProcessor("e1")]
    const rest = stream(
      backend("one", one.port),
      ...processors.map((processor) => processor.backend),
      route("all", [prefix("/all", { backendRefs: [to("one")] })]),
      extensions(
        "all",
        { kind: "HTTPRoute", name: "all" },
        {
          lua: [luaTag("l0"), luaTag("l1")],
          extProc: processors.map((processor) => processor.entry),
          wasm: [guest.entry("w0"), guest.entry("w1")],
        },
      ),
    )
    gw = await startGateway({ "gateway.yaml": proxy([]), "rest.yaml": rest })
  })
  afterAll(async () => {
    for (const each of [gw, one, guest, ...(processors ?? [])]) await each?.[Symbol.asyncDispose]()
  })

  it.each<readonly [string, readonly object[]]>([
    ["l0 l1 e0 e1 w0 w1", []],
    ["l0 l1 w0 w1 e0 e1", [{ name: wasm, before: extProc }]],
    ["e0 e1 l0 l1 w0 w1", [{ name: extProc, before: lua }]],
    ["e0 e1 w0 w1 l0 l1", [{ name: lua, after: wasm }]],
    ["w0 w1 l0 l1 e0 e1", [{ name: wasm, before: lua }]],
    [
      "w0 w1 e0 e1 l0 l1",
      [
        { name: wasm, before: lua },
        { name: extProc, after: wasm },
      ],
    ],
  ])("run as %s", async (order, filterOrder) => {
    await gw.write("gateway.yaml", proxy(filterOrder))
    const backwards = order.split(" ").reverse().join(" ")
    const answer = await gw.until(
      port,
      "/all",
      ({ body, headers }) => body.includes(`"x-order":"${order}"`) && headers["x-order"] === backwards,
    )
    expect(answer.status).toBe(200)
  })

  it("stand where they stood when an order names what is not there", async () => {
    await gw.write("gateway.yaml", proxy([{ name: wasm, before: "envoy.filters.http.basic_auth" }]))
    const answer = await gw.until(port, "/all", ({ body }) => body.includes('"x-order":"l0 l1 e0 e1 w0 w1"'))
    expect(answer.headers["x-order"]).toBe("w1 w0 e1 e0 l1 l0")
  })
})
