import { createServer, type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2"
import type { AddressInfo } from "node:net"
import { setTimeout as pause } from "node:timers/promises"
import type { GrpcHandler, GrpcResponse } from "@attache/wasm-host"
import type { ClusterServer, ClusterWatch } from "./cluster-server.ts"
import { bytesOf, fieldsOf, messageOf } from "./message.ts"
import type { Fields } from "./proxy.ts"

/** Longest message taken from the proxy. */
const messageLimit = 4 * 1024 * 1024

/** A gRPC server over HTTP/2 without TLS on a free loopback port: one answer of a handler for each message. */
export async function startGrpcServer(
  cluster: string,
  handler: GrpcHandler,
  watch: ClusterWatch,
): Promise<ClusterServer> {
  const sessions = new Set<ServerHttp2Session>()
  const server = createServer()
  server.on("session", (session) => {
    sessions.add(session)
    session.on("close", () => sessions.delete(session))
  })
  server.on("stream", (stream, headers) => {
    stream.on("error", () => {})
    serve(cluster, handler, watch, stream, headers).catch((error: unknown) => {
      if (!stream.destroyed) watch.failed(error)
      stream.close()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      for (const session of sessions) session.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

async function serve(
  cluster: string,
  handler: GrpcHandler,
  watch: ClusterWatch,
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
): Promise<void> {
  const path = String(headers[":path"] ?? "")
  const [, service = "", method = ""] = path.split("/")
  const fields = fieldsIn(headers)
  let last: GrpcResponse = {}
  for await (const message of messagesOf(stream)) {
    const reply = handler({ cluster, service, method, headers: fields, message })
    watch.received({ ...messageOf(fields, message, []), cluster, method: "POST", path, answer: reply })
    if (reply === "never") return
    last = reply
    if (reply.delayMs !== undefined && reply.delayMs > 1) await pause(reply.delayMs)
    if (!stream.headersSent) respond(stream, reply)
    if (reply.message !== undefined) stream.write(framed(bytesOf(reply.message)))
    if (reply.end === true || (reply.status ?? 0) !== 0) break
  }
  if (!stream.headersSent) respond(stream, last)
  stream.end()
}

function respond(stream: ServerHttp2Stream, reply: GrpcResponse): void {
  const initial = Object.fromEntries(fieldsOf(reply.initialMetadata))
  stream.respond({ ":status": 200, "content-type": "application/grpc", ...initial }, { waitForTrailers: true })
  stream.on("wantTrailers", () => {
    const { status = 0, statusMessage, trailingMetadata } = reply
    const text = statusMessage === undefined ? {} : { "grpc-message": encodeURIComponent(statusMessage) }
    stream.sendTrailers({ "grpc-status": String(status), ...text, ...Object.fromEntries(fieldsOf(trailingMetadata)) })
  })
}

/** The messages of a stream: a byte for compression, four for the size, then the message. */
async function* messagesOf(stream: ServerHttp2Stream): AsyncGenerator<Uint8Array> {
  let rest = Buffer.alloc(0)
  // Answers may follow when the client is no longer listened to.
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    rest = Buffer.concat([rest, chunk as Buffer])
    while (rest.length >= 5) {
      const size = rest.readUInt32BE(1)
      if (size > messageLimit) throw new Error(`a gRPC message of ${size} bytes is more than ${messageLimit}`)
      if (rest.length < 5 + size) break
      yield rest.subarray(5, 5 + size)
      rest = rest.subarray(5 + size)
    }
  }
}

function framed(message: Uint8Array): Uint8Array {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}

function fieldsIn(headers: IncomingHttpHeaders): Fields {
  return Object.entries(headers).flatMap(([name, value]) =>
    name.startsWith(":") ? [] : [value ?? []].flat().map((each) => [name, each] as const),
  )
}
