// What the filters of an HTTPRoute do to requests and answers through a real Envoy.
import { freePorts } from "@attache/envoy"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Backend, startBackend } from "./backend.ts"
import { type GatewayUnderTest, startGateway } from "./gateway-under-test.ts"
import { backend, gateway, prefix, route, stream, to } from "./resources.ts"

type Document = Readonly<Record<string, unknown>>

const redirect = (requestRedirect: Document) => ({ filters: [{ type: "RequestRedirect", requestRedirect }] })
const rewrite = (urlRewrite: Document) => ({
  filters: [{ type: "URLRewrite", urlRewrite }],
  backendRefs: [to("one")],
})
const newPrefix = (replacePrefixMatch: string) => ({ path: { type: "ReplacePrefixMatch", replacePrefixMatch } })
const newPath = (replaceFullPath: string) => ({ path: { type: "ReplaceFullPath", replaceFullPath } })

/** An HTTPRouteFilter, and the filter of a rule that names it. */
function own(name: string, spec: Document): Document {
  return { apiVersion: "gateway.envoyproxy.io/v1alpha1", kind: "HTTPRouteFilter", metadata: { name }, spec }
}
function named(name: string): Document {
  return { type: "ExtensionRef", extensionRef: { group: "gateway.envoyproxy.io", kind: "HTTPRouteFilter", name } }
}

const cors = {
  allowOrigins: ["https://app.example.com", "https://*.wild.example.com"],
  allowMethods: ["GET", "PUT"],
  allowHeaders: ["x-token"],
  exposeHeaders: ["x-answer"],
  maxAge: 60,
  allowCredentials: true,
}

describe("filters of routes on a real Envoy", () => {
  let one: Backend
  let gw: GatewayUnderTest
  let port: number

  beforeAll(async () => {
    ;[port] = (await freePorts(1)) as [number]
    one = await startBackend("one", (_request, response) => {
      response.setHeader("x-inner", "1")
      return false
    })
    const objects = [
      ...gateway({ http: port }),
      backend("one", one.port),
      route("redirects", [
        prefix("/old", redirect({ ...newPrefix("/new"), statusCode: 301 })),
        prefix("/gone", redirect({ ...newPrefix("/"), statusCode: 308 })),
        prefix("/full", redirect({ ...newPath("/only/here"), statusCode: 307 })),
        prefix("/else", redirect({ scheme: "https", hostname: "other.example.com", port: 8443 })),
        prefix("/secure", redirect({ scheme: "https", hostname: "other.example.com", port: 443, statusCode: 303 })),
      ]),
      route("rewrites", [
        prefix("/before", rewrite({ hostname: "inner.example.com", ...newPrefix("/after") })),
        prefix("/cut", rewrite(newPrefix("/"))),
        prefix("/whole", rewrite(newPath("/only/here"))),
        prefix("/regex", { filters: [named("regex")], backendRefs: [to("one")] }),
      ]),
      own("regex", {
        urlRewrite: {
          path: {
            type: "ReplaceRegexMatch",
            replaceRegexMatch: { pattern: "^/regex/([^/]+)/(.*)$", substitution: "/\\2/of/\\1" },
          },
        },
      }),
      route("direct", [prefix("/direct", { filters: [named("direct")] })]),
      own("direct", {
        directResponse: { statusCode: 410, contentType: "text/plain", body: { type: "Inline", inline: "no more\n" } },
      }),
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
            {
              type: "ResponseHeaderModifier",
              responseHeaderModifier: {
                set: [{ name: "content-type", value: "text/x" }],
                add: [{ name: "x-answer", value: "yes" }],
                remove: ["x-inner"],
              },
            },
          ],
          backendRefs: [to("one")],
        }),
      ]),
      route("cors", [prefix("/cors", { filters: [{ type: "CORS", cors }], backendRefs: [to("one")] })]),
    ]
    gw = await startGateway({ "all.yaml": stream(...objects) })
  })
  afterAll(async () => {
    for (const each of [gw, one]) await each?.[Symbol.asyncDispose]()
  })

  const get = (path: string, headers: Readonly<Record<string, string>> = {}) => gw.request(port, path, { headers })

  it.each([
    ["/old/page?x=1", 301, "http://HOST/new/page?x=1"],
    ["/old", 301, "http://HOST/new"],
    ["/gone/page", 308, "http://HOST/page"],
    ["/gone", 308, "http://HOST/"],
    ["/full/page?x=1", 307, "http://HOST/only/here?x=1"],
    ["/else/page", 302, "https://other.example.com:8443/else/page"],
    ["/secure", 303, "https://other.example.com/secure"],
  ])("redirect %s with %d to %s", async (path, status, location) => {
    const answer = await get(path)
    expect([answer.status, answer.headers.location]).toEqual([status, location.replace("HOST", `127.0.0.1:${port}`)])
  })

  it.each([
    ["/before/page?x=1", "/after/page?x=1", "inner.example.com"],
    ["/before", "/after", "inner.example.com"],
    ["/cut/page", "/page", undefined],
    ["/cut", "/", undefined],
    ["/whole/page?x=1", "/only/here?x=1", undefined],
    ["/regex/a/b/c", "/b/c/of/a", undefined],
  ])("rewrite %s to %s", async (path, wanted, host) => {
    const seen = JSON.parse((await get(path)).body) as { path: string; headers: Record<string, string> }
    expect([seen.path, seen.headers.host]).toEqual([wanted, host ?? `127.0.0.1:${port}`])
  })

  it("answer directly", async () => {
    const { length } = one.seen
    const answer = await get("/direct")
    expect([answer.status, answer.body, answer.headers["content-type"]]).toEqual([410, "no more\n", "text/plain"])
    expect(one.seen.length).toBe(length)
  })

  it("change headers both ways", async () => {
    const answer = await get("/headers", { "x-gone": "1", "x-set": "before", "x-add": "before" })
    const { headers } = JSON.parse(answer.body) as { headers: Record<string, string> }
    expect([headers["x-set"], headers["x-add"], headers["x-gone"]]).toEqual(["set", "before, add", undefined])
    const changed = ["x-answer", "content-type", "x-inner"].map((name) => answer.headers[name])
    expect(changed).toEqual(["yes", "text/x", undefined])
    expect((await get("/before")).headers["x-inner"]).toBe("1")
  })

  const preflight = (origin: string, method = "PUT") =>
    gw.request(port, "/cors", {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": method, "access-control-request-headers": "x-token" },
    })

  it.each(["https://app.example.com", "https://any.wild.example.com"])(
    "answer the preflight of %s without the backend",
    async (origin) => {
      const { length } = one.seen
      const { status, headers } = await preflight(origin)
      expect(status).toBe(200)
      expect(headers).toMatchObject({
        "access-control-allow-origin": origin,
        "access-control-allow-methods": "GET, PUT",
        "access-control-allow-headers": "x-token",
        "access-control-max-age": "60",
        "access-control-allow-credentials": "true",
      })
      expect(one.seen.length).toBe(length)
    },
  )

  it.each(["https://evil.example.com", "https://app.example.com.evil.test", "https://app-example.com"])(
    "give %s no leave, neither before a request nor with its answer",
    async (origin) => {
      const before = await preflight(origin)
      const simple = await get("/cors", { origin })
      expect([before, simple].map(({ headers }) => headers["access-control-allow-origin"])).toEqual([
        undefined,
        undefined,
      ])
      expect(simple.status).toBe(200)
    },
  )

  it("give leave with the answer of a simple request", async () => {
    const { status, headers } = await get("/cors", { origin: "https://app.example.com" })
    expect(status).toBe(200)
    expect(headers).toMatchObject({
      "access-control-allow-origin": "https://app.example.com",
      "access-control-allow-credentials": "true",
      "access-control-expose-headers": "x-answer",
    })
  })
})
