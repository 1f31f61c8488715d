import { mkdtemp, rm, stat } from "node:fs/promises"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createLogger, silentLogger } from "@attache/base"
import { Client, credentials } from "@grpc/grpc-js"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { respond } from "./handlers.ts"
import { createExtProcServer, type ExtProcServer, type ExtProcServerOptions } from "./server.ts"
import { healthService } from "./service.ts"
import { exchange, headersMessage } from "./testing/stream-client.ts"

let folder: string
let servers: ExtProcServer[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ext-proc-"))
  servers = []
})
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close(0)))
  await rm(folder, { recursive: true })
})

async function serve<State = undefined>(options: ExtProcServerOptions<State>): Promise<string> {
  const server = createExtProcServer({ logger: silentLogger, ...options })
  servers.push(server)
  return server.listen({ unixPath: join(folder, "x.sock") })
}

const requestHeaders = {
  request: { case: "requestHeaders" as const, value: headersMessage({ ":path": "/a", "x-one": "1" }) },
}
const responseHeaders = { request: { case: "responseHeaders" as const, value: headersMessage({ ":status": "200" }) } }

describe("createExtProcServer", () => {
  it("answers headers with the changes made", async () => {
    const address = await serve({
      onRequestHeaders(headers) {
        headers.set("X-Path", headers.get(":path") ?? "")
        headers.remove("x-one")
      },
      onResponseHeaders: (headers) => headers.append("x-many", "2"),
    })
    const { answers, error } = await exchange(address, [requestHeaders, responseHeaders])
    expect(error).toBeUndefined()
    const [first, second] = answers.map((a) =>
      a.response.case === "requestHeaders" || a.response.case === "responseHeaders"
        ? a.response.value.response?.headerMutation
        : undefined,
    )
    expect(first?.removeHeaders).toEqual(["x-one"])
    expect(first?.setHeaders).toMatchObject([{ header: { key: "x-path" }, appendAction: 2 }])
    expect(Buffer.from(first?.setHeaders[0]?.header?.rawValue ?? []).toString()).toBe("/a")
    expect(second?.setHeaders).toMatchObject([{ header: { key: "x-many" }, append: true }])
  })

  it("keeps state per stream and the order of answers when handlers are slow", async () => {
    const ended: number[] = []
    const address = await serve({
      createState: () => ({ seen: 0 }),
      async onRequestHeaders(_headers, { state }) {
        await new Promise((resolve) => setImmediate(resolve))
        state.seen += 1
      },
      onResponseHeaders(headers, { state }) {
        state.seen += 1
        headers.set("x-seen", String(state.seen))
      },
      onEnd: ({ state }) => ended.push(state.seen),
    })
    const streams = await Promise.all([1, 2, 3].map(() => exchange(address, [requestHeaders, responseHeaders])))
    for (const { answers } of streams)
      expect(answers.map((a) => a.response.case)).toEqual(["requestHeaders", "responseHeaders"])
    expect(ended).toEqual([2, 2, 2])
  })

  it("fails a stream whose handler throws, with one line, and serves the next", async () => {
    const lines: string[] = []
    const address = await serve({
      logger: createLogger({ write: (line) => lines.push(line) }),
      onRequestHeaders(headers) {
        if (headers.has("x-one")) throw new Error("no\nluck")
      },
    })
    const failed = await exchange(address, [requestHeaders])
    expect(failed.error).toMatchObject({ code: 13, details: "onRequestHeaders failed" })
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(
      /error onRequestHeaders failed code=ATT_EXT_PROC_HANDLER_FAILED reason="no\\nluck" at="at .*server\.test\.ts/,
    )
    const next = await exchange(address, [responseHeaders])
    expect(next.error).toBeUndefined()
  })

  it("fails a stream whose handler takes too long and aborts its signal", async () => {
    const lines: string[] = []
    let wasAborted = false
    const address = await serve({
      logger: createLogger({ write: (line) => lines.push(line) }),
      handlerTimeoutMs: 1,
      onRequestHeaders: (_headers, { signal }) =>
        new Promise(() => {
          signal.addEventListener("abort", () => {
            wasAborted = true
          })
        }),
    })
    const { error } = await exchange(address, [requestHeaders])
    expect(error).toMatchObject({ code: 4, details: "onRequestHeaders timed out" })
    expect(lines[0]).toContain("code=ATT_EXT_PROC_HANDLER_TIMEOUT")
    expect(wasAborted).toBe(true)
  })

  it("refuses a message above the limit and serves the next", async () => {
    const address = await serve({ maxMessageBytes: 1000 })
    const body = { request: { case: "requestBody" as const, value: { body: Buffer.alloc(2000), endOfStream: true } } }
    expect((await exchange(address, [body])).error).toMatchObject({ code: 8 })
    expect((await exchange(address, [requestHeaders])).error).toBeUndefined()
  })

  it("answers in place of the upstream", async () => {
    const address = await serve({
      onRequestHeaders: () => respond(403, { body: "no", headers: { "X-Why": "rule" }, details: "denied" }),
    })
    const { answers } = await exchange(address, [requestHeaders])
    expect(answers[0]?.response).toMatchObject({
      case: "immediateResponse",
      value: { status: { code: 403 }, details: "denied", headers: { setHeaders: [{ header: { key: "x-why" } }] } },
    })
  })

  it("answers health checks", async () => {
    const client = new Client(await serve({}), credentials.createInsecure())
    const { path, requestSerialize, responseDeserialize } = healthService.check
    const answer = await new Promise((resolve, reject) =>
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, Buffer.alloc(0), (error, value) =>
        error === null ? resolve(value) : reject(error),
      ),
    )
    client.close()
    expect(answer).toEqual(Buffer.from([8, 1]))
  })
})

describe("listen", () => {
  it("makes a socket for the user alone and removes it on close", async () => {
    await serve({})
    const path = join(folder, "x.sock")
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    await servers[0]?.close(0)
    await expect(stat(path)).rejects.toMatchObject({ code: "ENOENT" })
  })

  it("leaves a path that somebody listens on", async () => {
    await serve({})
    await expect(serve({})).rejects.toMatchObject({ code: "ATT_EXT_PROC_ADDRESS_IN_USE" })
  })

  it("listens on a port, and says when it is taken", async () => {
    const server = createExtProcServer({ logger: silentLogger })
    servers.push(server)
    const address = await server.listen({ port: 0 })
    expect(address).toMatch(/^127\.0\.0\.1:\d+$/)
    expect((await exchange(address, [requestHeaders])).error).toBeUndefined()
    const holder = createServer().listen(0, "127.0.0.1")
    await new Promise((resolve) => holder.once("listening", resolve))
    const port = (holder.address() as { port: number }).port
    const other = createExtProcServer({ logger: silentLogger })
    servers.push(other)
    await expect(other.listen({ port })).rejects.toMatchObject({ code: "ATT_EXT_PROC_ADDRESS_IN_USE" })
    holder.close()
  })

  it("says when the folder is absent", async () => {
    const server = createExtProcServer({ logger: silentLogger })
    servers.push(server)
    const path = join(folder, "absent/x.sock")
    await expect(server.listen({ unixPath: path })).rejects.toMatchObject({ code: "ATT_EXT_PROC_LISTEN_FAILED" })
  })
})
