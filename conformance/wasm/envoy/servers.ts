// The servers behind a recorded proxy: the corpus's test upstream, its twin for call-outs, gRPC, a closed port, and TCP.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { createServer as createHttp2Server, type ServerHttp2Stream } from "node:http2"
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net"
import { setTimeout as pause } from "node:timers/promises"
import type { Ports } from "./bootstrap.ts"

/** What the servers saw, in order. */
export type Sight = Readonly<Record<string, unknown>>

/** Running servers. */
export interface Servers extends AsyncDisposable {
  readonly ports: Ports
  /** Requests whole or given up. */
  readonly seen: Sight[]
  /** Pieces of TCP clients, `<end>` at the end. */
  readonly pieces: string[]
}

/** Between two pieces of a body, so that each arrives by itself. */
const pieceGapMs = 30
const hello = "hello from upstream\n"

/** Starts the servers on free loopback ports. @param isTcp the upstream echoes bytes instead of speaking HTTP */
export async function startServers(isTcp: boolean): Promise<Servers> {
  const seen: Sight[] = []
  const pieces: string[] = []
  const sockets = new Set<Socket>()
  const upstream = isTcp
    ? createTcpServer({ allowHalfOpen: true }, (socket) => echo(socket, pieces))
    : createServer((request, response) => void answer("upstream", request, response, seen))
  const callout = createServer((request, response) => void answer("callout", request, response, seen))
  const grpc = createHttp2Server()
  grpc.on("stream", answerGrpc)
  const closed = createTcpServer()
  const servers: readonly Server[] = [upstream, callout, grpc, closed]
  for (const server of servers) {
    server.on("connection", (socket: Socket) => {
      sockets.add(socket)
      socket.on("close", () => sockets.delete(socket)).on("error", () => {})
    })
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  }
  const [up, out, rpc, dead] = servers.map((server) => (server.address() as AddressInfo).port)
  await new Promise((resolve) => closed.close(resolve))
  return {
    ports: { upstream: up ?? 0, callout: out ?? 0, grpc: rpc ?? 0, dead: dead ?? 0 },
    seen,
    pieces,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      await Promise.all([upstream, callout, grpc].map((server) => new Promise((resolve) => server.close(resolve))))
    },
  }
}

async function answer(name: string, request: IncomingMessage, response: ServerResponse, seen: Sight[]): Promise<void> {
  const path = request.url ?? ""
  const parts: Buffer[] = []
  try {
    for await (const part of request) parts.push(part as Buffer)
  } catch {
    seen.push({ cluster: name, aborted: true, path })
    return
  }
  const body = Buffer.concat(parts)
  seen.push({
    cluster: name,
    method: request.method,
    path,
    headers: pairs(request.rawHeaders),
    body: body.length > 4096 ? `<${body.length} bytes>` : body.toString(),
    ...(request.rawTrailers.length === 0 ? {} : { trailers: pairs(request.rawTrailers) }),
  })
  const [, first, second] = (path.split("?")[0] ?? "").split("/")
  const head = { "content-type": "text/plain", "x-upstream": name }
  const sized = (content: string | Buffer, status = 200): void => {
    response.writeHead(status, { ...head, "content-length": Buffer.byteLength(content) }).end(content)
  }
  if (first === "never") return
  if (first === "close") request.socket.destroy()
  else if (first === "echo") sized(body)
  else if (first === "bytes") sized("a".repeat(Number(second)))
  else if (first === "status") sized(hello, Number(second))
  else if (first === "chunks") await writePieces(response.writeHead(200, head), ["one,", "two,", "three"])
  else if (first === "trailers") {
    if (request.method === "HEAD") return void response.writeHead(200, head).end()
    response.writeHead(200, { ...head, trailer: "x-t" }).write("body")
    response.addTrailers({ "x-t": "1" })
    response.end()
  } else {
    if (first === "slow") await pause(1500)
    sized(hello)
  }
}

async function writePieces(response: ServerResponse, list: readonly string[]): Promise<void> {
  for (const piece of list) {
    response.write(piece)
    await pause(pieceGapMs)
  }
  response.end()
}

function pairs(raw: readonly string[]): readonly (readonly [string, string])[] {
  return Array.from({ length: raw.length / 2 }, (_, i) => {
    const name = (raw[2 * i] ?? "").toLowerCase()
    return [name, name === "x-request-id" ? "<id>" : (raw[2 * i + 1] ?? "")]
  })
}

/** Refuses the method `Fail`; sends every other message back as it came, and its own headers with the first. */
function answerGrpc(stream: ServerHttp2Stream, headers: Readonly<Record<string, unknown>>): void {
  const isFailing = String(headers[":path"]).endsWith("/Fail")
  const respond = (): void => {
    if (!stream.headersSent && !stream.destroyed)
      stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true })
  }
  stream.on("error", () => {})
  stream.on("wantTrailers", () =>
    stream.sendTrailers(isFailing ? { "grpc-status": "7", "grpc-message": "denied" } : { "grpc-status": "0" }),
  )
  stream.on("data", (bytes: Buffer) => {
    respond()
    if (!isFailing && stream.writable) stream.write(bytes)
  })
  stream.on("end", () => {
    respond()
    stream.end()
  })
  if (!isFailing) return
  respond()
  stream.end()
}

function echo(socket: Socket, pieces: string[]): void {
  socket.on("data", (bytes) => {
    pieces.push(bytes.toString())
    socket.write(`echo:${bytes.toString()}`)
  })
  socket.on("end", () => {
    pieces.push("<end>")
    setTimeout(() => socket.end(), pieceGapMs)
  })
}
