import { createServer } from "node:net"
import { createManualClock } from "@attache/base"
import { addressesBeside, loopbackRanges } from "@attache/oci"
import { describe, expect, it } from "vitest"
import { httpServer } from "../../test/http-server.ts"
import { type FetchOptions, fetchHttp } from "./fetch-http.ts"

const options = (more: Partial<FetchOptions> = {}): FetchOptions => ({
  addresses: addressesBeside(loopbackRanges),
  signal: new AbortController().signal,
  pauseMs: 1,
  ...more,
})
const code = (name: string) => expect.objectContaining({ code: name })

describe("fetchHttp", () => {
  it("gives the bytes of a URL", async () => {
    await using server = await httpServer((_request, response) => response.end("module"))
    expect(Buffer.from(await fetchHttp(`${server.url}/m`, options())).toString()).toBe("module")
  })

  it.each([
    { status: 500, attempts: 3, final: 200 },
    { status: 503, attempts: 5, final: 503 },
    { status: 429, attempts: 1, final: 429 },
    { status: 404, attempts: 1, final: 404 },
    { status: 501, attempts: 1, final: 501 },
    { status: 204, attempts: 1, final: 204 },
    { status: 304, attempts: 1, final: 304 },
  ])("asks $attempts times after status $status", async ({ status, attempts, final }) => {
    await using server = await httpServer((_request, response) => {
      response.statusCode = server.asked.length >= attempts ? final : status
      response.end("module")
    })
    const result = fetchHttp(`${server.url}/m`, options())
    if (final === 200) await result
    else {
      await expect(result).rejects.toThrow(
        expect.objectContaining({
          code: "ATT_MODULE_REFUSED",
          retry: final >= 500 && final !== 501 ? "later" : "never",
          message: `wasm module download failed after ${attempts} attempts, last error: wasm module download request failed: status code ${final}`,
        }),
      )
    }
    expect(server.asked).toHaveLength(attempts)
  })

  it("tries again when nobody listens, and when a connection breaks in the middle", async () => {
    const closed = await httpServer(() => {})
    await closed[Symbol.asyncDispose]()
    await expect(fetchHttp(closed.url, options({ attempts: 2 }))).rejects.toThrow(
      expect.objectContaining({
        code: "ATT_MODULE_UNREACHABLE",
        retry: "later",
        facts: { url: closed.url, attempts: 2, reason: "ECONNREFUSED" },
      }),
    )
    await using breaking = await httpServer((_request, response) => {
      if (breaking.asked.length > 1) return void response.end("whole")
      response.writeHead(200, { "content-length": "100" })
      response.write("part", () => response.destroy())
    })
    expect(Buffer.from(await fetchHttp(breaking.url, options())).toString()).toBe("whole")
  })

  it("gives up on what is no HTTP", async () => {
    const server = createServer((socket) => socket.end("SSH-2.0-OpenSSH\r\n"))
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    const address = server.address()
    const port = typeof address === "object" && address !== null ? address.port : 0
    await expect(fetchHttp(`http://127.0.0.1:${port}/`, options({ attempts: 2 }))).rejects.toThrow(
      code("ATT_MODULE_UNREACHABLE"),
    )
    server.close()
  })

  it.each(["ftp://host/m.wasm", "file:///etc/passwd", "oci://host/m", "nonsense", ""])("refuses %s", async (url) => {
    await expect(fetchHttp(url, options())).rejects.toThrow(code("ATT_MODULE_REFUSED"))
  })

  it("refuses https from a server whose certificate nobody signed", async () => {
    await using server = await httpServer(() => {})
    const url = `https://127.0.0.1:${server.port}/`
    await expect(fetchHttp(url, options({ attempts: 1 }))).rejects.toThrow(code("ATT_MODULE_UNREACHABLE"))
  })
})

describe("redirects", () => {
  it("are followed, relative ones too, and not without end", async () => {
    await using server = await httpServer((request, response) => {
      const left = Number(request.url?.slice(1))
      if (left === 0) return void response.end("there")
      response.writeHead(302, { location: String(left - 1) }).end("moved")
    })
    expect(Buffer.from(await fetchHttp(`${server.url}/5`, options())).toString()).toBe("there")
    await expect(fetchHttp(`${server.url}/6`, options())).rejects.toThrow(code("ATT_MODULE_REFUSED"))
  })

  it.each([
    "http://169.254.169.254/latest/meta-data",
    "http://[::ffff:a9fe:a9fe]/",
    "http://2852039166/",
    "http://10.0.0.1/",
  ])("to %s are refused without a request", async (location) => {
    await using server = await httpServer((_request, response) => void response.writeHead(302, { location }).end())
    await expect(fetchHttp(server.url, options())).rejects.toThrow(code("ATT_MODULE_ADDRESS_DENIED"))
    expect(server.asked).toHaveLength(1)
  })

  it("to other protocols and to nowhere are refused", async () => {
    for (const location of ["file:///etc/passwd", "http://", "http://:99999/"]) {
      await using server = await httpServer((_request, response) => void response.writeHead(302, { location }).end())
      await expect(fetchHttp(server.url, options())).rejects.toThrow(code("ATT_MODULE_REFUSED"))
    }
  })
})

describe("addresses", () => {
  it("are judged before anything is sent", async () => {
    await using server = await httpServer((_request, response) => response.end("secret"))
    for (const host of ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0x7f.1", "2130706433", "127.1"]) {
      await expect(
        fetchHttp(`http://${host}:${server.port}/`, options({ addresses: addressesBeside([]), attempts: 1 })),
      ).rejects.toThrow(code("ATT_MODULE_ADDRESS_DENIED"))
    }
    expect(server.asked).toEqual([])
  })

  it("are pinned: the one that was judged is the one that is asked", async () => {
    await using server = await httpServer((request, response) => response.end(request.headers.host))
    let lookups = 0
    const resolveHost = async () => {
      lookups++
      // The second answer would lead elsewhere, and nobody asks for it.
      return lookups === 1 ? ["127.0.0.1"] : ["169.254.169.254"]
    }
    const url = `http://modules.example:${server.port}/`
    expect(Buffer.from(await fetchHttp(url, options({ resolveHost }))).toString()).toBe(
      `modules.example:${server.port}`,
    )
    expect(lookups).toBe(1)
    await expect(fetchHttp(url, options({ resolveHost }))).rejects.toThrow(code("ATT_MODULE_ADDRESS_DENIED"))
  })

  it("are tried one after the other", async () => {
    await using server = await httpServer((_request, response) => response.end("there"))
    const resolveHost = async () => ["127.0.0.2", "127.0.0.1"]
    const url = `http://modules.example:${server.port}/`
    expect(Buffer.from(await fetchHttp(url, options({ resolveHost, attempts: 1 }))).toString()).toBe("there")
  })
})

describe("limits", () => {
  it("end a body that is announced or turns out too large", async () => {
    await using announced = await httpServer((_request, response) => response.end(Buffer.alloc(101)))
    await expect(fetchHttp(announced.url, options({ limitBytes: 100 }))).rejects.toThrow(code("ATT_MODULE_TOO_LARGE"))
    expect(await fetchHttp(announced.url, options({ limitBytes: 101 }))).toHaveLength(101)
    await using endless = await httpServer((_request, response) => {
      const more = (): void =>
        void (response.write(Buffer.alloc(1_000)) ? setImmediate(more) : response.once("drain", more))
      more()
    })
    await expect(fetchHttp(endless.url, options({ limitBytes: 100_000 }))).rejects.toThrow(code("ATT_MODULE_TOO_LARGE"))
    expect(endless.asked).toHaveLength(1)
  })

  it("end an attempt that takes too long", async () => {
    await using slow = await httpServer((_request, response) => void response.write("a"))
    await expect(fetchHttp(slow.url, options({ attempts: 2, attemptTimeoutMs: 30 }))).rejects.toThrow(
      /after 2 attempts, last error: wasm module download of .* took longer than 0.03 s/,
    )
  })

  it("leave with the signal's reason when aborted: before, during and between attempts", async () => {
    const stop = new AbortController()
    await using silent = await httpServer(() => stop.abort(new Error("enough")))
    await expect(fetchHttp(silent.url, options({ signal: stop.signal }))).rejects.toThrow("enough")
    await expect(fetchHttp(silent.url, options({ signal: stop.signal }))).rejects.toThrow("enough")
    expect(silent.asked).toHaveLength(1)

    const between = new AbortController()
    const clock = createManualClock()
    await using failing = await httpServer((_request, response) => {
      response.writeHead(500).end()
      response.on("close", () => between.abort(new Error("enough")))
    })
    await expect(fetchHttp(failing.url, options({ signal: between.signal, clock }))).rejects.toThrow("enough")
    expect(failing.asked).toHaveLength(1)
  })
})
