import { Secret } from "@attache/base"
import { describe, expect, it } from "vitest"
import { anyAddresses, publicAddresses } from "../../test/addresses.ts"
import { createTestAuthority, type TlsIdentity } from "../../test/authority.ts"
import { createEagerClock } from "../../test/eager-clock.ts"
import { testServer } from "../../test/http-server.ts"
import { createHttpClient, type HttpClientOptions } from "./client.ts"
import { readBody } from "./exchange.ts"
import { retrying } from "./retry.ts"

const code = (name: string) => expect.objectContaining({ code: name })

async function textAt(url: string, options: Partial<HttpClientOptions> = {}, headers = {}): Promise<string> {
  using client = createHttpClient({ addresses: anyAddresses, ...options })
  const response = await client.ask({ url: new URL(url), headers })
  return Buffer.from(await readBody(response, 1000)).toString()
}

describe("redirects", () => {
  it("are followed, and not without end", async () => {
    await using server = await testServer((request, response) => {
      const left = Number(request.url?.slice(1))
      if (left === 0) response.end("there")
      else response.writeHead(307, { location: String(left - 1) }).end("moved")
    })
    expect(await textAt(`${server.url}/5`)).toBe("there")
    await expect(textAt(`${server.url}/6`)).rejects.toThrow(code("ATT_HTTP_REDIRECT"))
  })

  it.each([
    "http://169.254.169.254/latest/meta-data",
    "http://[::ffff:a9fe:a9fe]/",
    "http://2852039166/",
    "http://[fd00:ec2::254]/",
    "http://100.100.100.200/",
  ])("to %s are refused without a request", async (location) => {
    await using server = await testServer((_request, response) => void response.writeHead(302, { location }).end())
    await expect(textAt(server.url)).rejects.toThrow(code("ATT_HTTP_ADDRESS_DENIED"))
    expect(server.asked).toHaveLength(1)
  })

  it("to a name that leads to a metadata address are refused", async () => {
    await using server = await testServer((_request, response) => {
      response.writeHead(302, { location: "http://innocent.example/" }).end()
    })
    await expect(textAt(server.url, { resolveHost: async () => ["169.254.169.254"] })).rejects.toThrow(
      code("ATT_HTTP_ADDRESS_DENIED"),
    )
  })

  it.each(["file:///etc/passwd", "http://", "http://:99999/", "gopher://h/", "http://user:secret@127.0.0.1/"])(
    "to %s are refused",
    async (location) => {
      await using server = await testServer((_request, response) => void response.writeHead(302, { location }).end())
      await expect(textAt(server.url)).rejects.toThrow(code("ATT_HTTP_REDIRECT"))
    },
  )

  it("never lead from https to http", async () => {
    const { localhost, caCertificate } = await createTestAuthority()
    const location = "http://127.0.0.1/"
    await using server = await testServer((_, response) => void response.writeHead(302, { location }).end(), localhost)
    await expect(textAt(server.url, { caCertificate })).rejects.toThrow(/from https to http/)
  })

  it("take credentials along to the same origin only", async () => {
    const seen: (string | undefined)[] = []
    await using other = await testServer((request, response) => {
      seen.push(request.headers.authorization, request.headers.cookie, String(request.headers["x-other"]))
      response.end()
    })
    await using server = await testServer((request, response) => {
      if (request.url === "/a") response.writeHead(302, { location: "/b" }).end()
      else {
        seen.push(request.headers.authorization)
        response.writeHead(302, { location: other.url }).end()
      }
    })
    await textAt(`${server.url}/a`, {}, { Authorization: "Bearer t", Cookie: "c", "x-other": "kept" })
    expect(seen).toEqual(["Bearer t", undefined, undefined, "kept"])
  })

  it("are the caller's to see where they answer a request that changes something", async () => {
    await using server = await testServer((_, response) => void response.writeHead(307, { location: "/x" }).end())
    using client = createHttpClient({ addresses: anyAddresses })
    const { status } = await client.ask({ method: "POST", url: new URL(server.url), body: Buffer.from("secret") })
    expect([status, server.asked]).toEqual([307, ["POST /"]])
  })
})

describe("addresses", () => {
  it("are judged before anything is sent", async () => {
    await using server = await testServer((_request, response) => response.end("secret"))
    for (const host of ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0x7f.1", "2130706433", "127.1"]) {
      await expect(textAt(`http://${host}:${server.port}/`, { addresses: publicAddresses })).rejects.toThrow(
        code("ATT_HTTP_ADDRESS_DENIED"),
      )
    }
    expect(server.asked).toEqual([])
  })

  it("are judged by the very answer that is connected to, also when a name changes its mind", async () => {
    await using server = await testServer((request, response) => response.end(request.headers.host))
    const answers = [["127.0.0.1"], ["169.254.169.254"]]
    let lookups = 0
    const resolveHost = async () => answers[lookups++] ?? []
    using client = createHttpClient({ addresses: anyAddresses, resolveHost, isKept: false })
    const url = new URL(`http://registry.example:${server.port}/`)
    expect(Buffer.from(await readBody(await client.ask({ url }), 100)).toString()).toBe(
      `registry.example:${server.port}`,
    )
    expect(lookups).toBe(1)
    await expect(client.ask({ url })).rejects.toThrow(code("ATT_HTTP_ADDRESS_DENIED"))
    expect(server.asked).toHaveLength(1)
  })

  it("are tried one after the other", async () => {
    await using server = await testServer((_request, response) => response.end("there"))
    const resolveHost = async () => ["127.0.0.2", "127.0.0.1"]
    expect(await textAt(`http://registry.example:${server.port}/`, { resolveHost })).toBe("there")
  })
})

describe("certificates", () => {
  it("are trusted by their own authority only", async () => {
    const [ours, others] = [await createTestAuthority(), await createTestAuthority()]
    await using server = await testServer((_request, response) => response.end("safe"), ours.localhost)
    expect(await textAt(server.url, { caCertificate: ours.caCertificate })).toBe("safe")
    expect(await textAt(`https://localhost:${server.port}`, { caCertificate: ours.caCertificate })).toBe("safe")
    for (const caCertificate of [others.caCertificate, undefined]) {
      await expect(textAt(server.url, caCertificate === undefined ? {} : { caCertificate })).rejects.toThrow(
        code("ATT_HTTP_UNREACHABLE"),
      )
    }
    const resolveHost = async () => ["127.0.0.1"]
    const url = `https://other.example:${server.port}`
    await expect(textAt(url, { caCertificate: ours.caCertificate, resolveHost })).rejects.toThrow(/altnames/)
  })

  it("make no second attempt where they are not to be trusted", async () => {
    const { localhost } = await createTestAuthority()
    await using server = await testServer(() => {}, localhost)
    using client = createHttpClient({ addresses: anyAddresses })
    const pauses = createEagerClock()
    const asked = retrying(() => client.ask({ url: new URL(server.url) }), { clock: pauses })
    await expect(asked).rejects.toThrow(
      expect.objectContaining({
        code: "ATT_HTTP_UNREACHABLE",
        retry: "later",
        facts: expect.objectContaining({ reason: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" }),
      }),
    )
    expect(pauses.pauses).toEqual([])
  })
})

describe("connections", () => {
  it("are used again, also after what nobody read", async () => {
    await using server = await testServer((request, response) => {
      const body = request.url === "/long" ? Buffer.alloc(1_000_000) : "x"
      // An answer to HEAD without a length ends its connection.
      response.setHeader("content-length", body.length).end(request.method === "HEAD" ? undefined : body)
    })
    const sockets = new Set<unknown>()
    server.server.on("connection", (socket) => sockets.add(socket))
    using client = createHttpClient({ addresses: anyAddresses })
    const ask = (method: string, path: string) => client.ask({ method, url: new URL(path, server.url) })
    const settled = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
    await readBody(await ask("GET", "/"), 10)
    for (const [method, path] of [
      ["HEAD", "/long"],
      ["GET", "/"],
    ] as const) {
      const response = await ask(method, path)
      await response.discard()
      await settled()
    }
    await readBody(await ask("GET", "/"), 10)
    // When a connection is free again is its own affair; that some are is ours.
    expect(sockets.size).toBeLessThan(4)
  })

  it("show who we are to servers that want to know", async () => {
    const [ours, others] = [await createTestAuthority(), await createTestAuthority()]
    const wanting = { ...ours.localhost, ca: ours.caCertificate, requestCert: true, rejectUnauthorized: true }
    await using server = await testServer((_request, response) => response.end("welcome"), wanting)
    const certificateOf = ({ cert, key }: TlsIdentity) => ({ certificate: cert, key: new Secret(Buffer.from(key)) })
    const { caCertificate } = ours
    expect(await textAt(server.url, { caCertificate, clientCertificate: certificateOf(ours.localhost) })).toBe(
      "welcome",
    )
    for (const more of [{}, { clientCertificate: certificateOf(others.localhost) }]) {
      await expect(textAt(server.url, { caCertificate, ...more })).rejects.toThrow(code("ATT_HTTP_UNREACHABLE"))
    }
  })
})
