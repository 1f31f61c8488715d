// What Built On Envoy's client was recorded to download, and all artifacts of its recorded registry, with the command.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { createServer, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { join, resolve } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { buildCommand, createDesk } from "./package-tools.ts"

const folder = join(process.env.ATTACHE_GOLDEN ?? resolve(import.meta.dirname, "../../shared/golden"), "boe")
const hasRecordings = existsSync(join(folder, "registry/tags.json"))

interface Recorded {
  readonly id: string
  readonly args: readonly string[]
  readonly exit: number
  readonly stdout?: string
  readonly files?: readonly string[]
}

const read = (path: string): unknown => JSON.parse(readFileSync(join(folder, path), "utf8"))
const recordings = hasRecordings ? (read("download/cases.json") as readonly Recorded[]) : []

/** Where our answer is another one. */
const others: Readonly<Record<string, string>> = {
  // Recorded: the whole tree lands beside the folder asked for.
  "download-evil-title": "ATT_OCI_EXTENSION_NAME",
  // Recorded: a file lands where the link points.
  "download-img-symlink": "ATT_ARCHIVE_LINK",
  // Recorded: success is reported and nothing is there.
  "download-platform-empty-parts": "ATT_OCI_PLATFORM",
}

type Tags = Readonly<Record<string, Readonly<Record<string, { readonly digest: string; readonly mediaType: string }>>>>

/** The recorded registry over HTTP. */
function serve(tags: Tags, url: string, response: ServerResponse): void {
  const [, repository = "", kind = "", name = ""] = /^\/v2\/(.+)\/(manifests|blobs|tags)\/(.+)$/.exec(url) ?? []
  const known = tags[repository] ?? {}
  if (url === "/v2/") return void response.end("{}")
  if (kind === "tags" && tags[repository] !== undefined)
    return void response.end(JSON.stringify({ name: repository, tags: Object.keys(known) }))
  const digest = name.startsWith("sha256:") ? name : known[name]?.digest
  const path = join(folder, "registry/blobs/sha256", digest?.slice("sha256:".length) ?? "absent")
  if (digest === undefined || !existsSync(path))
    return void response.writeHead(404).end('{"errors":[{"code":"UNKNOWN"}]}')
  const bytes = readFileSync(path)
  const mediaType =
    kind === "manifests" ? (JSON.parse(bytes.toString()) as { mediaType?: string }).mediaType : undefined
  const headers = { "content-type": mediaType ?? known[name]?.mediaType ?? "application/octet-stream" }
  response.writeHead(200, { ...headers, "content-length": bytes.length, "docker-content-digest": digest }).end(bytes)
}

const tags = hasRecordings ? (read("registry/tags.json") as Tags) : {}
const server = createServer((request, response) => serve(tags, request.url ?? "", response))
beforeAll(async () => {
  buildCommand()
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done))
})
afterAll(() => server.close())

describe.skipIf(!hasRecordings)("recorded downloads", () => {
  it.each(recordings)("$id", async ({ id, args, exit, stdout = "", files = [] }) => {
    const { port } = server.address() as AddressInfo
    const desk = createDesk({ BOE_REGISTRY: `127.0.0.1:${port}/ns` })
    const platform = args.includes("--platform") || args.length < 2 ? [] : ["--platform", "linux/amd64"]
    const got = await desk.attache(...args, ...platform)
    const code = others[id]
    if (code !== undefined || exit !== 0) {
      expect(got.status).not.toBe(0)
      if (code !== undefined) expect(got.stderr).toContain(code)
      expect(filesBelow(desk.folder)).toEqual([])
      return
    }
    expect([got.status, got.stdout]).toEqual([0, stdout.replaceAll("$ROOT/work/", "")])
    expect(filesBelow(desk.folder)).toEqual(files.toSorted())
  })
})

interface Entry {
  readonly name: string
  readonly type: string
}

/** A recorded artifact. */
interface Artifact {
  readonly id: string
  readonly repository: string
  readonly tag: string
  readonly manifest: { readonly artifactType?: string }
  readonly layers?: readonly (readonly Entry[])[]
  readonly children?: readonly {
    readonly platform?: { readonly architecture: string }
    readonly layers: readonly (readonly Entry[])[]
  }[]
}

const artifacts = hasRecordings
  ? readdirSync(join(folder, "oci"))
      .sort()
      .map((file) => read(`oci/${file}`) as Artifact)
  : []

/** What is not taken for linux/amd64, and why that is better than what was recorded, or the same. */
const refused: Readonly<Record<string, string>> = {
  // Recorded the same; the source is built then.
  "img-arm-1.2.3": "ATT_OCI_PLATFORM",
  // Recorded the same.
  "img-arm-nosrc-1.2.3": "ATT_OCI_PLATFORM",
  // Recorded: taken for what its own config says it is not.
  "img-single-arm-1.2.3": "ATT_OCI_PLATFORM",
  // Recorded: fails a step later, for there is nothing in it.
  "img-nolayers-1.2.3": "ATT_OCI_FORMAT",
  // Recorded: a file lands where the link points.
  "img-symlink-1.2.3": "ATT_ARCHIVE_LINK",
}

describe.skipIf(!hasRecordings)("the recorded registry", () => {
  const at = ({ repository, tag }: Pick<Artifact, "repository" | "tag">): string =>
    `127.0.0.1:${(server.address() as AddressInfo).port}/${repository}:${tag}`

  it.each(artifacts)("$id: shown, and pulled with the recorded files", async (artifact) => {
    const desk = createDesk()
    const shown = await desk.json("inspect", at(artifact), "--files")
    expect([0, 3]).toContain(shown.status)
    expect(shown.data).toMatchObject({ reference: at(artifact), signatures: { state: "unsigned" } })
    const pulled = await desk.attache("pull", at(artifact), "--path", "out", "--platform", "linux/amd64")
    const code = refused[artifact.id]
    if (code !== undefined) {
      expect([pulled.status, pulled.stderr, filesBelow(desk.folder)]).toEqual([1, expect.stringContaining(code), []])
      return
    }
    const { children = [], layers = children.find(({ platform }) => platform?.architecture === "amd64")?.layers } =
      artifact
    const names = (layers ?? []).flat().filter(({ type }) => type === "file")
    const wanted = names.map(({ name }) => name.replace(/^\//, ""))
    // Its library had the name of another one before 0.9.
    const isOldLite = artifact.id.startsWith("composer-lite") && wanted.includes("libcomposer.so")
    const now = isOldLite ? wanted.map((name) => name.replace("libcomposer.so", "libcomposer-lite.so")) : wanted
    expect(pulled.status, pulled.stderr).toBe(0)
    expect(filesBelow(join(desk.folder, "out"))).toEqual([...new Set(now)].toSorted())
  })

  /** Those whose files and manifest tell all that their makers wrote into the annotations. */
  const made = [
    "composer",
    "img-rust",
    "lua-path-remote",
    "lua-remote",
    "only-dev",
    "plug-1",
    "plug08",
    "rust-remote",
    "set-",
  ]
  const again = artifacts.filter(({ id }) => made.some((name) => id.startsWith(name)) && !id.includes("src"))

  it.each(again)("$id: what is pulled is pushed again as its makers did", async (artifact) => {
    const desk = createDesk()
    await desk.attache("pull", at(artifact), "--path", "out", "--platform", "linux/amd64")
    const annotationsAt = async (reference: string): Promise<Readonly<Record<string, string>>> => {
      const { data } = await desk.json("inspect", reference)
      const { tree } = data as { tree: { annotations: Readonly<Record<string, string>> } }
      const made = ["created", "revision", "source"].map((name) => `org.opencontainers.image.${name}`)
      return Object.fromEntries(Object.entries(tree.annotations).filter(([key]) => !made.includes(key)))
    }
    const format = artifact.manifest.artifactType === undefined ? "image" : "boe-artifact"
    const pushed = await desk.attache("push", "out", `oci-layout:store:${artifact.tag}`, "--format", format)
    expect(pushed.status, pushed.stderr).toBe(0)
    expect(await annotationsAt(`oci-layout:store:${artifact.tag}`)).toEqual(await annotationsAt(at(artifact)))
  })

  it("lists its tags", async () => {
    const desk = createDesk()
    for (const [repository, known] of Object.entries(tags)) {
      const { data } = await desk.json("list", at({ repository, tag: "x" }))
      expect(data).toEqual(Object.keys(known).toSorted())
    }
  })
})

function filesBelow(path: string): readonly string[] {
  return readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((name) => !name.startsWith(".cache") && statSync(join(path, name)).isFile())
    .sort()
}
