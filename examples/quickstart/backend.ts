// The service behind the gateway: answers with what it received, and offers the Wasm module for download.
import { createReadStream } from "node:fs"
import { createServer, type Server } from "node:http"
import { pipeline } from "node:stream"

/** Listens on loopback. The body of an answer is `{path, headers}` as they arrived; `/hello.wasm` gives the file `module`. */
export async function startBackend(port: number, module: string): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url === "/hello.wasm") {
      response.setHeader("content-type", "application/wasm")
      pipeline(createReadStream(module), response, () => {})
      return
    }
    response.setHeader("content-type", "application/json")
    response.end(`${JSON.stringify({ path: request.url, headers: request.headers })}\n`)
  })
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen(port, "127.0.0.1", resolve)
  })
  return server
}
