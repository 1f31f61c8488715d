import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from "node:http2"
import type { AddressInfo } from "node:net"
import { connect as connectSocket } from "node:net"
import { gzipSync } from "node:zlib"
import { createManualClock, type ManualClock } from "@attache/base"
import { describe, expect, it, onTestFinished } from "vitest"
import type { GrpcCall } from "./call.ts"
import { messagePrefix } from "./message-reader.ts"
import { createGrpcServer, type GrpcServerOptions } from "./server.ts"
import { grpcStatus } from "./status.ts"

interface World {
  readonly port: number
  readonly clock: ManualClock
  /** What calls told, in order. */
  readonly told: string[]
  readonly calls: GrpcCall[]
}

async function setUp(options: Partial<GrpcServerOptions> = {}): Promise<World> {
  const clock = createManualClock()
  const told: string[] = []
  const calls: GrpcCall[] = []
  const { server, closeConnections } = createGrpcServer({
    answer: (path) => {
      if (path !== "/s/m") return undefined
      return (call) => {
        calls.push(call)
        return {
          onMessage: (bytes) => told.push(`message ${Buffer.from(bytes).toString()}`),
          onEnd: () => {
            told.push("end")
            call.end(grpcStatus.ok)
          },
          onBadMessage: ({ code }) => {
            told.push(code)
            call.end(grpcStatus.invalidArgument, "no: %ü")
          },
          onClose: () => told.push("close"),
        }
      }
    },
    limitBytes: 100,
    streams: 10,
    keepalive: { everyMs: 1_000, answerMs: 500 },
    clock,
    ...options,
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => {
    server.close()
    closeConnections()
  })
  return { port: (server.address() as AddressInfo).port, clock, told, calls }
}

function client(port: number): ClientHttp2Session {
  const session = connect(`http://127.0.0.1:${port}`)
  session.on("error", () => {})
  onTestFinished(() => session.destroy())
  return session
}

const framed = (text: string): Buffer => Buffer.concat([messagePrefix(text.length), Buffer.from(text)])
const head = { ":method": "POST", ":path": "/s/m", "content-type": "application/grpc", te: "trailers" }

/** Makes a call, sends what is given and ends it; gives the headers, trailers and bytes that come back. */
async function call(session: ClientHttp2Session, headers: IncomingHttpHeaders, ...chunks: readonly Buffer[]) {
  const stream = session.request(headers)
  const got: Buffer[] = []
  let answer: IncomingHttpHeaders = {}
  stream.on("response", (fields) => (answer = { ...answer, ...fields }))
  stream.on("trailers", (fields) => (answer = { ...answer, ...fields }))
  stream.on("data", (chunk: Buffer) => got.push(chunk))
  stream.on("error", () => {})
  for (const chunk of chunks) stream.write(chunk)
  stream.end()
  await new Promise((resolve) => stream.on("close", resolve))
  return { answer, bytes: Buffer.concat(got) }
}

describe("a gRPC server", () => {
  it("reads messages, and ends when the client does", async () => {
    const { port, told } = await setUp()
    const { answer } = await call(client(port), head, framed("one"), framed("two"))
    expect(answer).toMatchObject({ ":status": 200, "content-type": "application/grpc+proto", "grpc-status": "0" })
    await expect.poll(() => told).toEqual(["message one", "message two", "end", "close"])
  })

  it("sends messages in pieces, and tells when they are out", async () => {
    const { port, calls } = await setUp()
    const stream = client(port).request(head)
    await expect.poll(() => calls.length).toBe(1)
    const sent: number[] = []
    for (const [n, pieces] of [["a", "", "b"], [""], ["c"]].entries())
      calls[0]?.send(
        pieces.map((text) => Buffer.from(text)),
        () => sent.push(n),
      )
    calls[0]?.end(grpcStatus.ok)
    const got: Buffer[] = []
    stream.on("data", (chunk: Buffer) => got.push(chunk))
    await new Promise((resolve) => stream.on("end", resolve))
    expect(Buffer.concat(got)).toEqual(Buffer.concat([framed("ab"), framed(""), framed("c")]))
    expect(sent).toEqual([0, 1, 2])
    expect(calls[0]?.peer).toMatch(/^127\.0\.0\.1:\d+$/)
  })

  it("reads packed messages", async () => {
    const { port, told } = await setUp()
    const bytes = gzipSync("packed")
    const prefix = messagePrefix(bytes.length)
    prefix[0] = 1
    await call(client(port), { ...head, "grpc-encoding": "gzip" }, prefix, bytes)
    expect(told).toContain("message packed")
  })

  it("says what it cannot do", async () => {
    const { port, told } = await setUp()
    const session = client(port)
    const ask = async (headers: IncomingHttpHeaders) => (await call(session, headers)).answer
    expect(await ask({ ...head, ":path": "/s/other" })).toMatchObject({ "grpc-status": "12" })
    expect(await ask({ ...head, "grpc-encoding": "zstd" })).toMatchObject({
      "grpc-status": "12",
      "grpc-accept-encoding": "identity,gzip",
    })
    expect(await ask({ ...head, ":method": "GET" })).toMatchObject({ ":status": 405 })
    expect(await ask({ ...head, "content-type": "text/html" })).toMatchObject({ ":status": 415 })
    expect(told).toEqual([])
  })

  it("ends a call with a status and its text, and reads nothing more of it", async () => {
    const { port, told } = await setUp()
    const { answer } = await call(client(port), head, messagePrefix(101), framed("later"))
    expect(answer).toMatchObject({ "grpc-status": "3", "grpc-message": "no: %25%C3%BC" })
    await expect.poll(() => told.filter((word) => word !== "end")).toEqual(["ATT_XDS_REQUEST_TOO_LARGE", "close"])
  })

  it("breaks off a call that is to end while its client does not read", async () => {
    const { port, told, calls } = await setUp()
    const stream = client(port).request(head)
    stream.on("error", () => {})
    await expect.poll(() => calls.length).toBe(1)
    let isSent = false
    calls[0]?.send([Buffer.alloc(10_000_000)], () => (isSent = true))
    await new Promise(setImmediate)
    calls[0]?.end(grpcStatus.internal, "enough")
    await expect.poll(() => told).toContain("close")
    expect(isSent).toBe(true)
    let isLost = false
    calls[0]?.send([Buffer.from("x")], () => (isLost = true))
    await expect.poll(() => isLost).toBe(true)
  })

  it("ends a connection on which nobody answers, and keeps the others", async () => {
    const { port, clock, told, calls } = await setUp()
    // Enough of a client to open a call; it never answers a question.
    const dead = connectSocket(port, "127.0.0.1")
    onTestFinished(() => void dead.destroy())
    dead.on("error", () => {})
    const frame = (type: number, flags: number, stream: number, payload: Buffer): Buffer => {
      const start = Buffer.alloc(9)
      start.writeUIntBE(payload.length, 0, 3)
      start[3] = type
      start[4] = flags
      start.writeUInt32BE(stream, 5)
      return Buffer.concat([start, payload])
    }
    const literal = (name: string, value: string): Buffer =>
      Buffer.concat([Buffer.from([0, name.length]), Buffer.from(name), Buffer.from([value.length]), Buffer.from(value)])
    const fields = Object.entries({ ":scheme": "http", ":authority": "x", ...head }).sort(([a]) =>
      a[0] === ":" ? -1 : 1,
    )
    dead.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
    dead.write(frame(4, 0, 0, Buffer.alloc(0)))
    dead.write(frame(1, 4, 1, Buffer.concat(fields.map(([name, value]) => literal(name, value)))))
    await expect.poll(() => calls.length).toBe(1)
    const alive = client(port)
    const stream = alive.request(head)
    await expect.poll(() => calls.length).toBe(2)
    // Questions of several rounds; who answers is asked again.
    for (let round = 0; round < 3; round++) {
      clock.advance(1_000)
      await new Promise<void>((resolve) => alive.ping(() => resolve()))
    }
    clock.advance(499)
    await new Promise<void>((resolve) => alive.ping(() => resolve()))
    clock.advance(1)
    const heard = (): readonly string[] => told.filter((word) => word !== "end")
    await expect.poll(heard).toEqual(["close"])
    stream.write(framed("still here"))
    await expect.poll(heard).toEqual(["close", "message still here"])
  })
})
