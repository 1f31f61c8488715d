// The server behind the real Envoy's ext_proc filter, over a Unix socket.
import { mkdtemp, rm } from "node:fs/promises"
import { createServer, type IncomingHttpHeaders, request, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { createLogger, silentLogger } from "@attache/base"
import { createIdleBootstrap, findEnvoy, type JsonObject, type RunningEnvoy, runEnvoy } from "@attache/envoy"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest"
import type { JsonValue, JsonObject as Metadata } from "./exchange.ts"
import { replaceBody, respond } from "./handlers.ts"
import { createExtProcServer, type ExtProcServer, type ExtProcServerOptions } from "./server.ts"

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

const type = (name: string) => `type.googleapis.com/envoy.${name}`

let path: string
let upstream: Server
let seen: { readonly headers: IncomingHttpHeaders; readonly body: string }[]
let folder: string
const opened: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  path = (await findEnvoy()).path
  upstream = createServer((incoming, response) => {
    text(incoming).then((body) => {
      seen.push({ headers: incoming.headers, body })
      response.setHeader("x-upstream", "yes")
      response.end(`echo:${body}`)
    }, console.error)
  })
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve))
})
afterAll(() => {
  upstream.closeAllConnections()
  upstream.close()
})
beforeEach(async () => {
  seen = []
  folder = await mkdtemp(join(tmpdir(), "ext-proc-e2e-"))
})
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
  await rm(folder, { recursive: true })
})

async function serve<State = undefined>(options: ExtProcServerOptions<State>): Promise<ExtProcServer> {
  const server = createExtProcServer({ logger: silentLogger, ...options })
  opened.push(() => server.close(0))
  await server.listen({ unixPath: join(folder, "x.sock") })
  return server
}

/** An Envoy with the filter in front of the upstream; gives its port. */
async function start(mode: JsonObject, filter: JsonObject = {}): Promise<number> {
  const processor = {
    "@type": type("extensions.filters.http.ext_proc.v3.ExternalProcessor"),
    grpc_service: { envoy_grpc: { cluster_name: "processor" }, timeout: "10s" },
    processing_mode: mode,
    message_timeout: "5s",
    ...filter,
  }
  const manager = {
    "@type": type("extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"),
    stat_prefix: "in",
    route_config: {
      virtual_hosts: [
        { name: "all", domains: ["*"], routes: [{ match: { prefix: "/" }, route: { cluster: "upstream" } }] },
      ],
    },
    http_filters: [
      { name: "envoy.filters.http.ext_proc", typed_config: processor },
      {
        name: "note",
        typed_config: {
          "@type": type("extensions.filters.http.header_mutation.v3.HeaderMutation"),
          mutations: {
            response_mutations: [
              { append: { header: { key: "x-metadata", value: "%DYNAMIC_METADATA(tests:score)%" } } },
            ],
          },
        },
      },
      { name: "router", typed_config: { "@type": type("extensions.filters.http.router.v3.Router") } },
    ],
  }
  const listener = {
    name: "http",
    address: { socket_address: { address: "127.0.0.1", port_value: 0 } },
    filter_chains: [{ filters: [{ name: "hcm", typed_config: manager }] }],
  }
  const { port } = upstream.address() as AddressInfo
  const http2 = {
    "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
      "@type": type("extensions.upstreams.http.v3.HttpProtocolOptions"),
      explicit_http_config: { http2_protocol_options: {} },
    },
  }
  const clusters = [
    clusterTo("upstream", { socket_address: { address: "127.0.0.1", port_value: port } }),
    { ...clusterTo("processor", { pipe: { path: join(folder, "x.sock") } }), typed_extension_protocol_options: http2 },
  ]
  const bootstrap: JsonObject = { ...createIdleBootstrap(), static_resources: { listeners: [listener], clusters } }
  const envoy = await runEnvoy({ path, bootstrap, concurrency: 1 })
  opened.push(async () => envoy[Symbol.asyncDispose]())
  return portOf(envoy)
}

function clusterTo(name: string, address: JsonObject): JsonObject {
  return { name, load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }] } }
}

async function portOf(envoy: RunningEnvoy): Promise<number> {
  const [address] = (await envoy.admin.listeners())[0]?.addresses ?? []
  if (address === undefined || !("port" in address)) throw new Error("the listener is not bound")
  return address.port
}

function send(port: number, headers: Record<string, string> = {}, chunks: readonly string[] = []): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const method = chunks.length === 0 ? "GET" : "POST"
    const outgoing = request({ host: "127.0.0.1", port, path: "/a", method, headers, agent: false }, (response) => {
      text(response).then(
        (body) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        reject,
      )
    })
    outgoing.on("error", reject)
    for (const chunk of chunks) outgoing.write(chunk)
    outgoing.end()
  })
}

const headersOnly = { request_header_mode: "SEND", response_header_mode: "SEND" }

describe("headers", () => {
  it("are read, set, appended, removed and emptied as the handler sees them", async () => {
    await serve({
      onRequestHeaders(headers) {
        headers.set("x-path", headers.get(":path") ?? "absent")
        headers.append("x-many", "2")
        headers.append("x-new", "a")
        headers.append("x-new", "b")
        headers.set("x-kept", "1")
        headers.append("x-kept", "2")
        headers.remove("x-gone")
        headers.set("x-empty", "")
        headers.set("x-bytes", headers.getBytes("x-raw") ?? "")
      },
      onResponseHeaders: (headers) => headers.set("x-ext-proc", headers.get("x-upstream") ?? "absent"),
    })
    const answer = await send(await start(headersOnly), {
      "x-many": "1",
      "x-gone": "1",
      "x-kept": "0",
      "x-raw": "caf\xe9",
    })
    expect(answer).toMatchObject({ status: 200, body: "echo:", headers: { "x-ext-proc": "yes" } })
    const headers: IncomingHttpHeaders = seen[0]?.headers ?? {}
    expect(headers).toMatchObject({
      "x-path": "/a",
      "x-many": "1, 2",
      "x-new": "a, b",
      "x-kept": "1, 2",
      "x-empty": "",
      "x-bytes": "caf\xe9",
    })
    expect(headers).not.toHaveProperty("x-gone")
  })

  it("carry metadata out and attributes in", async () => {
    let attributes: Readonly<Record<string, JsonValue>> = {}
    let metadata: Readonly<Record<string, Metadata>> = {}
    await serve({
      onRequestHeaders(_headers, exchange) {
        attributes = exchange.attributes
        metadata = exchange.metadata
        exchange.setMetadata("tests", { score: "high" })
      },
    })
    const receiving = { receiving_namespaces: { untyped: ["tests"] } }
    const port = await start(headersOnly, {
      request_attributes: ["request.method", "source.address"],
      metadata_options: receiving,
    })
    expect((await send(port)).headers["x-metadata"]).toBe("high")
    expect(attributes).toMatchObject({ "request.method": "GET" })
    expect(attributes["source.address"]).toMatch(/^127\.0\.0\.1:/)
    expect(metadata).toEqual({})
  })

  it.each([403, 418, 503])("are answered in place of the upstream with %d", async (status) => {
    await serve({
      onRequestHeaders: () => respond(status, { body: "no", headers: { "X-Why": "rule", "content-type": "text/x" } }),
    })
    const answer = await send(await start(headersOnly))
    expect(answer).toMatchObject({ status, body: "no", headers: { "x-why": "rule", "content-type": "text/x" } })
    expect(seen).toEqual([])
  })

  it("continue with another body", async () => {
    await serve({ onRequestHeaders: () => replaceBody("new") })
    const port = await start(headersOnly)
    expect((await send(port, {}, ["old"])).body).toBe("echo:new")
    expect((await send(port, { "content-length": "5" }, ["older"])).body).toBe("echo:new")
  })
})

describe("bodies", () => {
  it("are changed as a whole when buffered, with headers beside them", async () => {
    await serve({
      onRequestBody(body, { requestHeaders }) {
        requestHeaders.set("x-mode", body.mode)
        body.replace(body.text().toUpperCase())
      },
      onResponseBody: (body) => body.replace(`${body.text()}!`),
    })
    const mode = { ...headersOnly, request_body_mode: "BUFFERED", response_body_mode: "BUFFERED" }
    const port = await start(mode)
    expect((await send(port, {}, ["ab", "cd"])).body).toBe("echo:ABCD!")
    expect((await send(port, { "content-length": "2" }, ["ab"])).body).toBe("echo:AB!")
    expect(seen[0]?.headers["x-mode"]).toBe("buffered")
  })

  it("are changed chunk by chunk when streamed", async () => {
    await serve({ onRequestBody: (body) => (body.text() === "" ? undefined : body.replace(body.text().toUpperCase())) })
    expect((await send(await start({ ...headersOnly, request_body_mode: "STREAMED" }), {}, ["ab", "cd"])).body).toBe(
      "echo:ABCD",
    )
  })

  it("pass through, and get other borders, in full duplex", async () => {
    await serve({
      createState: () => ({ held: "" }),
      onRequestBody(body, exchange) {
        exchange.state.held += body.text()
        body.hold()
        if (!body.endOfStream) return
        for (const letter of exchange.state.held) exchange.writeRequestBody(`${letter}.`)
        exchange.writeRequestBody("end", true)
      },
    })
    const duplex = {
      request_body_mode: "FULL_DUPLEX_STREAMED",
      response_body_mode: "FULL_DUPLEX_STREAMED",
      request_trailer_mode: "SEND",
      response_trailer_mode: "SEND",
    }
    expect((await send(await start({ ...headersOnly, ...duplex }), {}, ["ab", "c"])).body).toBe("echo:a.b.c.end")
  })

  it("are asked for by a mode override", async () => {
    await serve({
      onRequestHeaders: (headers, exchange) =>
        headers.has("x-inspect") ? exchange.overrideMode({ requestBody: "buffered" }) : undefined,
      onRequestBody: (body) => body.replace(`${body.text()}?`),
    })
    const port = await start(headersOnly, { allow_mode_override: true })
    expect((await send(port, {}, ["a"])).body).toBe("echo:a")
    expect((await send(port, { "x-inspect": "1" }, ["a"])).body).toBe("echo:a?")
  })

  it("above the message limit fail the stream, and the next request passes", async () => {
    await serve({ maxMessageBytes: 1000 })
    const port = await start({ ...headersOnly, request_body_mode: "BUFFERED" })
    expect((await send(port, {}, ["a".repeat(2000)])).status).toBe(500)
    expect((await send(port, {}, ["a"])).status).toBe(200)
  })
})

describe("a handler that throws", () => {
  it.each([
    [false, 500],
    [true, 200],
  ])("with failure_mode_allow %s gives %d", async (allow, status) => {
    const lines: string[] = []
    await serve({
      logger: createLogger({ write: (line) => lines.push(line) }),
      onRequestHeaders() {
        throw new Error("broken")
      },
    })
    expect((await send(await start(headersOnly, { failure_mode_allow: allow }))).status).toBe(status)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain("ATT_EXT_PROC_HANDLER_FAILED")
  })
})

it("fails no request over thousands of streams, each of which Envoy resets", async () => {
  await serve({ onRequestHeaders: (headers) => headers.set("x-a", "1") })
  const port = await start(headersOnly)
  const statuses = new Map<number, number>()
  const one = async () => {
    const { status } = await send(port)
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
  }
  for (let i = 0; i < 100; i++) await Promise.all(Array.from({ length: 25 }, one))
  expect(Object.fromEntries(statuses)).toEqual({ 200: 2500 })
})

it("sees each exchange end once", async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  let ends = 0
  await serve({
    onEnd() {
      ends += 1
      if (ends === 3) resolve()
    },
  })
  const port = await start(headersOnly)
  await Promise.all([send(port), send(port), send(port)])
  await promise
  expect(ends).toBe(3)
})
