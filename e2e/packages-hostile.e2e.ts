// Everything hostile that we know, served to the command: each ends in its own named error, without taking memory for it or
// leaving anything behind.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import {
  buildahImage,
  bytesOf,
  createMemoryTarget,
  type HostileArchive,
  hostileArchives,
  hostileImages,
  rewritten,
  serveTarget,
  type Twist,
} from "@attache/oci/testing"
import { beforeAll, describe, expect, it, onTestFinished } from "vitest"
import { hostileAnswers } from "./hostile-answers.ts"
import { buildCommand, createDesk, wasmModule } from "./package-tools.ts"

/** What the command may have at most, in MiB: it starts with about 95, and no case may cost what it claims to hold. */
const mostMegabytes = 200

const images = hostileImages.flatMap(([group, cases]) => cases.map((each) => ({ ...each, group })))
/** Limits are the caller's; the command has those by default. */
const archives = hostileArchives
  .flatMap(([group, cases]) => cases.map((each) => ({ ...each, group })))
  .filter(({ limits }) => limits === undefined)

/** Where the command answers otherwise than its parts, which are told what to expect and it is not. */
const others: Readonly<Record<string, string>> = {
  // No bytes have the digest that it was given.
  "an index that lists itself": "ATT_OCI_DIGEST",
  "a module larger than allowed": "ATT_ARCHIVE_DAMAGED",
  // What no file tells the kind of is no extension.
  "no module where one is wanted": "ATT_OCI_FORMAT",
  "a folder with the module's name": "ATT_OCI_FORMAT",
  "a symbolic link with the module's name": "ATT_OCI_FORMAT",
  "a device with the module's name": "ATT_OCI_FORMAT",
}

/** Harmless in itself: the files are there to be looked at, and a warning says what is wrong with them. */
const taken: Readonly<Record<string, string | undefined>> = {
  "a layer larger than allowed": undefined,
  "an image that says it is something else": undefined,
  "a module that a later layer removes": "ATT_OCI_NO_MODULE",
  "a module in a folder that a later layer empties": "ATT_OCI_NO_MODULE",
  "a module that is text": "ATT_OCI_NOT_WASM",
  "a module that is empty": "ATT_OCI_NOT_WASM",
  "an artifact whose module is text": "ATT_OCI_NOT_WASM",
  // Who asks for a tag has no descriptor.
  "a manifest that is longer than its descriptor says": undefined,
  // The module is taken alone: images of whole systems are full of links.
  "a link, and a file through it": "ATT_ARCHIVE_LINK",
  "a link in a lower layer, and a file through it": "ATT_ARCHIVE_LINK",
  // An image's root is the folder.
  "an absolute name": undefined,
  "two slashes first": undefined,
}

beforeAll(buildCommand)

type Verb = "pull" | "push" | "list" | "verify"

/** What the command came to, and what is left of it on the disk. */
async function attempt(port: number, verb: Verb = "pull") {
  const peaks = mkdtempSync(join(tmpdir(), "attache-peaks-"))
  onTestFinished(() => rmSync(peaks, { recursive: true, force: true }))
  const file = join(peaks, "peak")
  const env = { ATTACHE_PEAK_FILE: file, NODE_OPTIONS: `--import ${join(import.meta.dirname, "peak-memory.ts")}` }
  const { attache, folder, write } = createDesk(env)
  const outside = readdirSync(tmpdir())
  const reference = `127.0.0.1:${port}/a/b:1`
  const args = {
    pull: [reference, "--path", "out", "--platform", "linux/amd64"],
    push: [verb === "push" ? write("a.wasm", wasmModule()) : "", reference],
    list: [reference],
    verify: [reference, "--key", write("key.pub", publicKey)],
  }
  const { status, stderr } = await attache(verb, ...args[verb])
  for (const given of ["key.pub", "a.wasm"]) rmSync(join(folder, given), { force: true })
  const escaped = readdirSync(tmpdir()).filter((name) => name === "escaped" && !outside.includes(name))
  const peak = existsSync("/proc/self/status") ? Number(readFileSync(file, "utf8")) / 1024 : 0
  const codes = [...new Set(stderr.match(/ATT_\w+/g) ?? [])]
  return { status, codes, left: [...filesBelow(folder), ...escaped], isModest: peak < mostMegabytes, stderr }
}

const publicKey = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEbfwR+RJudXscgRBRpKX1XFDy3Pyu
dDxz/SfnRi1fT8ekpfBd2O1uoz7jr3Z8nKzxA69EUQ+eFCFI3zeubPWU7w==
-----END PUBLIC KEY-----
`

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort()
}

describe("hostile images", () => {
  it.each(images)("$group: $name", async ({ name, code, write }) => {
    const target = createMemoryTarget()
    await using server = await serveTarget(target, write(target))
    expectAnswer(name, code, await attempt(server.port))
  })
})

describe("hostile archives", () => {
  it.each(archives)("$group: $name", async (archive) => {
    const target = createMemoryTarget()
    const layers = [target.put(await contentOf(archive), layerTypes[archive.compression ?? "none"])]
    // As Lua, of which all files count.
    const annotations = { "io.tetratelabs.built-on-envoy.extension.type": "lua" }
    await using server = await serveTarget(target, rewritten(target, buildahImage(target), { layers, annotations }))
    expectAnswer(archive.name, archive.code, await attempt(server.port))
  })
})

const layerTypes = {
  none: "application/vnd.oci.image.layer.v1.tar",
  gzip: "application/vnd.oci.image.layer.v1.tar+gzip",
  zstd: "application/vnd.oci.image.layer.v1.tar+zstd",
} as const

async function contentOf({ bytes }: HostileArchive): Promise<Uint8Array> {
  const given = bytes()
  return given instanceof Uint8Array ? given : bytesOf(given)
}

function expectAnswer(name: string, code: string, answer: Awaited<ReturnType<typeof attempt>>): void {
  const { status, codes, left, isModest, stderr } = answer
  expect(isModest, "memory").toBe(true)
  if (name in taken) {
    expect({ status, codes }, stderr).toEqual({ status: 0, codes: taken[name] === undefined ? [] : [taken[name]] })
    expect(left.every((path) => path.startsWith("out/"))).toBe(true)
    if (taken[name] === "ATT_ARCHIVE_LINK") expect(left).toEqual(["out/plugin.wasm"])
    return
  }
  expect({ status, codes, left }, stderr).toEqual({ status: 1, codes: [others[name] ?? code], left: [] })
}

describe("hostile answers", () => {
  it.each(hostileAnswers)("$name: $code", async ({ code, twist, verb }) => {
    expect(await served(twist, verb)).toEqual({ status: 1, codes: [code], left: [], isModest: true })
  })

  it("that promise more than a disk may be filled with are not begun to be read", async () => {
    const target = createMemoryTarget()
    const image = buildahImage(target)
    const layer = { mediaType: layerTypes.gzip, digest: `sha256:${"1".repeat(64)}`, size: 10 ** 13 }
    let asked = 0
    const twist: Twist = ({ url = "" }) => {
      if (url.includes("1111")) asked++
      return false
    }
    // With its kind in an annotation nobody has to look into the layer.
    const annotations = { "io.tetratelabs.built-on-envoy.extension.type": "wasm" }
    await using server = await serveTarget(target, rewritten(target, image, { layers: [layer], annotations }), twist)
    expect(await attempt(server.port)).toMatchObject({ status: 1, codes: ["ATT_OCI_LIMIT"], left: [] })
    expect(asked).toBe(0)
  })

  it("that name another place for a layer do not lead there", async () => {
    const target = createMemoryTarget()
    let asked = 0
    await using elsewhere = await serveTarget(target, buildahImage(target), () => {
      asked++
      return false
    })
    const { layers } = JSON.parse(Buffer.from(target.blobs.get(buildahImage(target).digest) ?? "").toString())
    const mediaType = "application/vnd.oci.image.layer.v1.tar+gzip"
    for (const type of [mediaType, mediaType.replace(".v1", ".nondistributable.v1")]) {
      const urls = [`http://127.0.0.1:${elsewhere.port}/v2/a/b/blobs/${layers[0].digest}`, "http://169.254.169.254/"]
      const image = rewritten(target, buildahImage(target), { layers: [{ ...layers[0], mediaType: type, urls }] })
      const twist: Twist = ({ url = "" }, response) => {
        if (!url.endsWith(layers[0].digest)) return false
        response.writeHead(404).end()
        return true
      }
      await using server = await serveTarget(target, image, twist)
      expect(await attempt(server.port)).toMatchObject({ status: 1, codes: ["ATT_OCI_NOT_FOUND"], left: [] })
    }
    expect(asked).toBe(0)
  })

  async function served(twist: Twist, verb: Verb | undefined) {
    const target = createMemoryTarget()
    await using server = await serveTarget(target, buildahImage(target), twist)
    const { stderr, ...answer } = await attempt(server.port, verb)
    if (answer.status !== 1) console.error(stderr)
    return answer
  }
})

it("there are more than a hundred and seventy of them", () => {
  expect(images.length + archives.length + hostileAnswers.length).toBeGreaterThan(170)
})
