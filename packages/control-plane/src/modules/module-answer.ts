// Answers of the module server: one module for each path, which never changes.
import { type FileHandle, open } from "node:fs/promises"
import type { IncomingMessage, ServerResponse } from "node:http"
import { pipeline } from "node:stream/promises"
import { type Clock, isAttacheError, type Secret } from "@attache/base"
import { byteRangeOf } from "./byte-range.ts"
import type { IsGiven } from "./given-paths.ts"
import { moduleOfPath } from "./place.ts"
import type { ModuleStore } from "./store.ts"
import { withinTime } from "./within-time.ts"

/** What modules are served from. */
export interface ModuleAnswers {
  readonly store: Pick<ModuleStore, "find">
  /** The key that URLs are made with. */
  readonly key: Secret
  /** Whether the proxy that a path was made for may still have what is there. */
  readonly isGiven: IsGiven
  /** Brings back a module that is not in the store although it should be. */
  readonly restore: (sha256: string, signal: AbortSignal) => Promise<boolean>
  readonly clock: Clock
}

/** Longest wait for a module that is fetched again, in milliseconds; Envoy asks again after that. */
const restoreMs = 30_000

/** Answers one request; the response is ended or destroyed. Never rejects. */
export async function answerModule(
  request: IncomingMessage,
  response: ServerResponse,
  answers: ModuleAnswers,
): Promise<void> {
  const { method = "GET", url = "" } = request
  if (method !== "GET" && method !== "HEAD") return end(response, 405, { allow: "GET, HEAD" })
  const found = moduleOfPath(url, answers.key)
  if (found === undefined || !answers.isGiven(found.proxyKey, url)) return end(response, 404)
  const { sha256 } = found
  const gone = new AbortController()
  response.once("close", () => gone.abort(new Error("nobody waits for the answer")))
  try {
    await using file = await openModule(sha256, answers, gone.signal)
    if (file === undefined) return end(response, 503, { "retry-after": "1" })
    await send(request, response, file, sha256)
  } catch (error) {
    // Half of a module is none: the connection ends without the bytes it promised.
    if (response.headersSent || gone.signal.aborted) response.destroy()
    else end(response, isAttacheError(error) ? 503 : 500)
  }
}

async function openModule(
  sha256: string,
  { store, restore, clock }: ModuleAnswers,
  signal: AbortSignal,
): Promise<FileHandle | undefined> {
  const path = await store.find(sha256)
  if (path !== undefined) return open(path, "r")
  const limit = { signal, clock, timeoutMs: restoreMs }
  if (!(await withinTime(limit, `restoring module ${sha256}`, (limited) => restore(sha256, limited)))) return undefined
  const restored = await store.find(sha256)
  return restored === undefined ? undefined : open(restored, "r")
}

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  file: FileHandle,
  sha256: string,
): Promise<void> {
  const { headers, method } = request
  const etag = `"${sha256}"`
  const common = {
    etag,
    "accept-ranges": "bytes",
    // Whose URL it is may keep it for good; nobody in between.
    "cache-control": "private, max-age=31536000, immutable",
    "x-content-type-options": "nosniff",
  }
  if (namesTag(headers["if-none-match"], etag)) return end(response, 304, common)
  const { size } = await file.stat()
  const isSame = headers["if-range"] === undefined || headers["if-range"] === etag
  // Source: RFC 9110 section 14.2: of GET alone.
  const range = isSame && method !== "HEAD" ? byteRangeOf(headers.range, size) : undefined
  if (range === "none") return end(response, 416, { ...common, "content-range": `bytes */${size}` })
  const { first, last } = range ?? { first: 0, last: size - 1 }
  response.writeHead(range === undefined ? 200 : 206, {
    ...common,
    "content-type": "application/wasm",
    "content-length": last - first + 1,
    ...(range === undefined ? {} : { "content-range": `bytes ${first}-${last}/${size}` }),
  })
  if (method === "HEAD") return void response.end()
  await pipeline(file.createReadStream({ start: first, end: last, autoClose: false }), response)
}

function namesTag(header: string | undefined, etag: string): boolean {
  return (header ?? "").split(",").some((each) => [etag, `W/${etag}`, "*"].includes(each.trim()))
}

function end(response: ServerResponse, status: number, headers: Readonly<Record<string, string>> = {}): void {
  const hasBody = status >= 400
  response.writeHead(status, { ...headers, ...(hasBody ? { "content-length": "0" } : {}) })
  response.end()
}
