import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { setTimeout as pause, setImmediate as turn } from "node:timers/promises"
import type { UpstreamHandler, UpstreamResponse } from "@attache/wasm-host"
import { bytesOf, fieldsForNode, fieldsFromNode, messageOf } from "./message.ts"
import type { ReceivedRequest } from "./proxy.ts"

/** A server behind the proxy. */
export interface ClusterServer extends AsyncDisposable {
  readonly port: number
}

/** What a server tells those who wait: a request it got, or an error that a handler threw. */
export interface ClusterWatch {
  readonly received: (request: ReceivedRequest) => void
  readonly failed: (error: unknown) => void
}

/** An HTTP/1.1 server on a free loopback port whose answers come from a handler. */
export async function startClusterServer(
  cluster: string,
  handler: UpstreamHandler,
  watch: ClusterWatch,
): Promise<ClusterServer> {
  const server = createServer((request, response) => {
    answer(cluster, handler, watch, request, response).catch((error: unknown) => {
      watch.failed(error)
      response.destroy()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

async function answer(
  cluster: string,
  handler: UpstreamHandler,
  watch: ClusterWatch,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const bytes = await bodyOf(request)
  if (bytes === undefined) return
  const { method = "", url: path = "" } = request
  const message = messageOf(fieldsFromNode(request.rawHeaders), bytes, fieldsFromNode(request.rawTrailers))
  const reply = handler({ ...message, cluster, method, path, body: bytes, overflow: new Uint8Array(0) })
  watch.received({ ...message, cluster, method, path, answer: reply })
  if (reply === "never") return
  if (reply === "close") {
    request.socket.destroy()
    return
  }
  if (reply.delayMs !== undefined && reply.delayMs > 1) await pause(reply.delayMs)
  await write(reply, response)
}

/** The whole body, or undefined when the proxy gave up halfway. */
async function bodyOf(request: IncomingMessage): Promise<Uint8Array | undefined> {
  try {
    return Buffer.concat(await Array.fromAsync(request))
  } catch {
    return undefined
  }
}

async function write(reply: UpstreamResponse, response: ServerResponse): Promise<void> {
  const trailers = fieldsForNode(reply.trailers)
  response.sendDate = false
  response.statusCode = reply.status ?? 200
  const headers = fieldsForNode(reply.headers)
  for (const name of new Set(headers.map(([each]) => each)))
    response.setHeader(
      name,
      headers.flatMap(([each, value]) => (each === name ? [value] : [])),
    )
  for (const piece of reply.chunks ?? (reply.body === undefined ? [] : [reply.body])) {
    response.write(bytesOf(piece))
    await turn()
  }
  if (trailers.length > 0) response.addTrailers(trailers)
  response.end()
}
