/**
 * A gRPC server for bidirectional streams, on Node's HTTP/2.
 *
 * The library that clients use copies every message twice for every client; here a thousand clients send the same bytes.
 */
import {
  createSecureServer,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2"
import type { Server } from "node:net"
import type { Clock } from "@attache/base"
import { answerCall, type CallHandlers, type GrpcCall } from "./call.ts"
import { type Keepalive, keepAlive } from "./keepalive.ts"
import { grpcStatus, statusTrailers } from "./status.ts"

/** What a server answers, and with which bounds. */
export interface GrpcServerOptions {
  /** Answers a call of a path `/SERVICE/METHOD`; undefined: there is no such method. */
  readonly answer: (path: string) => ((call: GrpcCall) => CallHandlers) | undefined
  /** Most bytes of one message of a client. */
  readonly limitBytes: number
  /** Streams on one connection at once. */
  readonly streams: number
  readonly keepalive: Keepalive
  readonly clock: Clock
}

/** PEM texts. */
export interface GrpcTls {
  readonly cert: string | Uint8Array
  readonly key: string | Uint8Array
  readonly ca?: string | Uint8Array
}

/** A server that does not listen yet, and its end. */
export interface GrpcServer {
  readonly server: Server
  /** Ends every connection. */
  closeConnections(): void
}

/** A server; with `tls` it speaks nothing else, and with an authority only to clients that this has signed. */
export function createGrpcServer(options: GrpcServerOptions, tls?: GrpcTls): GrpcServer {
  const sessions = new Set<ServerHttp2Session>()
  const server = tls === undefined ? createServer(settings(options)) : createSecureServer(secure(options, tls))
  server.on("session", (session: ServerHttp2Session) => {
    sessions.add(session)
    session.on("close", () => sessions.delete(session))
    // A broken connection is told by the end of its calls.
    session.on("error", () => {})
    keepAlive(session, options.clock, options.keepalive)
  })
  server.on("sessionError", () => {})
  server.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => respond(stream, headers, options))
  return {
    server: server as unknown as Server,
    closeConnections: () => {
      for (const session of sessions) session.destroy()
    },
  }
}

function settings({ streams }: GrpcServerOptions) {
  return {
    settings: { maxConcurrentStreams: streams },
    // In megabytes. What waits to be read counts, and while there is more than this, new streams of the same client are refused.
    maxSessionMemory: 4096,
  }
}

function secure(options: GrpcServerOptions, { cert, key, ca }: GrpcTls) {
  const authority = ca === undefined ? {} : { ca: Buffer.from(ca), requestCert: true, rejectUnauthorized: true }
  return { ...settings(options), cert: Buffer.from(cert), key: Buffer.from(key), ...authority }
}

function respond(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, options: GrpcServerOptions): void {
  const isGrpc = /^application\/grpc(?:$|[+;])/.test(headers["content-type"] ?? "")
  if (headers[":method"] !== "POST" || !isGrpc) {
    stream.on("error", () => {})
    stream.respond({ ":status": headers[":method"] === "POST" ? 415 : 405 }, { endStream: true })
    return
  }
  const encoding = headers["grpc-encoding"] ?? "identity"
  const open = options.answer(String(headers[":path"]))
  if (open === undefined) refuse(stream, "there is no such method")
  else if (encoding !== "identity" && encoding !== "gzip") refuse(stream, `messages may not be packed with ${encoding}`)
  else answerCall(stream, { limitBytes: options.limitBytes, isPacked: encoding === "gzip" }, open)
}

function refuse(stream: ServerHttp2Stream, details: string): void {
  stream.on("error", () => {})
  stream.respond(
    {
      ":status": 200,
      "content-type": "application/grpc+proto",
      "grpc-accept-encoding": "identity,gzip",
      ...statusTrailers(grpcStatus.unimplemented, details),
    },
    { endStream: true },
  )
}
