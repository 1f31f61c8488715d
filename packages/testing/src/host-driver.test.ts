import { isAttacheError } from "@attache/base"
import { buildGuest, type GuestSpec, type GuestStep } from "@attache/wasm-host/guest"
import { describe, expect, it } from "vitest"
import { host } from "./host-driver.ts"
import type { ProxySetup } from "./proxy.ts"

const [requestHeaders, responseHeaders] = [0, 2]
const texts = { 16: "x-a", 32: "one", 48: "x-b", 64: "two", 80: "ticks", 96: "hello" }
const set = (map: number, key: number, value: number): GuestStep => [
  "proxy_replace_header_map_value",
  ...[map, key, 3, value, 3],
]
const log: GuestStep = ["proxy_log", 2, 96, 5]
const module = (callbacks: GuestSpec["callbacks"] = {}, more: GuestSpec = {}): Uint8Array =>
  buildGuest({ callbacks, data: texts, ...more })
const failureOf = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.catch((thrown: unknown) => thrown)
  return isAttacheError(error) ? `${error.code} ${error.message}` : String(error)
}

describe("the host driver", () => {
  it("shows both sides of an exchange", async () => {
    const plugin = { module: module({ proxy_on_request_headers: [set(requestHeaders, 16, 32)] }) }
    const upstream = () => ({ status: 201, headers: { "x-u": ["1", "2"] }, body: "made" })
    await using proxy = await host.start({ plugin, clusters: { upstream } })
    const exchange = await proxy.send({ path: "/p", headers: { "X-In": "é" }, body: "b" })
    expect(exchange).toMatchObject({ status: 201, body: "made", outcome: "complete" })
    expect(exchange.header("X-U")).toBe("1, 2")
    expect(exchange.upstream).toMatchObject({ cluster: "upstream", method: "POST", path: "/p", body: "b" })
    expect([exchange.upstream?.header("x-a"), exchange.upstream?.header("x-in")]).toEqual(["one", "é"])
    expect(proxy.received("upstream")).toHaveLength(1)
    expect(proxy.received("other")).toEqual([])
  })

  it("runs plugins in one chain, the first in front", async () => {
    const first = module({
      proxy_on_request_headers: [set(requestHeaders, 16, 32)],
      proxy_on_response_headers: [set(responseHeaders, 48, 64)],
    })
    const second = module({
      proxy_on_request_headers: [set(requestHeaders, 16, 64)],
      proxy_on_response_headers: [set(responseHeaders, 48, 32), log],
    })
    await using proxy = await host.start({ plugin: [{ module: first }, { module: second }] })
    const exchange = await proxy.send({ chunks: ["a", "b"] })
    expect([exchange.upstream?.header("x-a"), exchange.upstream?.body, exchange.header("x-b")]).toEqual([
      "two",
      "ab",
      "two",
    ])
    expect(proxy.logs.filter(({ text }) => text === "hello").map(({ from }) => from)).toEqual(["plugin-2"])
  })

  it("lets plugins share a request's properties, and hands bodies on piece by piece", async () => {
    const first = module({
      proxy_on_request_headers: [["proxy_set_property", 80, 5, 32, 3]],
      proxy_on_response_headers: [
        ["proxy_get_property", 80, 5, 200, 204],
        ["proxy_log", 2, 16, 3],
      ],
    })
    const seen: GuestStep[] = [["proxy_get_property", 80, 5, 200, 204], log]
    const second = module({ proxy_on_request_body: seen })
    await using proxy = await host.start({ plugin: [{ module: first }, { module: second }], logLevel: "trace" })
    await proxy.send({ chunks: ["a", "b"] })
    expect(proxy.logs.filter(({ text }) => text === "hello")).toHaveLength(3)
  })

  it("stops at the plugin that answers itself", async () => {
    const reply: GuestStep = ["proxy_send_local_response", 418, 0, 0, 96, 5, 0, 0, -1]
    const first = { module: module({ proxy_on_response_headers: [set(responseHeaders, 16, 32)] }) }
    const second = { module: module({ proxy_on_request_headers: [reply] }) }
    await using proxy = await host.start({ plugin: [first, second] })
    const exchange = await proxy.send()
    expect(exchange).toMatchObject({ status: 418, body: "hello", upstream: undefined })
    expect(exchange.header("x-a")).toBe("one")
  })

  it("lets virtual time pass until something holds, and says what it saw when it never does", async () => {
    const plugin = {
      module: module({
        proxy_on_configure: [
          ["proxy_set_tick_period_milliseconds", 1000],
          ["proxy_define_metric", 0, 80, 5, 128],
        ],
        proxy_on_tick: [["proxy_increment_metric", 4, 1n], log],
      }),
    }
    await using proxy = await host.start({ plugin })
    expect(await proxy.metric("ticks")).toBe(0)
    await proxy.until(async () => (await proxy.metric("ticks")) >= 6)
    await proxy.advance(1000)
    expect(await proxy.metric("ticks")).toBeGreaterThanOrEqual(8)
    expect(await proxy.metric("unknown")).toBe(0)
    expect(await failureOf(proxy.until(() => false))).toMatch(/^ATT_TESTING_UNTIL_TIMEOUT .*\n {2}info hello/s)
  })

  it.each<[string, ProxySetup["plugin"], RegExp]>([
    ["no module", { module: new Uint8Array(4) }, /^ATT_TESTING_NOT_STARTED the proxy refuses plugin\n/],
    [
      "a refusal",
      { name: "mine", module: module({ proxy_on_configure: [log] }, { returns: { proxy_on_configure: 0 } }) },
      /refuses mine\n.*info hello\n.*Plugin mine failed to load/s,
    ],
    ["a crash of Envoy", { module: buildGuest({ startSection: [["proxy_log", 2, 0, 0]] }) }, /start section/],
  ])("does not start with %s", async (_what, plugin, message) => {
    expect(await failureOf(host.start({ plugin }))).toMatch(message)
  })

  it("tells a client that gave up from one whose connection was cut", async () => {
    await using silent = await host.start({ plugin: { module: module() }, clusters: { upstream: () => "never" } })
    expect(await silent.send({ timeoutMs: 100 })).toMatchObject({ outcome: "timeout", status: 0 })
    const plugin = { module: module({ proxy_on_request_headers: [["proxy_close_stream", 0]] }) }
    await using closing = await host.start({ plugin })
    expect(await closing.send()).toMatchObject({ outcome: "cut", status: 0, upstream: undefined })
  })
})

// As many as a plugin's own tests may be, each with a proxy of its own: they are to take well below two seconds.
describe("two hundred proxies", () => {
  const guest = module({ proxy_on_request_headers: [set(requestHeaders, 16, 32)], proxy_on_response_headers: [log] })
  it.each(Array.from({ length: 200 }, (_, i) => i))("number %i", async (i) => {
    await using proxy = await host.start({
      plugin: { module: guest },
      clusters: { upstream: () => ({ body: `${i}` }) },
    })
    const exchange = await proxy.send({ path: `/${i}` })
    expect([exchange.body, exchange.upstream?.path, proxy.logs.length]).toEqual([`${i}`, `/${i}`, 1])
  })
})
