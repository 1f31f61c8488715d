import { request as requestHttp } from "node:http"
import { setImmediate as turn } from "node:timers/promises"
import { bytesOf, fieldsForNode, fieldsFromNode, messageOf, methodOf } from "./message.ts"
import type { Exchange, TestRequest } from "./proxy.ts"

/** Real milliseconds after which a client gives up by default. */
const patienceMs = 10_000

/** Sends a request over a connection of its own and gives what came back; never rejects. */
export async function sendHttp(port: number, request: TestRequest): Promise<Omit<Exchange, "upstream">> {
  const parts: Buffer[] = []
  const { promise, resolve } = Promise.withResolvers<Omit<Exchange, "upstream">>()
  const empty = { ...messageOf([], new Uint8Array(0), []), request, status: 0 }
  const outgoing = requestHttp({
    host: "127.0.0.1",
    port,
    method: methodOf(request),
    path: request.path ?? "/",
    headers: headersOf(request),
    agent: false,
  })
  const timer = setTimeout(() => {
    resolve({ ...empty, outcome: "timeout" })
    outgoing.destroy()
  }, request.timeoutMs ?? patienceMs)
  outgoing.on("error", () => resolve({ ...empty, outcome: "cut" }))
  outgoing.on("response", (response) => {
    const end = (outcome: Exchange["outcome"]): void => {
      const message = messageOf(
        fieldsFromNode(response.rawHeaders),
        Buffer.concat(parts),
        fieldsFromNode(response.rawTrailers),
      )
      resolve({ ...message, request, status: response.statusCode ?? 0, outcome })
    }
    response.on("data", (chunk: Buffer) => parts.push(chunk))
    response.on("end", () => end("complete"))
    response.on("error", () => end("cut"))
  })
  await write(request, outgoing)
  const result = await promise
  clearTimeout(timer)
  return result
}

async function write(request: TestRequest, outgoing: ReturnType<typeof requestHttp>): Promise<void> {
  if (request.chunks === undefined) {
    outgoing.end(bytesOf(request.body))
    return
  }
  for (const chunk of request.chunks) {
    outgoing.write(bytesOf(chunk))
    await turn()
  }
  if (request.trailers !== undefined) outgoing.addTrailers(fieldsForNode(request.trailers))
  outgoing.end()
}

function headersOf(request: TestRequest): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = { host: request.authority ?? "test.example", connection: "close" }
  for (const [name, value] of fieldsForNode(request.headers)) {
    const before = headers[name]
    headers[name] = before === undefined ? value : [before, value].flat()
  }
  const isChunked = request.chunks !== undefined
  if (isChunked) headers["transfer-encoding"] = "chunked"
  else if (request.body !== undefined) headers["content-length"] ??= String(bytesOf(request.body).length)
  return headers
}
