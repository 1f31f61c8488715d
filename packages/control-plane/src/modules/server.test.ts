import { writeFile } from "node:fs/promises"
import { request as requestHttp } from "node:http"
import { connect as connectHttp2 } from "node:http2"
import { request as requestHttps } from "node:https"
import { createServer } from "node:net"
import { AttacheError, createManualClock, Secret, sha256Hex } from "@attache/base"
import { createTestAuthority } from "@attache/oci/testing"
import { proxyModuleUrl } from "@attache/translate"
import { describe, expect, it, onTestFinished, vi } from "vitest"
import { moduleOf } from "../../test/module-world.ts"
import { temporaryDirectory } from "../../test/temporary-directory.ts"
import { placeAtServer } from "./place.ts"
import { type ModuleServerOptions, serveModules } from "./server.ts"
import type { ServerIdentity } from "./server-identity.ts"
import { createModuleStore } from "./store.ts"

vi.setConfig({ testTimeout: 30_000 })

const key = new Secret(Buffer.from("key"))
const module = moduleOf("m".repeat(92))
const etag = `"${sha256Hex(module)}"`

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: Buffer
}

interface Asking {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly tls?: { readonly ca: string; readonly cert?: string; readonly key?: string }
}

function ask(port: number, path: string, { tls, ...options }: Asking = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const shared = { host: "127.0.0.1", port, path, agent: false as const, ...options }
    const call = tls === undefined ? requestHttp(shared) : requestHttps({ ...shared, servername: "localhost", ...tls })
    call.on("error", reject)
    call.on("response", (response) => {
      const chunks: Buffer[] = []
      response.on("data", (chunk: Buffer) => chunks.push(chunk))
      response.on("error", reject)
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      )
    })
    call.end()
  })
}

/** A server over a store that holds a module of 100 bytes. */
async function setUp(more: Partial<ModuleServerOptions> = {}) {
  const folder = await temporaryDirectory()
  const store = createModuleStore(folder.path)
  const stored = await store.put(module)
  const server = await serveModules({ store, key, address: { host: "127.0.0.1", port: 0 }, ...more })
  onTestFinished(async () => {
    await server.close()
    await folder[Symbol.asyncDispose]()
  })
  const code = placeAtServer("", key)(stored)
  return { store, server, path: code.type === "remote" ? proxyModuleUrl(code.url, "infra/gw") : "", stored }
}

describe("serveModules", () => {
  it("gives a module, with its digest as its tag", async () => {
    const { server, path } = await setUp()
    const answer = await ask(server.port, path)
    expect(answer.body).toEqual(module)
    expect(answer).toMatchObject({
      status: 200,
      headers: { "content-type": "application/wasm", "content-length": "100", etag, "accept-ranges": "bytes" },
    })
    const head = await ask(server.port, path, { method: "HEAD", headers: { range: "bytes=0-1" } })
    expect([head.status, head.headers["content-length"], head.body.length]).toEqual([200, "100", 0])
  })

  it.each<readonly [Readonly<Record<string, string>>, number, number, string | undefined]>([
    [{ range: "bytes=0-9" }, 206, 10, "bytes 0-9/100"],
    [{ range: "bytes=-1" }, 206, 1, "bytes 99-99/100"],
    [{ range: "bytes=100-" }, 416, 0, "bytes */100"],
    [{ range: "bytes=0-1,3-4" }, 200, 100, undefined],
    [{ range: "bytes=0-9", "if-range": etag }, 206, 10, "bytes 0-9/100"],
    [{ range: "bytes=0-9", "if-range": '"another"' }, 200, 100, undefined],
    [{ "if-none-match": etag }, 304, 0, undefined],
    [{ "if-none-match": `"x", W/${etag}` }, 304, 0, undefined],
    [{ "if-none-match": '"x"' }, 200, 100, undefined],
  ])("answers %j with %i", async (headers, status, length, range) => {
    const { server, path } = await setUp()
    const answer = await ask(server.port, path, { headers })
    expect([answer.status, answer.body.length, answer.headers["content-range"]]).toEqual([status, length, range])
    if (status === 206) expect(module.includes(answer.body)).toBe(true)
  })

  it("gives nothing to who does not know the URL", async () => {
    const { server, path, stored } = await setUp()
    for (const bad of [
      "/",
      `/${stored.sha256}`,
      `/${stored.sha256}.wasm`,
      `${path}?x`,
      path.replace(/..\.wasm$/, "zz.wasm"),
    ]) {
      expect((await ask(server.port, bad)).status, bad).toBe(404)
    }
    expect((await ask(server.port, path, { method: "POST" })).status).toBe(405)
  })

  it("gives nothing to a proxy that may no longer have it", async () => {
    const given = new Set(["infra/gw"])
    const { server, path } = await setUp({ isGiven: (proxyKey, asked) => asked === path && given.has(proxyKey) })
    expect((await ask(server.port, path)).status).toBe(200)
    given.clear()
    expect((await ask(server.port, path)).status).toBe(404)
  })

  it("has what is damaged or gone brought back, and says when to come again where that fails", async () => {
    let isAway = true
    const restore = async (): Promise<boolean> => {
      if (isAway) return false
      await store.put(module)
      return true
    }
    const { server, path, stored, store } = await setUp({ restore: () => restore() })
    await writeFile(stored.path, "damaged")
    const away = await ask(server.port, path)
    expect([away.status, away.headers["retry-after"]]).toEqual([503, "1"])
    isAway = false
    expect((await ask(server.port, path)).body).toEqual(module)
  })

  it("stops waiting for what is brought back too slowly, and survives its failure", async () => {
    const clock = createManualClock()
    const { server, path, stored } = await setUp({
      clock,
      restore: (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason), { once: true })
          queueMicrotask(() => clock.advance(30_000))
        }),
    })
    await writeFile(stored.path, "damaged")
    expect((await ask(server.port, path)).status).toBe(503)
    const broken = await setUp({ restore: () => Promise.reject(new Error("a mistake")) })
    await writeFile(broken.stored.path, "damaged")
    expect((await ask(broken.server.port, broken.path)).status).toBe(500)
  })

  it("says when its address is taken, and may be closed twice", async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve))
    onTestFinished(() => void other.close())
    const address = other.address()
    const port = typeof address === "object" ? (address?.port ?? 0) : 0
    const { store, server } = await setUp()
    const taken = serveModules({ store, key, address: { host: "127.0.0.1", port } })
    await expect(taken).rejects.toThrow(expect.objectContaining({ code: "ATT_MODULE_LISTEN" }))
    await Promise.all([server.close(), server.close()])
    await expect(ask(server.port, "/")).rejects.toThrow()
  })
})

describe("serveModules over TLS", () => {
  const identityOf = async () => {
    const { localhost, caCertificate } = await createTestAuthority()
    const shown: ServerIdentity = { certificate: localhost.cert, key: new Secret(Buffer.from(localhost.key)) }
    return { shown, localhost, ca: caCertificate }
  }

  it("speaks HTTP/2 and 1.1, to clients whose certificate it trusts", async () => {
    const { shown, localhost, ca } = await identityOf()
    const { server, path } = await setUp({ tls: () => ({ ...shown, clientAuthorities: ca }) })
    expect((await ask(server.port, path, { tls: { ca, ...localhost } })).body).toEqual(module)
    await expect(ask(server.port, path, { tls: { ca } })).rejects.toThrow()
    await expect(ask(server.port, path), "plain text").rejects.toThrow()
    const session = connectHttp2(`https://localhost:${server.port}`, { ca, ...localhost })
    onTestFinished(() => session.destroy())
    const call = session.request({ ":path": path, range: "bytes=0-9" })
    const headers = await new Promise<Readonly<Record<string, unknown>>>((resolve) => call.once("response", resolve))
    expect(headers).toMatchObject({ ":status": 206, "content-range": "bytes 0-9/100" })
    const chunks: Buffer[] = []
    for await (const chunk of call) chunks.push(chunk as Buffer)
    expect(Buffer.concat(chunks)).toEqual(module.subarray(0, 10))
  })

  it("takes new certificates", async () => {
    const [old, renewed] = [await identityOf(), await identityOf()]
    const clock = createManualClock()
    let read = (): ServerIdentity => old.shown
    const { server, path } = await setUp({ clock, tls: () => read() })
    expect((await ask(server.port, path, { tls: { ca: old.ca } })).status).toBe(200)
    read = () => renewed.shown
    clock.advance(10_000)
    expect((await ask(server.port, path, { tls: { ca: renewed.ca } })).status).toBe(200)
    await expect(ask(server.port, path, { tls: { ca: old.ca } })).rejects.toThrow()
  })

  it("keeps what it has while there is nothing right, and does not start with it", async () => {
    const [{ shown, localhost, ca }, other] = [await identityOf(), await identityOf()]
    const clock = createManualClock()
    const right = { ...shown, clientAuthorities: ca }
    let read = (): ServerIdentity => right
    const { server, path, store } = await setUp({ clock, tls: () => read() })
    const broken: readonly Partial<ServerIdentity>[] = [
      { clientAuthorities: "" },
      { clientAuthorities: ca.slice(0, ca.length / 2) },
      { clientAuthorities: ca + other.ca.slice(0, 100) },
      { clientAuthorities: ca.replace("M", "!") },
      { certificate: other.shown.certificate },
      { certificate: "" },
    ]
    for (const each of broken) {
      read = () => ({ ...right, ...each })
      clock.advance(10_000)
      expect((await ask(server.port, path, { tls: { ca, ...localhost } })).status).toBe(200)
      const started = serveModules({ store, key, address: { host: "127.0.0.1", port: 0 }, tls: read })
      await expect(started).rejects.toThrow(expect.objectContaining({ code: "ATT_MODULE_TLS" }))
    }
    read = () => {
      throw new AttacheError("ATT_TEST", "gone")
    }
    clock.advance(10_000)
    expect((await ask(server.port, path, { tls: { ca, ...localhost } })).status).toBe(200)
  })
})
