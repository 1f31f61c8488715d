// What is behind the gateway in all examples: an echo, the compiled module, and what two of the filters ask.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"

/**
 * Listens on loopback.
 *
 * - `/NAME.wasm`: the module
 * - `/check`: 200 and `x-user: ann` for the token `Bearer a`, otherwise 403
 * - `/blocked`: a list with one path, `/blocked-page`
 * - anything else: what arrived, as JSON
 */
export async function startBackend(port: number, module: Uint8Array): Promise<Server> {
  const server = createServer((request, response) => {
    answer(module, request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen(port, "127.0.0.1", resolve)
  })
  return server
}

async function answer(module: Uint8Array, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { url: path = "", method, headers } = request
  const body = Buffer.concat(await Array.fromAsync(request)).toString()
  if (path.endsWith(".wasm")) {
    response.setHeader("content-type", "application/wasm")
    response.end(module)
  } else if (path === "/check") {
    const isKnown = headers.authorization === "Bearer a"
    response.writeHead(isKnown ? 200 : 403, isKnown ? { "x-user": "ann" } : {}).end()
  } else if (path === "/blocked") response.end("/blocked-page\n")
  else {
    response.setHeader("content-type", "application/json")
    response.setHeader("x-powered-by", "node")
    response.end(`${JSON.stringify({ method, path, headers, body })}\n`)
  }
}
