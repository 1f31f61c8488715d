import { type AddressInfo, createServer } from "node:net"
import { createManualClock } from "@attache/base"
import { describe, expect, it } from "vitest"
import { anyAddresses } from "../../test/addresses.ts"
import { testServer } from "../../test/http-server.ts"
import { createConnections } from "./connections.ts"
import { exchange, type HttpRequest, readBody } from "./exchange.ts"
import type { Pace } from "./pace.ts"

const code = (name: string) => expect.objectContaining({ code: name })

async function ask(url: string, more: Partial<HttpRequest> = {}, pace: Pace = {}): Promise<string> {
  using connections = createConnections({ addresses: anyAddresses })
  const response = await exchange(connections, { url: new URL(url), ...more }, pace)
  return `${response.status} ${Buffer.from(await readBody(response, 1_000_000)).toString()}`
}

async function* chunks(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text)
}

describe("exchange", () => {
  it("sends bytes and streams", async () => {
    await using server = await testServer((request, response) => void request.pipe(response))
    expect(await ask(server.url, { method: "PUT", body: Buffer.from("whole") })).toBe("200 whole")
    const headers = { "content-length": "8" }
    expect(await ask(server.url, { method: "PUT", body: chunks("in ", "parts"), headers })).toBe("200 in parts")
  })

  it("stops sending to who has answered", async () => {
    await using server = await testServer((_request, response) => void response.writeHead(413).end("too much"))
    let sent = 0
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (; ; sent++) yield Buffer.alloc(65536)
    }
    const headers = { "content-length": String(2 ** 40) }
    // The connection may break before the answer is read; then it is that error.
    const result = await ask(server.url, { method: "PUT", body: endless(), headers }).catch((error) => error.code)
    expect(["413 too much", "ATT_HTTP_UNREACHABLE"]).toContain(result)
    expect(sent).toBeLessThan(1000)
  })

  it.each(["no", ""])("does not wait for the rest of a body whose answer, %j, is there", async (text) => {
    const answer = `HTTP/1.1 403 Forbidden\r\ncontent-length: ${text.length}\r\n\r\n${text}`
    const server = createServer((socket) => void socket.write(answer))
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    const { port } = server.address() as AddressInfo
    using connections = createConnections({ addresses: anyAddresses })
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("a")
      await new Promise(() => {})
    }
    const headers = { "content-length": "10" }
    const url = new URL(`http://127.0.0.1:${port}/`)
    const response = await exchange(connections, { method: "PUT", url, body: endless(), headers })
    await response.discard()
    expect(response.status).toBe(403)
    server.close()
  })

  it("ends with the error of a body that cannot be read", async () => {
    await using server = await testServer((request) => void request.resume())
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("a")
      throw new Error("disk is gone")
    }
    const headers = { "content-length": "10" }
    await expect(ask(server.url, { method: "PUT", body: broken(), headers })).rejects.toThrow("disk is gone")
  })

  it.each(["HEAD", "GET", "PUT"])(
    "serves the next request over the connection of a discarded answer to %s",
    async (method) => {
      await using server = await testServer((request, response) => {
        request.resume()
        response.writeHead(404, { "content-length": "9" }).end(method === "HEAD" ? undefined : "not found")
      })
      const ports = new Set<number | undefined>()
      server.server.on("request", ({ socket }) => ports.add(socket.remotePort))
      using connections = createConnections({ addresses: anyAddresses })
      for (let n = 0; n < 5; n++) {
        const body = method === "PUT" ? { body: Buffer.from("a") } : {}
        await (await exchange(connections, { method, url: new URL(server.url), ...body })).discard()
      }
      expect(ports.size).toBe(1)
    },
  )

  it("says why nobody answers", async () => {
    const closed = await testServer(() => {})
    await closed[Symbol.asyncDispose]()
    await expect(ask(closed.url)).rejects.toThrow(
      expect.objectContaining({
        code: "ATT_HTTP_UNREACHABLE",
        retry: "later",
        message: expect.stringContaining("ECONNREFUSED"),
      }),
    )
  })

  it("gives up on what is no HTTP, and on a connection that is closed at once", async () => {
    for (const greeting of ["SSH-2.0-OpenSSH\r\n", ""]) {
      const server = createServer((socket) => void socket.end(greeting))
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
      const address = server.address()
      const port = typeof address === "object" && address !== null ? address.port : 0
      await expect(ask(`http://127.0.0.1:${port}/`)).rejects.toThrow(code("ATT_HTTP_UNREACHABLE"))
      server.close()
    }
  })

  it("tells a truncated body from a whole one", async () => {
    await using server = await testServer((_request, response) => {
      response.writeHead(200, { "content-length": "100" })
      response.write("part", () => response.destroy())
    })
    await expect(ask(server.url)).rejects.toThrow(code("ATT_HTTP_UNREACHABLE"))
  })

  it("leaves with the signal's reason: before, while waiting, and in the body", async () => {
    const stop = new AbortController()
    await using silent = await testServer(() => stop.abort(new Error("enough")))
    await expect(ask(silent.url, { signal: stop.signal })).rejects.toThrow("enough")
    await expect(ask(silent.url, { signal: stop.signal })).rejects.toThrow("enough")
    expect(silent.asked).toHaveLength(1)
    const later = new AbortController()
    await using slow = await testServer((_request, response) => {
      response.write("some")
      response.on("close", () => response.end())
    })
    using connections = createConnections({ addresses: anyAddresses })
    const response = await exchange(connections, { url: new URL(slow.url), signal: later.signal })
    const read = async (): Promise<void> => {
      for await (const _chunk of response.body) later.abort(new Error("enough"))
    }
    await expect(read()).rejects.toThrow("enough")
  })

  it("limits what is kept in memory, announced or not", async () => {
    await using announced = await testServer((_request, response) => response.end(Buffer.alloc(1_000_001)))
    await expect(ask(announced.url)).rejects.toThrow(code("ATT_HTTP_TOO_LARGE"))
    await using endless = await testServer((_request, response) => {
      const more = (): void =>
        void (response.write(Buffer.alloc(10_000)) ? setImmediate(more) : response.once("drain", more))
      more()
    })
    await expect(ask(endless.url)).rejects.toThrow(code("ATT_HTTP_TOO_LARGE"))
  })
})

describe("pace", () => {
  /** A clock that runs `step` ms ahead whenever somebody looks at it or waits. */
  const hurried = (step: number) => {
    const clock = createManualClock()
    return {
      now: () => clock.now(),
      after: (ms: number, call: () => void) => {
        const cancel = clock.after(ms, call)
        setImmediate(() => clock.advance(step))
        return cancel
      },
    }
  }

  it("ends a wait for a response", async () => {
    await using server = await testServer(() => {})
    await expect(ask(server.url, {}, { stallMs: 1000, clock: hurried(1000) })).rejects.toThrow(
      expect.objectContaining({ code: "ATT_HTTP_STALLED", retry: "later" }),
    )
  })

  it("ends a body that stops", async () => {
    await using server = await testServer((_request, response) => void response.write("some"))
    await expect(ask(server.url, {}, { stallMs: 30 })).rejects.toThrow(code("ATT_HTTP_STALLED"))
  })

  it("ends a body that drips", async () => {
    let isOver = false
    await using server = await testServer((_request, response) => {
      const drip = (): void => void (isOver || response.write("x", () => setTimeout(drip, 2)))
      response.on("close", () => {
        isOver = true
      })
      drip()
    })
    await expect(ask(server.url, {}, { stallMs: 60, leastBytes: 10_000 })).rejects.toThrow(code("ATT_HTTP_STALLED"))
  })

  it("ends a request whose body nobody takes", async () => {
    await using server = await testServer(() => {})
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) yield Buffer.alloc(1 << 20)
    }
    await expect(ask(server.url, { method: "PUT", body: endless() }, { stallMs: 50 })).rejects.toThrow(
      code("ATT_HTTP_STALLED"),
    )
  })
})
