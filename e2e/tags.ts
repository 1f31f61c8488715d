// Extensions of each kind that do one thing: put their tag behind those in `x-order`, of the request and of the response.

import { mkdtemp, rm } from "node:fs/promises"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { silentLogger } from "@attache/base"
import { createExtProcServer, type Handlers, type HttpHeaders } from "@attache/ext-proc"
import { compiledGuest } from "./compiled-guest.ts"
import { socketBackend, to } from "./resources.ts"

type Document = Readonly<Record<string, unknown>>

/** A Lua entry of a policy that leaves its tag. */
export function luaTag(tag: string): Document {
  const step = `local h = handle:headers(); h:replace("x-order", (h:get("x-order") or "") .. "${tag} ")`
  const inline = `function envoy_on_request(handle) ${step} end\nfunction envoy_on_response(handle) ${step} end`
  return { type: "Inline", inline }
}

/** A processor on a Unix socket that leaves its tag, and what stands for it in resources. */
export interface TagProcessor extends AsyncDisposable {
  /** Backend of the name `processor-TAG`. */
  readonly backend: Document
  /** Entry of a policy that has request and response headers sent to it. */
  readonly entry: Document
  /** Paths of the requests it got. */
  readonly seen: readonly string[]
}

/** Starts a processor that leaves its tag. @param handlers beside or in place of that */
export async function startTagProcessor(tag: string, handlers: Handlers<undefined> = {}): Promise<TagProcessor> {
  const folder = await mkdtemp(join(tmpdir(), "attache-tag-"))
  const unixPath = join(folder, "p.sock")
  const seen: string[] = []
  const leave = (headers: HttpHeaders): void => headers.set("x-order", `${headers.get("x-order") ?? ""}${tag} `)
  const server = createExtProcServer({
    logger: silentLogger,
    onRequestHeaders: (headers) => {
      seen.push(headers.get(":path") ?? "")
      leave(headers)
    },
    onResponseHeaders: leave,
    ...handlers,
  })
  await server.listen({ unixPath })
  const name = `processor-${tag}`
  return {
    backend: socketBackend(name, unixPath),
    entry: { backendRefs: [to(name)], processingMode: { request: {}, response: {} }, messageTimeout: "10s" },
    seen,
    [Symbol.asyncDispose]: async () => {
      await server.close(0)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A compiled guest that leaves the tag it is configured with, and traps where a request has `x-trap`, offered for download. */
export interface TagGuest extends AsyncDisposable {
  readonly url: string
  /** An address where there is no module. */
  readonly missingUrl: string
  /** An address whose server is in trouble: it answers 503. */
  readonly troubledUrl: string
  /** Entry of a policy. @param url another address to have the module from */
  entry(tag: string, rest?: Document, url?: string): Document
}

const source = `
import { Action, HeaderMap, registerRoot, RootContext, StreamContext } from "@attache/wasm-sdk/assembly"

class Tagged extends RootContext {
  tag: string = ""
  onConfigure(configuration: string): bool {
    this.tag = configuration.slice(1, configuration.length - 1)
    return true
  }
  createStream(): StreamContext {
    return new Tag(this)
  }
}

class Tag extends StreamContext {
  leave(headers: HeaderMap): void {
    const before = headers.get("x-order")
    headers.set("x-order", (before === null ? "" : before) + (this.root as Tagged).tag + " ")
  }
  onRequestHeaders(count: u32, endOfStream: bool): Action {
    assert(!this.requestHeaders.has("x-trap"), "told to trap")
    this.leave(this.requestHeaders)
    return Action.Continue
  }
  onResponseHeaders(count: u32, endOfStream: bool): Action {
    this.leave(this.responseHeaders)
    return Action.Continue
  }
}

registerRoot("tag", (): RootContext => new Tagged())
`

/** Serves the guest on a loopback port. */
export async function startTagGuest(): Promise<TagGuest> {
  const bytes = await compiledGuest(source)
  const server = createServer((request, response) => {
    response.statusCode = request.url === "/tag.wasm" ? 200 : request.url === "/troubled.wasm" ? 503 : 404
    response.end(request.url === "/tag.wasm" ? bytes : "")
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const url = `${origin}/tag.wasm`
  return {
    url,
    missingUrl: `${origin}/missing.wasm`,
    troubledUrl: `${origin}/troubled.wasm`,
    entry: (tag, rest = {}, from = url) => ({
      name: tag,
      rootID: "tag",
      code: { type: "HTTP", http: { url: from } },
      config: tag,
      ...rest,
    }),
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
