import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

/** A request as a backend got it. */
export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage["headers"]
}

/** An HTTP server on a free loopback port that remembers what it got. */
export interface Backend extends AsyncDisposable {
  readonly port: number
  readonly seen: readonly SeenRequest[]
}

/**
 * Starts a backend. By default it answers 200 with a JSON body: its name and the request, with `body` where it had one.
 *
 * @param handle answers instead; returns false to leave the request to the default
 */
export async function startBackend(
  name: string,
  handle?: (request: IncomingMessage, response: ServerResponse) => boolean,
): Promise<Backend> {
  const seen: SeenRequest[] = []
  const server = createServer((request, response) => {
    const { method = "", url: path = "", headers } = request
    seen.push({ method, path, headers })
    const chunks: Buffer[] = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    if (handle?.(request, response) === true) return
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString("utf8")
      response.setHeader("content-type", "application/json")
      response.end(JSON.stringify({ backend: name, method, path, headers, ...(body === "" ? {} : { body }) }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
