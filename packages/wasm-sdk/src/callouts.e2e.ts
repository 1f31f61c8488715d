// gRPC and aborts of the SDK: the same in the host and on a real Envoy.
import { join } from "node:path"
import { envoy, host, type ProxySetup, type ProxyUnderTest } from "@attache/testing"
import type { GrpcHandler } from "@attache/wasm-host"
import { beforeAll, describe, expect, it } from "vitest"
import { compileAssemblyScript } from "./build.ts"

const guests = join(import.meta.dirname, "../testdata/assembly")
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
const both = describe.each([host, envoy])

both("gRPC in the $name", ({ start }) => {
  let module: Uint8Array
  beforeAll(async () => {
    module = await compileAssemblyScript(join(guests, "grpc-calls.ts"))
  }, 60_000)

  const checks: GrpcHandler = ({ service, method, headers, message }) => {
    const mine = headers.find(([name]) => name === "x-mine")?.[1]
    if (text(message) === "/denied") return { status: 7, statusMessage: "denied" }
    return {
      message: `${service} ${method} ${mine} ${text(message)}`,
      initialMetadata: { "x-initial": "i" },
      trailingMetadata: { "x-trailing": "t" },
    }
  }
  const setup = (): ProxySetup => ({
    plugin: { module, rootId: "grpc" },
    clusters: { upstream: () => ({ body: "fine" }), checks: { grpc: checks }, refused: "refused" },
  })

  it("delivers the answer of a call with its request as the current context", async () => {
    await using proxy = await start(setup())
    const exchange = await proxy.send({ path: "/call" })
    expect(exchange.body).toBe("fine")
    expect(exchange.upstream?.header("x-answer")).toBe("acme.v1.Checker Check 1 /call")
    expect(proxy.received("checks")[0]).toMatchObject({ path: "/acme.v1.Checker/Check", body: "/call" })
  })

  it("tells why a call failed", async () => {
    await using proxy = await start(setup())
    expect(await proxy.send({ path: "/denied" })).toMatchObject({ status: 502, body: "7 denied{via_upstream}" })
    expect((await proxy.send({ path: "/refused" })).body).toMatch(/^14 upstream connect error/)
    expect(await proxy.send({ path: "/nowhere" })).toMatchObject({ status: 200, body: "refused" })
  })

  it("carries a stream with metadata and several messages", async () => {
    await using proxy = await start(setup())
    const { body } = await proxy.send({ path: "/stream" })
    expect(body.split(", ")).toEqual([
      "initial i",
      "acme.v1.Checker Talk 1 one",
      "acme.v1.Checker Talk 1 two",
      expect.stringMatching(/^trailing /),
      "closed 0",
    ])
  })

  it("delivers nothing after a cancel", async () => {
    await using proxy = await start(setup())
    const { body } = await proxy.send({ path: "/cancel" })
    expect(body).toBe("initial i, acme.v1.Checker Talk 1 one, cancelled, gone")
  })
})

both("an abort in the $name", ({ start }) => {
  let module: Uint8Array
  beforeAll(async () => {
    module = await compileAssemblyScript(join(guests, "aborts.ts"))
  }, 60_000)

  it.each([
    ["request headers", "complete", 503],
    ["request body", "complete", 503],
    ["call", "complete", 503],
    ["tick", "complete", 503],
    ["request trailers", "complete", 503],
    ["response headers", "complete", 503],
    ["response body", "cut", 200],
    ["response trailers", "cut", 200],
    ["log", "complete", 200],
    ["done", "complete", 200],
  ])("in %s is logged with its place, and the client is not left waiting", async (phase, outcome, status) => {
    const trailers = { "x-trailer": "1" }
    const clusters = { upstream: () => ({ chunks: ["a", "b"], trailers }), calls: () => ({}) }
    await using proxy = await start({ plugin: { module, rootId: "aborts" }, clusters })
    const exchange = await proxy.send({ headers: { "x-abort": phase, te: "trailers" }, chunks: ["1", "2"], trailers })
    expect([exchange.outcome, exchange.status]).toEqual([outcome, status])
    const line = new RegExp(`^abort: ${phase} \\(aborts\\.ts:\\d+:\\d+\\)$`)
    await proxy.until(() => proxy.logs.some(({ level, text }) => level === "critical" && line.test(text)))
  })
})

both("an abort outside of a request's callbacks in the $name", ({ start }) => {
  let module: Uint8Array
  beforeAll(async () => {
    module = await compileAssemblyScript(join(guests, "aborts.ts"))
  }, 60_000)

  const lines = async (configuration: string, send: (proxy: ProxyUnderTest) => Promise<unknown>) => {
    await using proxy = await start({ plugin: { module, rootId: "aborts", configuration } })
    await send(proxy)
    const critical = () => proxy.logs.filter(({ level }) => level === "critical").map(({ text }) => text)
    await proxy.until(() => critical().some((line) => line.startsWith("abort: ")))
    return critical()
  }

  it("is logged with its place when a stream is made", async () => {
    const found = await lines("create", async (proxy) => expect((await proxy.send()).status).toBe(503))
    expect(found).toEqual([expect.stringMatching(/^abort: create \(aborts\.ts:\d+:\d+\)$/)])
  })

  it("is logged when a recursion does not end", async () => {
    const headers = { "x-abort": "recursion" }
    const found = await lines("", async (proxy) => expect((await proxy.send({ headers })).status).toBe(503))
    expect(found).toEqual(["abort: stack overflow (?:1:1)"])
  })

  it("keeps the plugin from starting, with its place in the reason", async () => {
    await expect(lines("configure", async () => {})).rejects.toThrow(/abort: configure \(aborts\.ts:\d+:\d+\)/)
  })
})

describe("an abort on Envoy", () => {
  it("answers every request that waits, and a response that is held", async () => {
    const module = await compileAssemblyScript(join(guests, "aborts.ts"))
    await using proxy = await envoy.start({ plugin: { module, rootId: "aborts" } })
    const held = proxy.send({ headers: { "x-abort": "held response" } })
    await proxy.until(() => proxy.received("upstream").length === 1)
    expect((await proxy.send({ headers: { "x-abort": "tick" } })).status).toBe(503)
    expect((await held).status).toBe(503)
  })
})
