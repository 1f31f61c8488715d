// The client of a recorded proxy: HTTP/1.1 without kept connections, and TCP.
import { type IncomingMessage, request as sendRequest } from "node:http"
import { connect } from "node:net"
import { setTimeout as pause } from "node:timers/promises"
import type { ClientRecord, RequestRecord } from "../corpus.ts"

/** Between two pieces of a body, so that each arrives by itself. */
const pieceGapMs = 30

/** Sends a request and writes down what came back. */
export function exchange(port: number, request: RequestRecord): Promise<ClientRecord> {
  const body = request.bodySize === undefined ? request.body : "b".repeat(request.bodySize)
  const hasLength = Object.keys(request.headers ?? {}).some((name) => name.toLowerCase() === "content-length")
  const length = body === undefined || hasLength ? {} : { "content-length": String(Buffer.byteLength(body)) }
  return new Promise((resolve) => {
    const sent = sendRequest({
      host: "127.0.0.1",
      port,
      path: request.path,
      method: request.method ?? "GET",
      headers: { host: "test.example", ...request.headers, ...length },
      agent: false,
    })
    let isTimeout = false
    let answer: IncomingMessage | undefined
    const parts: Buffer[] = []
    const timer = setTimeout(() => {
      isTimeout = true
      sent.destroy(Object.assign(new Error("timeout"), { code: "ECONNRESET" }))
    }, request.timeout ?? 10_000)
    const end = (error: string | undefined): void => {
      clearTimeout(timer)
      const late = isTimeout ? { timeout: true } : {}
      if (answer === undefined) resolve({ ...late, ...(error === undefined ? {} : { error }) })
      else resolve({ ...recordOf(answer, Buffer.concat(parts), error), ...late })
    }
    sent.on("error", (error: NodeJS.ErrnoException) => end(error.code ?? error.message))
    sent.on("response", (response) => {
      answer = response
      response.on("data", (part: Buffer) => parts.push(part))
      response.on("error", (error: NodeJS.ErrnoException) => end(error.code ?? error.message))
      response.on("end", () => end(undefined))
    })
    void write(sent, body, request)
  })
}

async function write(
  sent: ReturnType<typeof sendRequest>,
  body: string | undefined,
  { chunks, trailers }: RequestRecord,
): Promise<void> {
  for (const chunk of chunks ?? []) {
    if (sent.destroyed) return
    sent.write(chunk)
    await pause(pieceGapMs)
  }
  if (sent.destroyed) return
  if (trailers !== undefined) sent.addTrailers(trailers)
  sent.end(body)
}

function recordOf(answer: IncomingMessage, body: Buffer, error: string | undefined): ClientRecord {
  const text = body.toString()
  const trailers = pairs(answer.rawTrailers)
  return {
    status: answer.statusCode ?? 0,
    headers: pairs(answer.rawHeaders),
    body: text.length > 4096 ? `<${body.length} bytes>` : text,
    ...(error === undefined ? {} : { error, incomplete: true }),
    ...(trailers.length === 0 ? {} : { trailers }),
  }
}

function pairs(raw: readonly string[]): readonly (readonly [string, string])[] {
  return Array.from({ length: raw.length / 2 }, (_, i) => {
    const name = (raw[2 * i] ?? "").toLowerCase()
    return [name, name === "date" ? "<date>" : (raw[2 * i + 1] ?? "")]
  })
}

/** Sends pieces over TCP, `<end>` and `<reset>` among them, and gives what came back. @param gapMs waited after each piece */
export async function exchangeTcp(port: number, sent: readonly string[], gapMs: number): Promise<readonly string[]> {
  const received: string[] = []
  const socket = connect({ host: "127.0.0.1", port, allowHalfOpen: true })
  socket.on("data", (bytes) => received.push(bytes.toString()))
  socket.on("end", () => received.push("<end>"))
  socket.on("error", () => {})
  await new Promise<void>((resolve) => socket.once("connect", resolve).once("close", () => resolve()))
  for (const piece of sent) {
    if (piece === "<end>") socket.end()
    else if (piece === "<reset>") socket.resetAndDestroy()
    else if (socket.writable) socket.write(piece)
    await pause(gapMs)
  }
  socket.unref()
  return [...received]
}
