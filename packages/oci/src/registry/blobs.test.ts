import type { ServerResponse } from "node:http"
import { describe, expect, it } from "vitest"
import { content, noise } from "../../test/artifacts.ts"
import { type FakeBehaviour, type FakeRegistry, fakeRegistry } from "../../test/fake-registry.ts"
import { testServer } from "../../test/http-server.ts"
import { collect } from "../content/verified.ts"
import { createRegistryClient, type RegistryClientOptions } from "./client.ts"

const failure = (name: string) => expect.objectContaining({ code: name })
const blob = content(noise(3_000_000))
const path = `/v2/a/blobs/${blob.descriptor.digest}`

async function holding(behaviour: FakeBehaviour = {}): Promise<FakeRegistry> {
  const registry = await fakeRegistry(behaviour)
  registry.blobs.set(`a@${blob.descriptor.digest}`, Buffer.from(blob.bytes))
  return registry
}

async function pull(registry: FakeRegistry, more: RegistryClientOptions = {}, offset = 0): Promise<Uint8Array> {
  using client = createRegistryClient({ retry: { pauseMs: 1 }, ...more })
  const target = client.repository({ registry: registry.host, repository: "a" })
  return await collect(await target.fetch(blob.descriptor, { offset }))
}

/** Gives some bytes from a place on, promises all, and breaks. */
function breakAfter(response: ServerResponse, from: number, count: number): void {
  const rest = Buffer.from(blob.bytes.subarray(from))
  const range = { "content-range": `bytes ${from}-${blob.bytes.length - 1}/${blob.bytes.length}` }
  response.writeHead(from === 0 ? 200 : 206, { "content-length": rest.length, ...(from === 0 ? {} : range) })
  response.write(rest.subarray(0, count), () => response.destroy())
}

describe("a blob", () => {
  it.each([[true], [false]])("goes on where the connection broke, with ranges: %s", async (hasRanges) => {
    let breaks = 5
    const ranges: (string | undefined)[] = []
    await using registry = await holding({
      hasRanges,
      intercept: (request, response) => {
        if (request.url !== path) return false
        ranges.push(request.headers.range)
        const from = hasRanges ? Number(/\d+/.exec(request.headers.range ?? "0")?.[0]) : 0
        if (breaks-- <= 0) return false
        breakAfter(response, from, 500_000 + (hasRanges ? 0 : (5 - breaks) * 500_000))
        return true
      },
    })
    expect(Buffer.compare(await pull(registry, { retry: { pauseMs: 1, attempts: 10 } }), blob.bytes)).toBe(0)
    expect(ranges[0]).toBeUndefined()
    expect(ranges[1]).toMatch(/^bytes=\d{6,}-2999999$/)
  })

  it("is given up when nothing comes, and when only a little comes each time", async () => {
    for (const count of [0, 1000]) {
      let asked = 0
      await using registry = await holding({
        intercept: (request, response) => {
          if (request.url !== path) return false
          asked++
          breakAfter(response, Number(/\d+/.exec(request.headers.range ?? "0")?.[0]), count)
          return true
        },
      })
      await expect(pull(registry)).rejects.toThrow(failure("ATT_HTTP_UNREACHABLE"))
      expect(asked).toBe(4)
    }
  })

  it("begins at any byte", async () => {
    for (const hasRanges of [true, false]) {
      await using registry = await holding({ hasRanges })
      for (const offset of [1, 65_536, 2_999_999]) {
        expect(Buffer.compare(await pull(registry, {}, offset), blob.bytes.subarray(offset))).toBe(0)
      }
      const before = registry.asked.length
      expect(await pull(registry, {}, blob.bytes.length)).toHaveLength(0)
      expect(registry.asked).toHaveLength(before)
    }
  })

  it.each<[string, (response: ServerResponse) => void, string]>([
    ["another content", (response) => response.end(noise(3_000_000, 9)), "ATT_OCI_DIGEST"],
    ["less", (response) => response.end(blob.bytes.subarray(1)), "ATT_OCI_SIZE"],
    ["nothing", (response) => response.end(), "ATT_OCI_SIZE"],
    ["more", (response) => response.end(Buffer.concat([blob.bytes, blob.bytes])), "ATT_OCI_SIZE"],
    ["no end", (response) => endless(response), "ATT_OCI_SIZE"],
    ["less in pieces", (response) => response.write(blob.bytes.subarray(0, 9), () => response.end()), "ATT_OCI_SIZE"],
    [
      "a page",
      (response) => void response.writeHead(200, { "content-type": "text/html" }).end("<html>"),
      "ATT_OCI_SIZE",
    ],
    ["a part nobody asked for", (response) => void response.writeHead(206).end(blob.bytes), "ATT_OCI_REFUSED"],
  ])("that is %s is refused, and not asked for again", async (_name, answer, want) => {
    await using registry = await holding({
      intercept: (request, response) => {
        if (request.url === path) answer(response)
        return request.url === path
      },
    })
    await expect(pull(registry)).rejects.toThrow(failure(want))
    expect(registry.asked.filter((each) => each.endsWith(path))).toHaveLength(1)
  })

  it("is read from its start where the registry does not understand a range", async () => {
    await using registry = await holding({
      intercept: (request, response) => {
        const isPart = request.url === path && request.headers.range !== undefined
        if (isPart) response.writeHead(416).end("?")
        return isPart
      },
    })
    expect(Buffer.compare(await pull(registry, {}, 1_000_000), blob.bytes.subarray(1_000_000))).toBe(0)
  })

  it("that continues somewhere else is refused", async () => {
    await using registry = await holding({
      intercept: (request, response) => {
        if (request.url !== path || request.headers.range === undefined) return false
        response.writeHead(206, { "content-range": "bytes 5-9/3000000" }).end(blob.bytes.subarray(5))
        return true
      },
    })
    await expect(pull(registry, {}, 100)).rejects.toThrow(failure("ATT_OCI_PROTOCOL"))
  })

  it("is fetched from where the registry sends us, without our login", async () => {
    const seen: (string | undefined)[] = []
    await using storage = await testServer((request, response) => {
      seen.push(request.headers.authorization, request.headers.range)
      response.end(blob.bytes)
    })
    await using registry = await holding({
      intercept: (request, response) => {
        if (request.headers.authorization === undefined) {
          response.writeHead(401, { "www-authenticate": "Basic" }).end()
          return true
        }
        if (request.url === path) response.writeHead(307, { location: `${storage.url}/signed?key=1` }).end()
        return request.url === path
      },
    })
    const { passwordCredential } = await import("../credentials/credential.ts")
    const credentials = async () => passwordCredential("me", "secret")
    expect(Buffer.compare(await pull(registry, { credentials }), blob.bytes)).toBe(0)
    expect(seen).toEqual([undefined, undefined])
  })

  it.each(["http://169.254.169.254/x", "http://[fe80::1]/x", "http://168.63.129.16/x"])(
    "is not fetched from %s",
    async (location) => {
      await using registry = await holding({
        intercept: (request, response) => {
          if (request.url === path) response.writeHead(307, { location }).end()
          return request.url === path
        },
      })
      await expect(pull(registry)).rejects.toThrow(failure("ATT_HTTP_ADDRESS_DENIED"))
    },
  )

  it("that drips is given up", async () => {
    await using registry = await holding({
      intercept: (request, response) => {
        if (request.url !== path) return false
        response.writeHead(200, { "content-length": blob.bytes.length })
        const drip = (): void => void (response.destroyed || response.write("x", () => setTimeout(drip, 1)))
        drip()
        return true
      },
    })
    const pace = { stallMs: 40, leastBytes: 100_000 }
    await expect(pull(registry, { pace, retry: { attempts: 2, pauseMs: 1 } })).rejects.toThrow(
      failure("ATT_HTTP_STALLED"),
    )
  })

  it("that its descriptor carries is not asked for, unless it is another", async () => {
    await using registry = await fakeRegistry()
    using client = createRegistryClient()
    const target = client.repository({ registry: registry.host, repository: "a" })
    const { descriptor } = content("{}")
    const data = Buffer.from("{}").toString("base64")
    expect(String(await collect(await target.fetch({ ...descriptor, data })))).toBe("{}")
    expect(registry.asked).toEqual([])
    for (const wrong of [Buffer.from("[]").toString("base64"), "e30gIA==", "%"]) {
      await expect(target.fetch({ ...descriptor, data: wrong })).rejects.toThrow(failure("ATT_OCI_NOT_FOUND"))
    }
  })
})

function endless(response: ServerResponse): void {
  const more = (): void => {
    if (response.destroyed) return
    if (response.write(blob.bytes.subarray(0, 100_000))) setImmediate(more)
    else response.once("drain", more)
  }
  more()
}
