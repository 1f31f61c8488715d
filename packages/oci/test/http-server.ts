import { createServer as createHttpServer, type RequestListener, type Server } from "node:http"
import { createServer as createHttpsServer } from "node:https"
import type { TlsIdentity } from "./authority.ts"

/** A server on a free port of 127.0.0.1 that ends with an `await using` block. */
export interface TestServer extends AsyncDisposable {
  readonly port: number
  readonly url: string
  /** `METHOD path` of what was asked so far. */
  readonly asked: readonly string[]
  readonly server: Server
}

/** Starts a server, with TLS when it has an identity. */
export async function testServer(listener: RequestListener, identity?: TlsIdentity): Promise<TestServer> {
  const asked: string[] = []
  const counted: RequestListener = (request, response) => {
    asked.push(`${request.method} ${request.url}`)
    listener(request, response)
  }
  const server = identity === undefined ? createHttpServer(counted) : createHttpsServer(identity, counted)
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  const port = typeof address === "object" && address !== null ? address.port : 0
  return {
    port,
    url: `${identity === undefined ? "http" : "https"}://127.0.0.1:${port}`,
    asked,
    server,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
