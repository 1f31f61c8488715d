import { createServer, type RequestListener } from "node:http"

/** An HTTP server on a free port of 127.0.0.1 that ends with an `await using` block. */
export interface HttpServer extends AsyncDisposable {
  readonly port: number
  readonly url: string
  /** Paths asked for so far. */
  readonly asked: readonly string[]
}

/** Starts a server. */
export async function httpServer(listener: RequestListener): Promise<HttpServer> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? "")
    listener(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  const port = typeof address === "object" && address !== null ? address.port : 0
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
