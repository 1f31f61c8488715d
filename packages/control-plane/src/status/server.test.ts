import { existsSync, statSync, writeFileSync } from "node:fs"
import { type IncomingHttpHeaders, type RequestOptions, request } from "node:http"
import { connect, createServer } from "node:net"
import { join } from "node:path"
import { createTranslator, defaultSettings } from "@attache/translate"
import { describe, expect, it } from "vitest"
import { readExposition } from "../../test/exposition.ts"
import { temporaryDirectory } from "../../test/temporary-directory.ts"
import { createMetrics } from "../metrics.ts"
import type { StatusReport } from "./report.ts"
import { type StatusAddress, serveStatus } from "./server.ts"

const translator = createTranslator({ settings: defaultSettings })

const report: StatusReport = {
  isReady: true,
  xds: ["unix:/x"],
  proxies: [],
  refusals: [],
  quarantine: [],
  objects: [],
  findings: [],
  staleFiles: [],
  pendingModules: 0,
}

interface Answered {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

function ask(options: RequestOptions): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const call = request({ ...options, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on("data", (chunk: Buffer) => chunks.push(chunk))
      response.on("end", () => {
        const { statusCode: status, headers } = response
        resolve({ status, headers, body: Buffer.concat(chunks).toString() })
      })
    })
    call.on("error", reject)
    call.end()
  })
}

async function setUp(address: StatusAddress, makeReport: () => StatusReport = () => report) {
  let isReady = true
  const server = await serveStatus(
    address,
    { isReady: () => isReady, metrics: createMetrics(), translator },
    makeReport,
  )
  const place = server.address.startsWith("unix:")
    ? { socketPath: server.address.slice(5) }
    : { host: "127.0.0.1", port: Number(new URL(server.address).port) }
  return {
    server,
    get: (path: string, more: RequestOptions = {}) => ask({ ...place, path, ...more }),
    setReady: (value: boolean) => (isReady = value),
    [Symbol.asyncDispose]: () => server.close(),
  }
}

describe.each(["tcp", "unix"])("serveStatus over %s", (kind) => {
  it("answers its paths and nothing else", async () => {
    await using folder = await temporaryDirectory()
    const address = kind === "tcp" ? { host: "127.0.0.1", port: 0 } : { unixPath: join(folder.path, "s.sock") }
    await using world = await setUp(address)
    const status = await world.get("/status?pretty")
    expect(JSON.parse(status.body)).toEqual(report)
    expect(status.headers).toMatchObject({ "content-type": "application/json", "cache-control": "no-store" })
    expect(await world.get("/healthz")).toMatchObject({ status: 200, body: "ok\n" })
    expect(await world.get("/readyz")).toMatchObject({ status: 200, body: "ready\n" })
    world.setReady(false)
    expect(await world.get("/readyz")).toMatchObject({ status: 503, body: "not ready\n" })
    const metrics = await world.get("/metrics")
    expect(readExposition(metrics.body).has("attache_objects")).toBe(true)
    expect(metrics.headers["content-type"]).toContain("text/plain")
    for (const path of ["/", "/statusx", "/../status"]) expect((await world.get(path)).status).toBe(404)
    for (const method of ["POST", "DELETE", "OPTIONS"])
      expect((await world.get("/status", { method })).status).toBe(405)
    expect(await world.get("/healthz", { method: "HEAD" })).toMatchObject({ status: 200, body: "" })
  })
})

describe("serveStatus", () => {
  it("answers 500 when the report fails, and goes on", async () => {
    await using world = await setUp({ host: "127.0.0.1", port: 0 }, () => {
      throw new Error("no report")
    })
    expect(await world.get("/status")).toMatchObject({ status: 500, body: "no report\n" })
    expect((await world.get("/healthz")).status).toBe(200)
  })

  it("on loopback answers only who means loopback", async () => {
    await using world = await setUp({ host: "127.0.0.1", port: 0 })
    for (const host of ["localhost", "localhost:1234", "127.0.0.1:80", "[::1]:80"]) {
      expect((await world.get("/status", { headers: { host } })).status, host).toBe(200)
    }
    for (const host of ["evil.example", "127.0.0.1.evil.example", "169.254.1.1"]) {
      expect((await world.get("/status", { headers: { host } })).status, host).toBe(421)
    }
  })

  it("survives what is no HTTP", async () => {
    await using world = await setUp({ host: "127.0.0.1", port: 0 })
    const port = Number(new URL(world.server.address).port)
    await new Promise<void>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => socket.write("\0\0garbage\r\n\r\n"))
      socket
        .on("close", () => resolve())
        .on("error", () => {})
        .resume()
    })
    expect((await world.get("/healthz")).status).toBe(200)
  })

  it("keeps its socket to this user, removes it at the end, and may be closed twice", async () => {
    await using folder = await temporaryDirectory()
    const path = join(folder.path, "s.sock")
    const { server } = await setUp({ unixPath: path })
    expect(server.address).toBe(`unix:${path}`)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    await Promise.all([server.close(), server.close()])
    expect(existsSync(path)).toBe(false)
  })

  it("takes the place of a socket that nobody listens on, and of nothing else", async () => {
    await using folder = await temporaryDirectory()
    const path = join(folder.path, "s.sock")
    const failed = expect.objectContaining({ code: "ATT_STATUS_LISTEN" })
    await leaveDeadSocket(path)
    expect(existsSync(path)).toBe(true)
    const first = await setUp({ unixPath: path })
    await expect(setUp({ unixPath: path })).rejects.toThrow(failed)
    expect((await first.get("/healthz")).status, "the one that listens is left alone").toBe(200)
    await first.server.close()
    writeFileSync(path, "mine")
    await expect(setUp({ unixPath: path })).rejects.toThrow(failed)
    expect(existsSync(path)).toBe(true)
    await expect(setUp({ unixPath: join(folder.path, "missing", "s.sock") })).rejects.toThrow(failed)
    await expect(setUp({ host: "203.0.113.1", port: 0 })).rejects.toThrow(failed)
  })
})

/** A socket file as a killed process leaves it. */
async function leaveDeadSocket(path: string): Promise<void> {
  const { linkSync } = await import("node:fs")
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(`${path}.live`, resolve))
  // Node removes the path it listens on; another name of the same socket stays.
  linkSync(`${path}.live`, path)
  await new Promise((resolve) => server.close(resolve))
}
