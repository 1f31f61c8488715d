// A registry over image layouts, with accounts, that can be down, slow, or give other bytes than it should.
import { readFile } from "node:fs/promises"
import type { IncomingMessage, ServerResponse } from "node:http"
import { join } from "node:path"
import { createLayout, type ExtensionFormat, isDigest, packBytes, type Target, writeExtension } from "@attache/oci"
import { httpServer } from "./http-server.ts"
import { temporaryDirectory } from "./temporary-directory.ts"

/** How a registry behaves; all may be changed while it runs. */
export interface ImageRegistryBehaviour {
  /** Connections are cut. */
  isDown: boolean
  /** Passwords by user; undefined: nobody needs one. */
  accounts: Readonly<Record<string, string>> | undefined
  /** Answers a request in its own way; true when it did. */
  intercept?: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined
}

/** A running registry that ends with an `await using` block. */
export interface ImageRegistry extends AsyncDisposable {
  /** Host and port, for references. */
  readonly host: string
  readonly behaviour: ImageRegistryBehaviour
  /** Requests so far, `METHOD manifests|blobs USER`; those that were refused stand with `-`. */
  readonly asked: string[]
  /** Puts an image of a module in and gives the digest of its manifest. */
  push(repository: string, tag: string, module: Uint8Array, format?: ExtensionFormat): Promise<string>
  /** Repository as a target. */
  target(repository: string): Target
}

/** Starts an empty registry. */
export async function imageRegistry(): Promise<ImageRegistry> {
  const folder = await temporaryDirectory()
  const behaviour: ImageRegistryBehaviour = { isDown: false, accounts: undefined }
  const asked: string[] = []
  const target = (repository: string): Target => createLayout(join(folder.path, repository))
  const server = await httpServer((request, response) => {
    if (behaviour.isDown) return void request.socket.destroy()
    if (behaviour.intercept?.(request, response) === true) return
    answer(request, response, { folder: folder.path, behaviour, asked }).catch(() => response.writeHead(404).end())
  })
  return {
    host: `127.0.0.1:${server.port}`,
    behaviour,
    asked,
    target,
    push: async (repository, tag, module, format = "image") => {
      const files = [packBytes("plugin.wasm", module)]
      const content = { kind: "wasm" as const, name: "guest", version: "1.0.0", files }
      const written = await writeExtension(target(repository), content, { format })
      await target(repository).tag(written, tag)
      return written.digest
    },
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

interface State {
  readonly folder: string
  readonly behaviour: ImageRegistryBehaviour
  readonly asked: string[]
}

async function answer(request: IncomingMessage, response: ServerResponse, state: State): Promise<void> {
  const [, repository, kind, reference = ""] =
    /^\/v2\/(.+)\/(manifests|blobs|referrers)\/([^?]+)/.exec(request.url ?? "") ?? []
  if (repository === undefined) return void response.end("{}")
  const user = userOf(request, state.behaviour.accounts)
  state.asked.push(`${request.method} ${kind} ${user ?? "-"}`)
  if (user === undefined) {
    return void response.writeHead(401, { "www-authenticate": 'Basic realm="test"' }).end()
  }
  const directory = join(state.folder, repository)
  if (kind === "referrers") return void response.writeHead(404).end()
  if (kind === "blobs") return send(request, response, await blob(directory, reference), "application/octet-stream")
  const target = createLayout(directory)
  const descriptor = await target.resolve(reference)
  response.setHeader("docker-content-digest", descriptor.digest)
  send(request, response, await blob(directory, descriptor.digest), descriptor.mediaType)
}

function blob(directory: string, digest: string): Promise<Buffer> {
  if (!isDigest(digest)) throw new Error("no digest")
  return readFile(join(directory, "blobs", digest.replace(":", "/")))
}

function send(request: IncomingMessage, response: ServerResponse, bytes: Buffer, type: string): void {
  response.writeHead(200, { "content-type": type, "content-length": bytes.length })
  response.end(request.method === "HEAD" ? undefined : bytes)
}

/** Who asks; `nobody` where no account is needed, undefined where one is and this is none. */
function userOf(request: IncomingMessage, accounts: ImageRegistryBehaviour["accounts"]): string | undefined {
  if (accounts === undefined) return "nobody"
  const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? "")?.[1] ?? ""
  const [user = "", password] = Buffer.from(basic, "base64").toString().split(":")
  return Object.hasOwn(accounts, user) && accounts[user] === password ? user : undefined
}
