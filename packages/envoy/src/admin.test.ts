import { createServer, type RequestListener } from "node:http"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { temporaryDirectory } from "../test/temporary-directory.ts"
import { createAdminClient, readListeners, readServerInfo } from "./admin.ts"
import { activeRequests, stopEnvoy } from "./stop.ts"

async function served(listener: RequestListener) {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const bound = server.address()
  const port = bound !== null && typeof bound === "object" ? bound.port : 0
  const admin = createAdminClient({ host: "127.0.0.1", port })
  const close = async () => {
    admin.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { admin, [Symbol.asyncDispose]: close }
}

describe("createAdminClient", () => {
  it("sends the paths that Envoy knows", async () => {
    const seen: string[] = []
    await using set = await served((request, response) => {
      seen.push(`${request.method} ${request.url}`)
      response.end("{}")
    })
    const { admin } = set
    await admin.ready()
    await admin.stats({ filter: "^a b$", usedOnly: true })
    await admin.configDump({ resource: "dynamic_listeners", nameRegex: "x|y", includeEds: true })
    await admin.setLogLevels("debug")
    await admin.setLogLevels({ wasm: "debug", lua: "trace" })
    await admin.drainListeners({ graceful: true, skipExit: true })
    await admin.drainListeners()
    expect(seen).toEqual([
      "GET /ready",
      "GET /stats?format=json&filter=%5Ea%20b%24&usedonly",
      "GET /config_dump?resource=dynamic_listeners&name_regex=x%7Cy&include_eds",
      "POST /logging?level=debug",
      "POST /logging?paths=wasm%3Adebug%2Clua%3Atrace",
      "POST /drain_listeners?graceful&skip_exit",
      "POST /drain_listeners",
    ])
  })

  it("speaks over a Unix socket", async () => {
    await using temporary = await temporaryDirectory()
    const socketPath = join(temporary.path, "a.sock")
    const server = createServer((_request, response) => response.writeHead(503).end("INITIALIZING\n"))
    await new Promise<void>((resolve) => server.listen(socketPath, resolve))
    const admin = createAdminClient({ socketPath })
    expect(await admin.ready()).toBe("INITIALIZING")
    admin.close()
    server.close()
  })

  it("refuses an error, no JSON, and too much", async () => {
    await using set = await served((request, response) => {
      if (request.url?.startsWith("/stats") === true) response.writeHead(403).end("no\n")
      else response.end("x".repeat(1000))
    })
    await expect(set.admin.stats()).rejects.toMatchObject({
      code: "ATT_ENVOY_ADMIN_REFUSED",
      message: expect.stringContaining("403: no"),
    })
    await expect(set.admin.serverInfo()).rejects.toMatchObject({ code: "ATT_ENVOY_ADMIN_REFUSED" })
    const large = set.admin.connection.send("/x", { limitBytes: 999 })
    await expect(large).rejects.toMatchObject({ code: "ATT_ENVOY_ADMIN_TOO_LARGE" })
  })

  it("gives up when nobody answers", async () => {
    await using set = await served(() => undefined)
    const slow = set.admin.connection.send("/ready", { timeoutMs: 20 })
    await expect(slow).rejects.toMatchObject({
      code: "ATT_ENVOY_ADMIN_UNREACHABLE",
      message: expect.stringContaining("20 ms"),
    })
    const absent = createAdminClient({ socketPath: "/nonexistent/a.sock" }).ready()
    await expect(absent).rejects.toMatchObject({
      code: "ATT_ENVOY_ADMIN_UNREACHABLE",
      message: expect.stringContaining("ENOENT"),
    })
  })

  it("gives counters and gauges, and what initialisation waits for", async () => {
    await using set = await served((request, response) => {
      const dumps = { unready_targets_dumps: [{ name: "init manager Server", target_names: ["target LDS"] }] }
      const stats = [
        { name: "http.admin.downstream_rq_active", value: 1 },
        { name: "http.a.downstream_rq_active", value: 2 },
        { histograms: {} },
      ]
      response.end(JSON.stringify(request.url === "/init_dump" ? dumps : { stats }))
    })
    expect(await set.admin.initDump()).toEqual(new Map([["init manager Server", ["target LDS"]]]))
    expect(await set.admin.stats()).toEqual(
      new Map([
        ["http.admin.downstream_rq_active", 1],
        ["http.a.downstream_rq_active", 2],
      ]),
    )
    expect(await activeRequests(set.admin)).toBe(2)
  })
})

describe("reading answers", () => {
  it("reads bound addresses", () => {
    const socket = (port: number) => ({ socket_address: { address: "127.0.0.1", port_value: port } })
    const value = {
      listener_statuses: [
        { name: "a", local_address: socket(10000), additional_local_addresses: [socket(10001)] },
        { name: "b", local_address: { pipe: { path: "/s" } } },
        { name: "c", local_address: { envoy_internal_address: {} } },
      ],
    }
    expect(readListeners(value)).toEqual([
      {
        name: "a",
        addresses: [
          { address: "127.0.0.1", port: 10000 },
          { address: "127.0.0.1", port: 10001 },
        ],
      },
      { name: "b", addresses: [{ path: "/s" }] },
      { name: "c", addresses: [] },
    ])
  })

  it.each([null, 1, "x", [], {}, { node: { extensions: [1, {}] } }])("survives %j", (value) => {
    expect(readServerInfo(value)).toMatchObject({ build: "", nodeId: "" })
    expect(readListeners(value)).toEqual([])
  })
})

describe("stopEnvoy", () => {
  it("kills what does not end", async () => {
    await using set = await served((_request, response) => response.writeHead(500).end())
    const { promise: exit, resolve } = Promise.withResolvers<{ code: undefined; signal: NodeJS.Signals }>()
    const signals: string[] = []
    const kill = (signal: NodeJS.Signals) => {
      signals.push(signal)
      if (signal === "SIGKILL") resolve({ code: undefined, signal })
      return true
    }
    expect(await stopEnvoy({ admin: set.admin, exit, kill }, { drainMs: 50, killAfterMs: 1 })).toEqual({
      code: undefined,
      signal: "SIGKILL",
    })
    expect(signals).toEqual(["SIGTERM", "SIGKILL"])
  })
})
