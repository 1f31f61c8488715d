import { createHash, randomBytes } from "node:crypto"
import { readFile } from "node:fs/promises"
import type { RequestListener, ServerResponse } from "node:http"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { anyAddresses } from "../../test/addresses.ts"
import { createTestAuthority } from "../../test/authority.ts"
import { testServer } from "../../test/http-server.ts"
import { tempFolder } from "../../test/temp-folder.ts"
import { digestOf } from "../content/digest.ts"
import { mediaTypes } from "../content/media-types.ts"
import { createLayout } from "../layout/layout.ts"
import { createConnections } from "./connections.ts"
import { exchange, type HttpRequest, type HttpResponse, readBody } from "./exchange.ts"
import type { Pace } from "./pace.ts"

const size = 12 * 1024 * 1024 + 17
const code = (name: string) => expect.objectContaining({ code: name })
const authority = await createTestAuthority()

/** A peer and how it is asked. */
async function peerWith(scheme: string, listener: RequestListener) {
  const server = await testServer(listener, scheme === "https" ? authority.localhost : undefined)
  const connections = createConnections({ addresses: anyAddresses, caCertificate: authority.caCertificate })
  const ask = (more: Partial<HttpRequest> = {}, pace: Pace = {}): Promise<HttpResponse> =>
    exchange(connections, { url: new URL(server.url), ...more }, pace)
  const stop = async (): Promise<void> => {
    connections[Symbol.dispose]()
    await server[Symbol.asyncDispose]()
  }
  return { ask, asked: server.asked, [Symbol.asyncDispose]: stop }
}

function announce(response: ServerResponse): ServerResponse {
  return response.writeHead(200, { "content-length": String(size) })
}

async function drained(response: HttpResponse): Promise<void> {
  for await (const _chunk of response.body);
}

describe.each(["http", "https"])("a long body over %s", (scheme) => {
  const content = randomBytes(size)

  it("comes whole, to slow readers too, and stays what it is while it is kept", async () => {
    await using peer = await peerWith(scheme, (_request, response) => void announce(response).end(content))
    const hash = createHash("sha256")
    const kept: Uint8Array[] = []
    for await (const chunk of (await peer.ask()).body) {
      hash.update(chunk)
      kept.push(chunk)
      for (let turn = 0; turn < kept.length % 4; turn++) await new Promise(setImmediate)
    }
    expect(`sha256:${hash.digest("hex")}`).toBe(digestOf(content))
    expect(Buffer.concat(kept).equals(content)).toBe(true)
  })

  it("comes through the parser where it is not so long, and its connection serves on", async () => {
    const part = content.subarray(0, 3_000_000)
    const seen = new Set<unknown>()
    await using peer = await peerWith(scheme, ({ socket }, response) => {
      seen.add(socket)
      response.writeHead(200, { "content-length": String(part.length) }).end(part)
    })
    for (let turn = 0; turn < 2; turn++) {
      const pieces: Uint8Array[] = []
      for await (const piece of (await peer.ask()).body) pieces.push(piece)
      expect(Buffer.concat(pieces).equals(part)).toBe(true)
    }
    expect(seen.size).toBe(1)
  })

  it("leaves other requests their connections", async () => {
    const seen = new Set<unknown>()
    await using peer = await peerWith(scheme, ({ socket, method }, response) => {
      seen.add(socket)
      if (method === "GET") announce(response).end(content)
      else response.end("short")
    })
    await drained(await peer.ask({ method: "PUT" }))
    await Promise.all([drained(await peer.ask()), drained(await peer.ask({ method: "PUT" }))])
    await drained(await peer.ask({ method: "PUT" }))
    expect(seen.size).toBe(2)
  })

  it("has no more bytes than were announced", async () => {
    await using peer = await peerWith(scheme, (_request, response) => {
      announce(response).write(content)
      for (let n = 0; n < 40; n++) response.socket?.write(content.subarray(0, 65_536))
    })
    const hash = createHash("sha256")
    for await (const chunk of (await peer.ask()).body) hash.update(chunk)
    expect(`sha256:${hash.digest("hex")}`).toBe(digestOf(content))
  })

  it("ends with an error where the connection does, and keeps what came", async () => {
    await using peer = await peerWith(scheme, (_request, response) => {
      announce(response).write(content.subarray(0, size - 1), () => response.destroy())
    })
    let count = 0
    const read = async (): Promise<void> => {
      for await (const chunk of (await peer.ask()).body) count += chunk.length
    }
    await expect(read()).rejects.toThrow(code("ATT_HTTP_UNREACHABLE"))
    expect(count).toBeGreaterThan(0)
    expect(count).toBeLessThan(size)
  })

  it("ends where it stalls, is aborted or is left", async () => {
    const closed: Promise<void>[] = []
    await using peer = await peerWith(scheme, (_request, response) => {
      closed.push(new Promise((resolve) => void response.on("close", resolve)))
      announce(response).write(content.subarray(0, size / 2))
    })
    await expect(peer.ask({}, { stallMs: 500 }).then(drained)).rejects.toThrow(code("ATT_HTTP_STALLED"))
    const stop = new AbortController()
    const read = async (): Promise<void> => {
      for await (const _chunk of (await peer.ask({ signal: stop.signal })).body) stop.abort(new Error("enough"))
    }
    await expect(read()).rejects.toThrow("enough")
    for await (const _chunk of (await peer.ask()).body) break
    await (await peer.ask()).discard()
    await Promise.all(closed)
    // On a busy machine the first may stall before the server hears of it.
    expect(closed.length).toBeGreaterThanOrEqual(3)
  })

  it("is written to disk as it came, several at once", async () => {
    await using peer = await peerWith(scheme, (request, response) => {
      const tail = Buffer.from(request.method ?? "")
      announce(response).write(content.subarray(0, size - tail.length))
      response.end(tail)
    })
    const folder = tempFolder()
    const isWritten = async (round: number, method: string): Promise<boolean> => {
      const whole = Buffer.concat([content.subarray(0, size - method.length), Buffer.from(method)])
      const descriptor = { mediaType: mediaTypes.ociLayer, digest: digestOf(whole), size }
      const layout = join(folder, String(round))
      await createLayout(layout).push(descriptor, async () => (await peer.ask({ method })).body)
      const path = join(layout, "blobs", "sha256", descriptor.digest.slice("sha256:".length))
      return (await readFile(path)).equals(whole)
    }
    // The second round writes to memory that the first gave back.
    for (const round of [1, 2]) {
      const all = ["GET", "PUT", "POST"].map((method) => isWritten(round, method))
      expect(await Promise.all(all)).toEqual([true, true, true])
    }
  })

  it("is sent from disk as it is, several at once", async () => {
    await using peer = await peerWith(scheme, (request, response) => {
      const hash = createHash("sha256")
      request.on("data", (chunk: Uint8Array) => void hash.update(chunk))
      request.on("end", () => void response.end(`sha256:${hash.digest("hex")}`))
    })
    const layout = createLayout(tempFolder())
    const send = async (first: string): Promise<boolean> => {
      const whole = Buffer.concat([Buffer.from(first), content.subarray(first.length)])
      const descriptor = { mediaType: mediaTypes.ociLayer, digest: digestOf(whole), size }
      await layout.push(descriptor, whole)
      const headers = { "content-length": String(size) }
      const answer = await peer.ask({ method: "PUT", body: await layout.fetch(descriptor), headers })
      return Buffer.from(await readBody(answer, 100)).toString() === descriptor.digest
    }
    for (const round of ["1", "2"]) {
      expect(await Promise.all(["a", "b", "c"].map((first) => send(first + round)))).toEqual([true, true, true])
    }
  })
})
