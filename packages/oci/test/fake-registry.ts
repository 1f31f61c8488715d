// A registry in memory that can misbehave.
import { createHash, randomUUID } from "node:crypto"
import type { IncomingMessage, ServerResponse } from "node:http"
import type { TlsIdentity } from "./authority.ts"
import { type TestServer, testServer } from "./http-server.ts"

/** How a registry behaves; all may be changed while it runs. */
export interface FakeBehaviour {
  /** Answers a request in its own way; true when it did. */
  intercept?: (request: IncomingMessage, response: ServerResponse) => boolean
  /** Whether it keeps referrers. Default true. */
  hasReferrers?: boolean
  /** Whether blobs are given in part. Default true. */
  hasRanges?: boolean
  /** Tags on one page. Default 1000. */
  pageSize?: number
  /** Whether blobs are mounted. Default true. */
  canMount?: boolean
}

/** A registry and what is in it. */
export interface FakeRegistry extends TestServer {
  readonly behaviour: FakeBehaviour
  /** By repository and digest: `a/b@sha256:…`. */
  readonly blobs: Map<string, Buffer>
  readonly manifests: Map<string, { readonly type: string; readonly bytes: Buffer }>
  /** By repository and tag: `a/b:v1`; the digest. */
  readonly tags: Map<string, string>
  /** Host and port, for references. */
  readonly host: string
}

const digestOf = (bytes: Uint8Array): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`

function fail(response: ServerResponse, status: number, code: string): void {
  const text = JSON.stringify({ errors: [{ code, message: code.toLowerCase() }] })
  // Without a length Node's client does not use the connection of a HEAD again.
  response.writeHead(status, { "content-type": "application/json", "content-length": text.length }).end(text)
}

/** Starts an empty registry. */
export async function fakeRegistry(behaviour: FakeBehaviour = {}, identity?: TlsIdentity): Promise<FakeRegistry> {
  const state: State = { behaviour, blobs: new Map(), manifests: new Map(), tags: new Map(), uploads: new Map() }
  const server = await testServer((request, response) => {
    if (behaviour.intercept?.(request, response) === true) return
    serve(state, request, response).catch(() => response.destroy())
  }, identity)
  return Object.assign(server, state, { host: `127.0.0.1:${server.port}` })
}

interface State {
  readonly behaviour: FakeBehaviour
  readonly blobs: Map<string, Buffer>
  readonly manifests: Map<string, { readonly type: string; readonly bytes: Buffer }>
  readonly tags: Map<string, string>
  readonly uploads: Map<string, Buffer>
}

interface Call {
  readonly state: State
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly repository: string
  readonly rest: string
  readonly query: URLSearchParams
}

async function serve(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? "", "http://registry")
  if (pathname === "/v2/") return void response.end("{}")
  const [, repository, kind, rest = ""] = /^\/v2\/(.+)\/(manifests|blobs|tags|referrers)\/(.*)$/.exec(pathname) ?? []
  const call = { state, request, response, repository: repository ?? "", rest, query: searchParams }
  if (kind === "manifests") return serveManifest(call)
  if (kind === "blobs") return rest.startsWith("uploads/") ? serveUpload(call) : serveBlob(call)
  if (kind === "tags") return serveTags(call)
  if (kind === "referrers" && state.behaviour.hasReferrers !== false) return serveReferrers(call)
  fail(response, 404, "NOT_FOUND")
}

async function bodyOf(request: IncomingMessage, keep?: (chunk: Buffer) => void): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    keep?.(chunk)
  }
  return Buffer.concat(chunks)
}

async function serveManifest({ state, request, response, repository, rest }: Call): Promise<void> {
  const { manifests, tags, behaviour } = state
  const isDigest = rest.includes(":")
  if (request.method === "PUT") {
    const bytes = await bodyOf(request)
    const digest = digestOf(bytes)
    if (isDigest && rest !== digest) return fail(response, 400, "DIGEST_INVALID")
    manifests.set(`${repository}@${digest}`, { type: request.headers["content-type"] ?? "", bytes })
    if (!isDigest) tags.set(`${repository}:${rest}`, digest)
    const subject = JSON.parse(bytes.toString()).subject?.digest
    const told = subject !== undefined && behaviour.hasReferrers !== false ? { "oci-subject": subject } : {}
    return void response.writeHead(201, { "docker-content-digest": digest, ...told }).end()
  }
  const digest = isDigest ? rest : tags.get(`${repository}:${rest}`)
  const found = manifests.get(`${repository}@${digest}`)
  if (digest === undefined || found === undefined) return fail(response, 404, "MANIFEST_UNKNOWN")
  if (request.method === "DELETE") {
    if (isDigest) manifests.delete(`${repository}@${digest}`)
    for (const [tag, to] of tags) if (tag === `${repository}:${rest}` || (isDigest && to === digest)) tags.delete(tag)
    return void response.writeHead(202).end()
  }
  response.setHeader("content-type", found.type).setHeader("docker-content-digest", digest)
  response.setHeader("content-length", found.bytes.length).end(request.method === "HEAD" ? undefined : found.bytes)
}

async function serveBlob({ state, request, response, repository, rest }: Call): Promise<void> {
  const key = `${repository}@${rest}`
  const found = state.blobs.get(key)
  if (found === undefined) return fail(response, 404, "BLOB_UNKNOWN")
  if (request.method === "DELETE") {
    state.blobs.delete(key)
    return void response.writeHead(202).end()
  }
  const from = Number(/^bytes=(\d+)-\d+$/.exec(request.headers.range ?? "")?.[1] ?? 0)
  const isPart = from > 0 && state.behaviour.hasRanges !== false
  const bytes = isPart ? found.subarray(from) : found
  if (isPart) response.writeHead(206, { "content-range": `bytes ${from}-${found.length - 1}/${found.length}` })
  else response.setHeader("content-length", bytes.length)
  response.end(request.method === "HEAD" ? undefined : bytes)
}

async function serveUpload({ state, request, response, repository, rest, query }: Call): Promise<void> {
  const { blobs, uploads, behaviour } = state
  const id = rest.slice("uploads/".length)
  const located = (status: number, name: string): void => {
    const end = Math.max(0, (uploads.get(name)?.length ?? 0) - 1)
    response.writeHead(status, { location: `/v2/${repository}/blobs/uploads/${name}?state=1`, range: `0-${end}` }).end()
  }
  if (request.method === "POST") {
    const mounted = blobs.get(`${query.get("from")}@${query.get("mount")}`)
    if (mounted !== undefined && behaviour.canMount !== false) {
      blobs.set(`${repository}@${query.get("mount")}`, mounted)
      return void response.writeHead(201).end()
    }
    const name = randomUUID()
    uploads.set(name, Buffer.alloc(0))
    return located(202, name)
  }
  const before = uploads.get(id)
  if (before === undefined) return fail(response, 404, "BLOB_UPLOAD_UNKNOWN")
  if (request.method === "GET") return located(204, id)
  const from = Number(/^(\d+)-/.exec(request.headers["content-range"] ?? "")?.[1] ?? before.length)
  if (from !== before.length) return fail(response, 416, "RANGE_INVALID")
  // What has come stays, also when the connection breaks.
  await bodyOf(request, (chunk) => void uploads.set(id, Buffer.concat([uploads.get(id) ?? Buffer.alloc(0), chunk])))
  if (request.method === "PATCH") return located(202, id)
  const bytes = uploads.get(id) ?? Buffer.alloc(0)
  uploads.delete(id)
  const digest = query.get("digest") ?? ""
  if (digestOf(bytes) !== digest) return fail(response, 400, "DIGEST_INVALID")
  blobs.set(`${repository}@${digest}`, bytes)
  response.writeHead(201, { "docker-content-digest": digest }).end()
}

function serveTags({ state, response, repository, query }: Call): void {
  const all = [...state.tags.keys()]
    .filter((tag) => tag.startsWith(`${repository}:`))
    .map((tag) => tag.split(":")[1] ?? "")
  const rest = all.sort().filter((tag) => tag > (query.get("last") ?? ""))
  const page = rest.slice(0, Math.min(Number(query.get("n") ?? 1000), state.behaviour.pageSize ?? 1000))
  if (page.length < rest.length) {
    response.setHeader("link", `</v2/${repository}/tags/list?n=${query.get("n")}&last=${page.at(-1)}>; rel="next"`)
  }
  response.setHeader("content-type", "application/json").end(JSON.stringify({ name: repository, tags: page }))
}

function serveReferrers({ state, response, repository, rest }: Call): void {
  const manifests = [...state.manifests].flatMap(([key, { type, bytes }]) => {
    const { subject, artifactType, config, annotations } = JSON.parse(bytes.toString())
    if (!key.startsWith(`${repository}@`) || subject?.digest !== rest) return []
    const digest = key.slice(repository.length + 1)
    return [
      { mediaType: type, digest, size: bytes.length, artifactType: artifactType ?? config?.mediaType, annotations },
    ]
  })
  response.setHeader("content-type", "application/vnd.oci.image.index.v1+json")
  response.end(JSON.stringify({ schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests }))
}
