import { request } from "node:http"
import { connect } from "node:net"
import { describe, expect, it } from "vitest"
import { anyAddresses } from "../../test/addresses.ts"
import { createTestAuthority } from "../../test/authority.ts"
import { type TestServer, testServer } from "../../test/http-server.ts"
import { createHttpClient } from "./client.ts"
import { readBody } from "./exchange.ts"
import { proxiesFromEnvironment, proxyFor } from "./proxy.ts"

const proxyAt = (url: string, env: Record<string, string>) =>
  proxyFor(new URL(url), proxiesFromEnvironment(env))?.url.href

describe("proxyFor", () => {
  const both = { HTTP_PROXY: "http://plain:1", https_proxy: "secure:2" }
  it.each<[string, Record<string, string>, string | undefined]>([
    ["http://a.example/", both, "http://plain:1/"],
    ["https://a.example/", both, "http://secure:2/"],
    ["https://a.example/", { HTTPS_PROXY: "https://p" }, "https://p/"],
    ["https://a.example/", { HTTP_PROXY: "http://p" }, undefined],
    ["http://a.example/", { HTTP_PROXY: "http://p", REQUEST_METHOD: "GET" }, undefined],
    ["https://a.example/", { HTTPS_PROXY: "socks5://p" }, undefined],
    ["https://a.example/", { HTTPS_PROXY: "http://%" }, undefined],
    ["https://localhost:5000/", both, undefined],
    ["https://127.0.0.7/", both, undefined],
    ["https://[::1]/", both, undefined],
    ["https://a.example/", { ...both, NO_PROXY: "*" }, undefined],
    ["https://a.example/", { ...both, NO_PROXY: "b.example, a.example" }, undefined],
    ["https://x.a.example/", { ...both, no_proxy: "a.example" }, undefined],
    ["https://x.a.example/", { ...both, no_proxy: ".a.example" }, undefined],
    ["https://x.a.example/", { ...both, no_proxy: "*.a.example" }, undefined],
    ["https://a.example/", { ...both, no_proxy: ".a.example" }, "http://secure:2/"],
    ["https://ba.example/", { ...both, no_proxy: "a.example" }, "http://secure:2/"],
    ["https://a.example:5000/", { ...both, no_proxy: "a.example:5000" }, undefined],
    ["https://a.example/", { ...both, no_proxy: "a.example:443" }, undefined],
    ["https://a.example/", { ...both, no_proxy: "a.example:5000" }, "http://secure:2/"],
    ["https://10.1.2.3/", { ...both, no_proxy: "10.0.0.0/8" }, undefined],
    ["https://11.1.2.3/", { ...both, no_proxy: "10.0.0.0/8,10.0.0.0/99,x/8" }, "http://secure:2/"],
    ["https://[fd00::1]/", { ...both, no_proxy: "fd00::/8" }, undefined],
    ["https://[fd00::1]:5/", { ...both, no_proxy: "[fd00::1]:5" }, undefined],
    ["https://10.1.2.3/", { ...both, no_proxy: "10.1.2.3" }, undefined],
  ])("%s with %j is %j", (url, env, want) => {
    expect(proxyAt(url, env)).toBe(want)
  })

  it("keeps the password out of what is printed", () => {
    const settings = proxiesFromEnvironment({ HTTPS_PROXY: "http://me:canary%21@p:8080" })
    expect(JSON.stringify(settings)).not.toMatch(/canary/)
    expect(String(Buffer.from(settings.https?.authorization?.reveal() ?? []))).toBe(
      `Basic ${Buffer.from("me:canary!").toString("base64")}`,
    )
  })
})

/** A proxy that leads every name to one server and notes who asked for what. */
async function testProxy(to: TestServer, status = 200): Promise<TestServer & { seen: string[] }> {
  const seen: string[] = []
  const proxy = await testServer((asked, response) => {
    seen.push(`${asked.url} ${asked.headers["proxy-authorization"]}`)
    const { pathname } = new URL(asked.url ?? "")
    request({ port: to.port, path: pathname }, (answer) => answer.pipe(response)).end()
  })
  proxy.server.on("connect", (asked, socket) => {
    seen.push(`${asked.url} ${asked.headers["proxy-authorization"]}`)
    socket.on("error", () => {})
    if (status !== 200) return void socket.end(`HTTP/1.1 ${status} No\r\n\r\n`)
    const upstream = connect(to.port, "127.0.0.1", () => socket.write("HTTP/1.1 200 Yes\r\n\r\n"))
    upstream.on("error", () => socket.destroy()).pipe(socket)
    socket.pipe(upstream)
  })
  return Object.assign(proxy, { seen })
}

describe("proxies", () => {
  const basic = `Basic ${Buffer.from("me:secret").toString("base64")}`
  // Names that nobody here can resolve: the proxy can.
  const resolveHost = () => Promise.reject(new Error("ENOTFOUND"))

  it("are asked for plain URLs, with their password", async () => {
    await using server = await testServer((asked, response) => response.end(asked.url))
    await using proxy = await testProxy(server)
    const proxies = proxiesFromEnvironment({ HTTP_PROXY: `http://me:secret@127.0.0.1:${proxy.port}` })
    using client = createHttpClient({ addresses: anyAddresses, proxies, resolveHost })
    const response = await client.ask({ url: new URL("http://far.example/v2/") })
    expect(Buffer.from(await readBody(response, 100)).toString()).toBe("/v2/")
    expect(proxy.seen).toEqual([`http://far.example/v2/ ${basic}`])
  })

  it("connect to https without seeing more than the name", async () => {
    const { localhost, caCertificate } = await createTestAuthority()
    await using server = await testServer((asked, response) => response.end(asked.headers.host), localhost)
    await using proxy = await testProxy(server)
    const proxies = proxiesFromEnvironment({ HTTPS_PROXY: `http://me:secret@127.0.0.1:${proxy.port}` })
    using client = createHttpClient({ addresses: anyAddresses, proxies, resolveHost, caCertificate })
    await expect(client.ask({ url: new URL("https://far.example/v2/") })).rejects.toThrow(/altnames/)
    expect(proxy.seen).toEqual([`far.example:443 ${basic}`])
    expect(server.asked).toEqual([])
  })

  it("may refuse", async () => {
    await using server = await testServer(() => {})
    await using proxy = await testProxy(server, 403)
    const proxies = proxiesFromEnvironment({ HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` })
    using client = createHttpClient({ addresses: anyAddresses, proxies, resolveHost })
    await expect(client.ask({ url: new URL("https://far.example/") })).rejects.toThrow(
      expect.objectContaining({ code: "ATT_HTTP_PROXY", facts: expect.objectContaining({ status: 403 }) }),
    )
  })

  it("are no way around the addresses that may not be reached", async () => {
    await using server = await testServer(() => {})
    await using proxy = await testProxy(server)
    const proxies = proxiesFromEnvironment({ HTTP_PROXY: `http://127.0.0.1:${proxy.port}` })
    const denied = expect.objectContaining({ code: "ATT_HTTP_ADDRESS_DENIED" })
    using literal = createHttpClient({ addresses: anyAddresses, proxies, resolveHost })
    await expect(literal.ask({ url: new URL("http://169.254.169.254/") })).rejects.toThrow(denied)
    using named = createHttpClient({ addresses: anyAddresses, proxies, resolveHost: async () => ["169.254.169.254"] })
    await expect(named.ask({ url: new URL("http://meta.example/") })).rejects.toThrow(denied)
    expect(proxy.seen).toEqual([])
  })
})
