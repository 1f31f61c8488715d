// Guests made with the SDK, compiled here and run by the real Envoy.
import { mkdtemp, rm } from "node:fs/promises"
import { createServer, type IncomingHttpHeaders, request, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createIdleBootstrap, findEnvoy, type JsonObject, type RunningEnvoy, runEnvoy } from "@attache/envoy"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { buildAssemblyScript } from "./build.ts"

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly raw: readonly string[]
  readonly body: string
}

const type = (name: string) => `type.googleapis.com/envoy.${name}`
const text = (value: string) => ({ "@type": "type.googleapis.com/google.protobuf.StringValue", value })

let folder: string
let upstream: Server
let seen: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "wasm-e2e-"))
  upstream = createServer(async (incoming, response) => {
    const chunks = await Array.fromAsync(incoming)
    const body = Buffer.concat(chunks).toString()
    seen.push({ headers: incoming.headers, body })
    response.setHeader("x-echo-path", incoming.url ?? "")
    response.end(`echo:${body}`)
  })
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve))
})
afterAll(async () => {
  upstream.closeAllConnections()
  upstream.close()
  await rm(folder, { recursive: true })
})

const compiled = new Map<string, Promise<string>>()
/** Path of a guest's module, compiled once. */
function compile(guest: string): Promise<string> {
  const path = compiled.get(guest) ?? compileAnew(guest)
  compiled.set(guest, path)
  return path
}

async function compileAnew(guest: string): Promise<string> {
  const entry = join(import.meta.dirname, `../testdata/assembly/${guest}.ts`)
  const result = await buildAssemblyScript(entry, join(folder, `${guest}.wasm`))
  if (!result.ok) throw new Error(JSON.stringify(result.findings))
  return result.path
}

/** An Envoy whose one listener runs a guest in front of the upstream. */
async function start(module: string, rootId: string, configuration: string, log: string[]): Promise<RunningEnvoy> {
  const vm = {
    vm_id: rootId,
    runtime: "envoy.wasm.runtime.v8",
    code: { local: { filename: module } },
    configuration: text("of the vm"),
  }
  const config = { name: "guest", root_id: rootId, vm_config: vm, configuration: text(configuration) }
  const wasm = { name: "wasm", typed_config: { "@type": type("extensions.filters.http.wasm.v3.Wasm"), config } }
  const router = { name: "router", typed_config: { "@type": type("extensions.filters.http.router.v3.Router") } }
  const metadata = { filter_metadata: { guest: { mode: "strict" } } }
  const route = { match: { prefix: "/" }, route: { cluster: "upstream" }, metadata }
  const manager = {
    "@type": type("extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"),
    stat_prefix: "in",
    route_config: {
      virtual_hosts: [{ name: "all", domains: ["*"], routes: [route] }],
    },
    http_filters: [wasm, router],
  }
  const listener = {
    name: "http",
    address: { socket_address: { address: "127.0.0.1", port_value: 0 } },
    filter_chains: [{ filters: [{ name: "hcm", typed_config: manager }] }],
  }
  const { port } = upstream.address() as AddressInfo
  const endpoint = { address: { socket_address: { address: "127.0.0.1", port_value: port } } }
  const cluster = {
    name: "upstream",
    load_assignment: { cluster_name: "upstream", endpoints: [{ lb_endpoints: [{ endpoint }] }] },
  }
  const bootstrap: JsonObject = {
    ...createIdleBootstrap(),
    static_resources: { listeners: [listener], clusters: [cluster] },
  }
  return runEnvoy({
    path: (await findEnvoy()).path,
    bootstrap,
    concurrency: 1,
    componentLogLevels: { wasm: "info" },
    onLog: (line) => {
      if (line.logger === "wasm") log.push(line.message)
    },
  })
}

async function portOf(envoy: RunningEnvoy): Promise<number> {
  const [address] = (await envoy.admin.listeners())[0]?.addresses ?? []
  if (address === undefined || !("port" in address)) throw new Error("the listener is not bound")
  return address.port
}

function send(port: number, path: string, headers: Record<string, string | string[]> = {}, body = ""): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const method = body === "" ? "GET" : "POST"
    const outgoing = request({ host: "127.0.0.1", port, path, method, headers, agent: false }, async (response) => {
      const chunks = await Array.fromAsync(response)
      const { statusCode: status = 0, rawHeaders: raw } = response
      resolve({ status, headers: response.headers, raw, body: Buffer.concat(chunks).toString() })
    })
    outgoing.on("error", reject)
    outgoing.end(body)
  })
}

/** Asks until the answer is as wanted: ticks and queues come when Envoy finds the time. */
async function until(ask: () => Promise<string>, wanted: string): Promise<void> {
  let answer = await ask()
  for (let tries = 0; answer !== wanted && tries < 500; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 10))
    answer = await ask()
  }
  expect(answer).toBe(wanted)
}

describe("a guest that adds a header", () => {
  it("adds it, under any root id", async () => {
    await using envoy = await start(await compile("add-header"), "whatever", "", [])
    const answer = await send(await portOf(envoy), "/")
    expect(answer).toMatchObject({ status: 200, headers: { "x-wasm": "hello" }, body: "echo:" })
  })
})

describe("a guest that uses every call", () => {
  let envoy: RunningEnvoy
  let port: number
  const log: string[] = []
  const ask = async (path: string) => (await send(port, path)).body

  beforeAll(async () => {
    envoy = await start(await compile("every-call"), "every", "of the plugin", log)
    port = await portOf(envoy)
  })
  afterAll(() => envoy[Symbol.asyncDispose]())

  it("reads and changes headers, absent and empty told apart", async () => {
    seen = []
    const latin = Buffer.from("caf\xe9", "latin1").toString("latin1")
    const answer = await send(port, "/headers", {
      "x-many": ["1", "2"],
      "x-empty": "",
      "x-removed": "gone",
      "x-raw": latin,
    })
    const headers: IncomingHttpHeaders = seen[0]?.headers ?? {}
    expect(headers).toMatchObject({ "x-seen": "1+2,null,''", "x-added": "1, 2", "x-raw-copy": latin })
    expect(Buffer.from(String(headers["x-raw-text"]), "latin1").toString()).toBe("caf\ufffd")
    expect(headers).not.toHaveProperty("x-removed")
    expect(answer.headers).toMatchObject({ "x-wasm": "every-call", "x-path-in-response": "null 2" })
  })

  it("holds, reads and rewrites bodies", async () => {
    seen = []
    const answer = await send(port, "/body", {}, "grüße")
    expect(seen[0]?.body).toBe("<GRÜSSE>7")
    expect(answer.body).toMatch(/^echo:<GRÜSSE>7 seen \d+$/)
  })

  it("answers itself with repeated headers", async () => {
    const answer = await send(port, "/reply")
    expect(answer).toMatchObject({ status: 418, body: "short", headers: { "x-a": "1, 2", "x-wasm": "every-call" } })
  })

  it("calls out and resumes with the answer, and is refused an unknown cluster", async () => {
    seen = []
    expect((await send(port, "/callout")).body).toBe("echo:")
    expect(seen.map(({ body }) => body)).toEqual(["question", ""])
    expect(seen[1]?.headers["x-callout"]).toBe("200 /echoed echo:question")
    expect(await ask("/unknown-cluster")).toBe("refused 2")
  })

  it("reads and sets properties", async () => {
    expect(await ask("/properties")).toMatch(/^127\.0\.0\.1:\d+\|guest\|absent\|stored\|[1-9]\d*\|false\|strict$/)
  })

  it("shares data between requests and notices a stale number", async () => {
    expect(await ask("/shared")).toBe("1 mismatch")
    expect(await ask("/shared")).toBe("2 mismatch")
  })

  it("counts, and Envoy shows the metrics", async () => {
    expect(await ask("/metrics")).toMatch(/^[1-9]\d* 3$/)
    const stats = await envoy.admin.stats({ filter: "^wasmcustom" })
    expect(stats.get("wasmcustom.level")).toBe(3)
    expect(stats.get("wasmcustom.requests")).toBeGreaterThan(0)
  })

  it("hears its timer and its queue", async () => {
    expect(await ask("/enqueue")).toBe("queued")
    await until(() => ask("/state"), "ticked job-1")
  })

  it("does not resume what is not held", async () => {
    expect(await ask("/early-resume")).toBe("refused")
  })

  it("logs by level, with the configuration and after the response", async () => {
    expect(await ask("/log")).toBe("no debug")
    const all = () => log.join("\n")
    await until(async () => String(all().includes("logged /log 200")), "true")
    expect(all()).toContain("vm configuration: of the vm")
    expect(all()).toContain("umlaut ä and 😀")
    expect(all()).not.toContain("at debug")
  })

  it("calls Envoy's own functions", async () => {
    expect(await ask("/foreign")).toBe("smaller unknown now random")
  })

  it("names file and line when it traps", async () => {
    expect((await send(port, "/trap")).status).toBe(503)
    const line = () => log.find((each) => each.includes("abort: ")) ?? ""
    await until(async () => String(line() !== ""), "true")
    expect(line()).toMatch(/abort: Index out of range \(.*:\d+:\d+\)/)
  })
})

describe("a guest that refuses", () => {
  it.each([
    ["its configuration", "every", "refuse", "configuration refused by the guest"],
    ["an unknown root id", "nobody", "", 'no filter is registered for root id "nobody"; registered: "every", "other"'],
  ])("%s keeps Envoy from starting, with the reason in the log", async (_name, rootId, configuration, reason) => {
    const log: string[] = []
    await expect(start(await compile("every-call"), rootId, configuration, log)).rejects.toThrow()
    expect(log.join("\n")).toContain(reason)
  })
})
