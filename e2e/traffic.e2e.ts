// What Gateway API files do to real requests through a real Envoy.
import { freePorts } from "@attache/envoy"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Backend, startBackend } from "./backend.ts"
import { type GatewayUnderTest, startGateway } from "./gateway-under-test.ts"
import { backend, extensions, gateway, prefix, route, stream, to } from "./resources.ts"

describe("HTTP routes on a real Envoy", () => {
  let one: Backend
  let two: Backend
  let flaky: Backend
  let slow: Backend
  let gw: GatewayUnderTest
  let port: number

  beforeAll(async () => {
    ;[port] = (await freePorts(1)) as [number]
    one = await startBackend("one")
    two = await startBackend("two")
    let failures = 0
    flaky = await startBackend("flaky", (_request, response) => {
      if (failures++ % 3 === 2) return false
      response.statusCode = 503
      response.end()
      return true
    })
    slow = await startBackend("slow", () => true)
    const objects = [
      ...gateway({ http: port }),
      backend("one", one.port),
      backend("two", two.port),
      backend("flaky", flaky.port),
      backend("slow", slow.port),
      route("plain", [prefix("/plain", { backendRefs: [to("one")] })]),
      route("weighted", [prefix("/weighted", { backendRefs: [to("one", { weight: 3 }), to("two", { weight: 1 })] })]),
      route("mirror", [
        prefix("/mirror", {
          filters: [{ type: "RequestMirror", requestMirror: { backendRef: to("two") } }],
          backendRefs: [to("one")],
        }),
      ]),
      route("redirect", [
        prefix("/old", {
          filters: [
            {
              type: "RequestRedirect",
              requestRedirect: { path: { type: "ReplacePrefixMatch", replacePrefixMatch: "/new" }, statusCode: 301 },
            },
          ],
        }),
      ]),
      route("rewrite", [
        prefix("/before", {
          filters: [
            {
              type: "URLRewrite",
              urlRewrite: {
                hostname: "inner.example.com",
                path: { type: "ReplacePrefixMatch", replacePrefixMatch: "/after" },
              },
            },
          ],
          backendRefs: [to("one")],
        }),
      ]),
      route("headers", [
        prefix("/headers", {
          filters: [
            {
              type: "RequestHeaderModifier",
              requestHeaderModifier: {
                set: [{ name: "x-set", value: "set" }],
                add: [{ name: "x-add", value: "add" }],
                remove: ["x-gone"],
              },
            },
            { type: "ResponseHeaderModifier", responseHeaderModifier: { add: [{ name: "x-answer", value: "yes" }] } },
          ],
          backendRefs: [to("one")],
        }),
      ]),
      route("retry", [prefix("/retry", { retry: { attempts: 3, codes: [503] }, backendRefs: [to("flaky")] })]),
      route("timeout", [prefix("/slow", { timeouts: { request: "200ms" }, backendRefs: [to("slow")] })]),
      route("cors", [
        prefix("/cors", {
          filters: [
            {
              type: "CORS",
              cors: { allowOrigins: ["https://app.example.com"], allowMethods: ["GET"], allowCredentials: true },
            },
          ],
          backendRefs: [to("one")],
        }),
      ]),
      route("methods", [
        {
          matches: [
            {
              path: { type: "Exact", value: "/exact" },
              method: "POST",
              headers: [{ name: "x-kind", value: "a" }],
              queryParams: [{ name: "q", value: "1" }],
            },
          ],
          backendRefs: [to("two")],
        },
      ]),
      route("nowhere", [prefix("/nowhere", { backendRefs: [to("absent")] })]),
      route("lua", [prefix("/lua", { backendRefs: [to("one")] })]),
      extensions(
        "lua",
        { kind: "HTTPRoute", name: "lua" },
        {
          lua: [
            {
              type: "Inline",
              inline: 'function envoy_on_response(handle) handle:headers():add("x-lua", "was here") end',
            },
          ],
        },
      ),
      route("broken-lua", [prefix("/broken-lua", { backendRefs: [to("one")] })]),
      extensions(
        "broken-lua",
        { kind: "HTTPRoute", name: "broken-lua" },
        { lua: [{ type: "Inline", inline: "function envoy_on_request(" }] },
      ),
    ]
    gw = await startGateway({ "all.yaml": stream(...objects) })
  })
  afterAll(async () => {
    await gw?.[Symbol.asyncDispose]()
    for (const server of [one, two, flaky, slow]) await server?.[Symbol.asyncDispose]()
  })

  const get = (path: string, headers: Readonly<Record<string, string>> = {}) => gw.request(port, path, { headers })

  it("forwards", async () => {
    const answer = await get("/plain/x")
    expect([answer.status, JSON.parse(answer.body)]).toMatchObject([200, { backend: "one", path: "/plain/x" }])
  })

  it("splits by weight", async () => {
    const names = await Promise.all(
      Array.from(
        { length: 400 },
        async () => (JSON.parse((await get("/weighted")).body) as { backend: string }).backend,
      ),
    )
    const share = names.filter((name) => name === "one").length / names.length
    // Three of four; 400 draws stay within five standard deviations of it.
    expect(Math.abs(share - 0.75)).toBeLessThan(0.11)
  })

  it("mirrors", async () => {
    expect((await get("/mirror/m")).status).toBe(200)
    await gw.until(port, "/plain", () => two.seen.some(({ path }) => path === "/mirror/m"))
  })

  it("redirects with the rest of the path", async () => {
    const answer = await get("/old/page?x=1")
    expect([answer.status, answer.headers.location]).toEqual([301, `http://127.0.0.1:${port}/new/page?x=1`])
  })

  it("rewrites host and path", async () => {
    const seen = JSON.parse((await get("/before/page")).body) as { path: string; headers: Record<string, string> }
    expect([seen.path, seen.headers.host]).toEqual(["/after/page", "inner.example.com"])
  })

  it("changes headers both ways", async () => {
    const answer = await get("/headers", { "x-gone": "1", "x-set": "before" })
    const { headers } = JSON.parse(answer.body) as { headers: Record<string, string> }
    expect([headers["x-set"], headers["x-add"], headers["x-gone"], answer.headers["x-answer"]]).toEqual([
      "set",
      "add",
      undefined,
      "yes",
    ])
  })

  it("retries", async () => {
    expect((await get("/retry")).status).toBe(200)
    expect(flaky.seen.length).toBe(3)
  })

  it("times out", async () => {
    expect((await get("/slow")).status).toBe(504)
  })

  it("answers CORS preflights", async () => {
    const headers = { origin: "https://app.example.com", "access-control-request-method": "GET" }
    const answer = await gw.request(port, "/cors", { method: "OPTIONS", headers })
    expect([answer.status, answer.headers["access-control-allow-origin"]]).toEqual([200, "https://app.example.com"])
  })

  it("matches method, header and query together", async () => {
    const full = await gw.request(port, "/exact?q=1", { method: "POST", headers: { "x-kind": "a" } })
    const lacking = await gw.request(port, "/exact?q=2", { method: "POST", headers: { "x-kind": "a" } })
    expect([full.status, lacking.status]).toEqual([200, 404])
  })

  it("answers 500 for a backend that does not exist, and leaves the other routes alone", async () => {
    expect([(await get("/nowhere")).status, (await get("/plain")).status]).toEqual([500, 200])
  })

  it("runs Lua", async () => {
    expect((await get("/lua")).headers["x-lua"]).toBe("was here")
  })

  it("closes a route whose script is broken, and only that one", async () => {
    expect([(await get("/broken-lua")).status, (await get("/lua")).status]).toEqual([500, 200])
  })
})
