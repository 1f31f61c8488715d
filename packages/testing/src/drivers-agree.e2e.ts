// What the host says is what a real Envoy says: the same requests through both, compared as a whole.
import { buildGuest, type GuestSpec, type GuestStep } from "@attache/wasm-host/guest"
import { describe, expect, it } from "vitest"
import { envoy } from "./envoy-driver.ts"
import { host } from "./host-driver.ts"
import { mutationsOf } from "./mutations.ts"
import type { Exchange, Message, ProxySetup, TestRequest } from "./proxy.ts"

const texts = { 16: "x-a", 32: "one", 48: "x-b", 64: "two", 80: "ticks", 96: "hello" }
const replace = (map: number, key: number, value: number): GuestStep => [
  "proxy_replace_header_map_value",
  ...[map, key, 3, value, 3],
]
const log: GuestStep = ["proxy_log", 3, 96, 5]
const reply: GuestStep = ["proxy_send_local_response", 418, 0, 0, 96, 5, 0, 0, -1]
const guest = (callbacks: GuestSpec["callbacks"] = {}, more: GuestSpec = {}) => ({
  module: buildGuest({ callbacks, data: texts, ...more }),
})
const rewriting = guest({
  proxy_on_request_headers: [replace(0, 16, 32)],
  proxy_on_response_headers: [replace(2, 48, 64), log],
})

const holding = guest(
  { proxy_on_request_body: [], proxy_on_response_body: [], proxy_on_response_trailers: [log] },
  { returns: { proxy_on_request_body: 1, proxy_on_response_body: 1 } },
)

/** Headers in which the two may differ: a clock. */
const comparable = (message: Message | undefined) =>
  message && {
    headers: message.headers.filter(([name]) => name !== "date"),
    body: message.body,
    trailers: message.trailers,
  }
const whole = (exchange: Exchange) => ({
  client: comparable(exchange),
  status: exchange.status,
  outcome: exchange.outcome,
  upstream: exchange.upstream && [exchange.upstream.method, exchange.upstream.path, comparable(exchange.upstream)],
  mutations: mutationsOf(exchange),
})

async function inBoth(setup: ProxySetup, request: TestRequest) {
  const seen = []
  for (const { start } of [host, envoy]) {
    await using proxy = await start(setup)
    const exchange = await proxy.send(request)
    const wanted = seen[0]?.logs.length ?? 0
    await proxy.until(() => proxy.logs.length >= wanted)
    seen.push({ ...whole(exchange), logs: proxy.logs.map(({ level, from, text }) => `${level} ${from}: ${text}`) })
  }
  return seen as [object, object]
}

describe("host and Envoy", () => {
  it.each<[string, ProxySetup, TestRequest]>([
    ["a plain request", { plugin: rewriting }, {}],
    [
      "bodies and repeated headers",
      {
        plugin: rewriting,
        clusters: { upstream: () => ({ status: 201, headers: { "x-u": ["1", "2"], "x-l": "é" }, body: "made" }) },
      },
      { path: "/p?q=1", headers: { "x-in": ["a", "b"], "x-l": "ü" }, body: "sent" },
    ],
    [
      "chunks and trailers",
      { plugin: rewriting, clusters: { upstream: () => ({ chunks: ["a", "b"], trailers: { "x-t": "1" } }) } },
      { chunks: ["c", "d"], trailers: { "x-s": "2" } },
    ],
    ["an answer of the plugin", { plugin: guest({ proxy_on_request_headers: [reply] }) }, { body: "x" }],
    ["a trap", { plugin: guest({ proxy_on_request_headers: ["trap"] }) }, {}],
    ["a trap under FAIL_OPEN", { plugin: { ...guest({ proxy_on_log: ["trap"] }), failurePolicy: "FAIL_OPEN" } }, {}],
    ["a cut connection", { plugin: guest({ proxy_on_request_headers: [["proxy_close_stream", 0]] }) }, {}],
    ["an upstream that hangs up", { plugin: rewriting, clusters: { upstream: () => "close" } }, {}],
    ["an upstream that is not there", { plugin: rewriting, clusters: { upstream: "refused" } }, {}],
    ["no route", { plugin: rewriting, routes: [{ prefix: "/only" }] }, { path: "/other" }],
    [
      "HEAD",
      { plugin: rewriting, clusters: { upstream: () => ({ headers: { "content-length": "5" } }) } },
      { method: "HEAD" },
    ],
    ["two plugins", { plugin: [rewriting, guest({ proxy_on_request_headers: [replace(0, 16, 64)] })] }, { body: "b" }],
    ["two plugins, the second answering", { plugin: [rewriting, guest({ proxy_on_request_headers: [reply] })] }, {}],
    [
      "two plugins, the second answering in place of the upstream",
      { plugin: [rewriting, guest({ proxy_on_response_headers: [reply] })] },
      { body: "b" },
    ],
    ["two plugins of one module in one VM", { plugin: [rewriting, { ...rewriting, rootId: "other" }] }, {}],
    [
      "two plugins that hold the body",
      { plugin: [holding, holding], clusters: { upstream: () => ({ chunks: ["a", "b"], trailers: { "x-t": "1" } }) } },
      { chunks: ["c", "d"], trailers: { "x-s": "2" } },
    ],
  ])("agree on %s", async (_what, setup, request) => {
    const [inHost, onEnvoy] = await inBoth({ logLevel: "warning", ...setup }, request)
    expect(onEnvoy).toEqual(inHost)
  })

  it("agree that a plugin is refused, and say why", async () => {
    const plugin = guest({ proxy_on_configure: [log] }, { returns: { proxy_on_configure: 0 } })
    for (const { start } of [host, envoy]) await expect(start({ plugin })).rejects.toThrow(/hello.*failed to load/s)
  })

  it("agree on a time-out of the client", async () => {
    const setup: ProxySetup = { plugin: rewriting, clusters: { upstream: () => "never" } }
    for (const { start } of [host, envoy]) {
      await using proxy = await start(setup)
      expect(await proxy.send({ timeoutMs: 200 })).toMatchObject({ outcome: "timeout", status: 0 })
    }
  })

  it("hand on what a handler throws", async () => {
    const upstream = () => {
      throw new Error("thrown by a test")
    }
    for (const { start } of [host, envoy]) {
      await using proxy = await start({ plugin: rewriting, clusters: { upstream } })
      await expect(proxy.send()).rejects.toThrow("thrown by a test")
    }
  })
})
