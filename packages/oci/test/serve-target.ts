// A target in memory, served as a registry would: what a test put wrong stays wrong.
import type { IncomingMessage, ServerResponse } from "node:http"
import type { Descriptor } from "../src/content/descriptor.ts"
import { type TestServer, testServer } from "./http-server.ts"
import type { MemoryTarget } from "./memory-target.ts"

/** Answers a request in its own way, or leaves it alone by giving false. */
export type Twist = (request: IncomingMessage, response: ServerResponse) => boolean

/** Serves a target under any repository name; tags and referrers of others are none. @param root what every tag means */
export function serveTarget(target: MemoryTarget, root: Descriptor, twist: Twist = () => false): Promise<TestServer> {
  return testServer((request, response) => {
    if (!twist(request, response)) answer(target, root, request, response).catch(() => response.destroy())
  })
}

async function answer(
  target: MemoryTarget,
  root: Descriptor,
  { url = "", method }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [, kind = "", name = ""] = /\/(manifests|blobs|referrers)\/([^/]+)$/.exec(url) ?? []
  if (url === "/v2/") return void response.end("{}")
  const isTag = kind === "manifests" && !name.includes(":")
  const isElsewhere = isTag && name.startsWith("sha256-")
  const digest = isTag ? root.digest : name
  const bytes = digest === root.digest ? await rootBytes(target, root) : target.blobs.get(digest)
  if (kind === "referrers" || isElsewhere || bytes === undefined)
    return void response.writeHead(404).end('{"errors":[{"code":"UNKNOWN"}]}')
  const known = digest === root.digest ? root : await target.resolve(digest).catch(() => undefined)
  response.writeHead(200, {
    "content-type": kind === "manifests" ? (known?.mediaType ?? "") : "application/octet-stream",
    "content-length": method === "HEAD" && known !== undefined ? known.size : bytes.length,
    "docker-content-digest": digest,
  })
  response.end(method === "HEAD" ? undefined : bytes)
}

async function rootBytes(target: MemoryTarget, root: Descriptor): Promise<Uint8Array | undefined> {
  const known = target.blobs.get(root.digest)
  return known ?? (await target.fetchManifest(root).catch(() => undefined))?.bytes
}
