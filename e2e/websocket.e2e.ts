// WebSockets through extensions of each kind: the upgrade passes them, the frames pass through.
import { createHash } from "node:crypto"
import { createServer, request } from "node:http"
import type { AddressInfo } from "node:net"
import type { Duplex } from "node:stream"
import { freePorts } from "@attache/envoy"
import { afterAll, beforeAll, expect, it } from "vitest"
import { type GatewayUnderTest, startGateway } from "./gateway-under-test.ts"
import { backend, extensions, gateway, prefix, route, stream, to } from "./resources.ts"
import { luaTag, startTagGuest, startTagProcessor, type TagGuest, type TagProcessor } from "./tags.ts"

/** Accepts upgrades; sends the `x-order` it got, then every text back. Frames are short: one byte of length (RFC 6455, 5.2). */
async function startEcho(): Promise<{ readonly port: number } & AsyncDisposable> {
  const sockets = new Set<Duplex>()
  const server = createServer((_request, response) => response.writeHead(426).end())
  server.on("upgrade", ({ headers }, socket) => {
    sockets.add(socket)
    const magic = `${headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`
    const accept = createHash("sha1").update(magic).digest("base64")
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
    )
    const send = (text: string) =>
      socket.write(Buffer.concat([Buffer.from([0x81, Buffer.byteLength(text)]), Buffer.from(text)]))
    send(String(headers["x-order"]))
    let rest = Buffer.alloc(0)
    socket.on("data", (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk])
      for (let frame = takeFrame(rest); frame !== undefined; frame = takeFrame(rest)) {
        rest = rest.subarray(frame.size)
        if (frame.opcode === 8) socket.end(Buffer.from([0x88, 0]))
        else send(frame.text)
      }
    })
    socket.on("error", () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** The first frame of a client, whose text is masked; undefined while it is not complete. */
function takeFrame(
  bytes: Buffer,
): { readonly opcode: number; readonly text: string; readonly size: number } | undefined {
  const length = (bytes[1] ?? 0) & 0x7f
  const size = 6 + length
  if (bytes.length < size) return undefined
  const mask = bytes.subarray(2, 6)
  const text = Buffer.from(bytes.subarray(6, size).map((byte, i) => byte ^ (mask[i % 4] ?? 0))).toString("utf8")
  return { opcode: (bytes[0] ?? 0) & 0x0f, text, size }
}

let echo: Awaited<ReturnType<typeof startEcho>>
let guest: TagGuest
let processor: TagProcessor
let gw: GatewayUnderTest
let port: number

beforeAll(async () => {
  ;[port] = (await freePorts(1)) as [number]
  echo = await startEcho()
  guest = await startTagGuest()
  processor = await startTagProcessor("e0")
  const kinds = {
    lua: { lua: [luaTag("l0")] },
    wasm: { wasm: [guest.entry("w0")] },
    "ext-proc": { extProc: [processor.entry] },
    all: { lua: [luaTag("l0")], extProc: [processor.entry], wasm: [guest.entry("w0")] },
  }
  gw = await startGateway({
    "all.yaml": stream(
      ...gateway({ http: port }),
      backend("echo", echo.port),
      processor.backend,
      ...Object.entries(kinds).flatMap(([name, spec]) => [
        route(name, [prefix(`/${name}`, { backendRefs: [to("echo")] })]),
        extensions(name, { kind: "HTTPRoute", name }, spec),
      ]),
    ),
  })
})
afterAll(async () => {
  for (const each of [gw, echo, guest, processor]) await each?.[Symbol.asyncDispose]()
})

/** Opens a WebSocket, sends texts once the greeting is there, and gives all that came until every text was answered. */
function talk(path: string, texts: readonly string[]): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`)
    const got: string[] = []
    socket.addEventListener("error", () => reject(new Error(`no WebSocket on ${path}`)))
    socket.addEventListener("message", ({ data }) => {
      got.push(String(data))
      if (got.length === 1) for (const text of texts) socket.send(text)
      if (got.length <= texts.length) return
      socket.close()
      resolve(got)
    })
  })
}

it.each([
  ["lua", "l0"],
  ["wasm", "w0"],
  ["ext-proc", "e0"],
  ["all", "l0 e0 w0"],
])("passes through %s", async (name, order) => {
  expect(await talk(`/${name}`, ["one", "two", "three"])).toEqual([order, "one", "two", "three"])
})

it("shows the extensions' changes in the answer to the upgrade", async () => {
  const headers = {
    connection: "upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": Buffer.alloc(16).toString("base64"),
  }
  const call = request({ host: "127.0.0.1", port, path: "/all", headers })
  const order = await new Promise((resolve, reject) => {
    call.on("upgrade", (response, socket) => {
      socket.destroy()
      resolve([response.statusCode, response.headers["x-order"]])
    })
    call.on("error", reject)
    call.end()
  })
  expect(order).toEqual([101, "w0 e0 l0"])
})

it("leaves requests that ask for no upgrade alone", async () => {
  const answer = await gw.request(port, "/all")
  expect([answer.status, answer.headers["x-order"]]).toEqual([426, "w0 e0 l0"])
})
