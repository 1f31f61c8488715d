// Images and artifacts that are odd and legal: what real programs write now and then, and readers trip over.
import { createHash } from "node:crypto"
import { gzipSync, zstdCompressSync } from "node:zlib"
import type { Descriptor } from "../src/content/descriptor.ts"
import type { ForeignImage } from "./foreign-images.ts"
import { documentOf, indexOf, rewritten, withLayer } from "./hostile-images.ts"
import { buildahImage, dockerImage, orasArtifact, smallestWasm } from "./layout-fixtures.ts"
import type { MemoryTarget } from "./memory-target.ts"
import { paxRecord, type RawEntry, rawEntry, rawTar } from "./raw-tar.ts"

const amd64 = { os: "linux", architecture: "amd64" }
const plugin: RawEntry = { name: "plugin.wasm", content: smallestWasm }
const layerType = "application/vnd.oci.image.layer.v1.tar"
const moduleType = "application/vnd.module.wasm.content.layer.v1+wasm"
const manifestType = "application/vnd.oci.image.manifest.v1+json"
const dockerList = "application/vnd.docker.distribution.manifest.list.v2+json"
const tar = rawTar(plugin)

type Write = (target: MemoryTarget) => Descriptor

/** An image whose layers are these bytes. */
const layersOf =
  (...layers: readonly (readonly [bytes: Uint8Array, mediaType: string])[]): Write =>
  (target) =>
    rewritten(target, buildahImage(target), { layers: layers.map(([bytes, type]) => target.put(bytes, type)) })
const packed = (bytes: Uint8Array): Write => layersOf([gzipSync(bytes), `${layerType}+gzip`])
const tarOf = (...entries: readonly RawEntry[]): Write => packed(rawTar(...entries))

/** The document without its media type, which the registry alone gives. */
const untyped =
  (write: Write): Write =>
  (target) => {
    const descriptor = write(target)
    const { mediaType: _left, ...document } = documentOf(target, descriptor)
    return target.put(document, descriptor.mediaType)
  }

const odd = (writer: string, write: Write, more: Partial<ForeignImage> = {}): ForeignImage => ({
  writer,
  write,
  layout: "oci-image",
  ...more,
})

/** A frame that decoders pass over. Source: RFC 8878, 3.1.2. */
function skippable(content: Uint8Array): Buffer {
  const head = Buffer.from("502a4d1800000000", "hex")
  head.writeUInt32LE(content.length, 4)
  return Buffer.concat([head, content])
}

function sha512Layer(target: MemoryTarget): Descriptor {
  const bytes = gzipSync(tar)
  const digest = `sha512:${createHash("sha512").update(bytes).digest("hex")}`
  target.blobs.set(digest, bytes)
  return rewritten(target, buildahImage(target), {
    layers: [{ mediaType: `${layerType}+gzip`, digest, size: bytes.length }],
  })
}

const manifests: readonly ForeignImage[] = [
  odd("Go: fields that are null", (t) => rewritten(t, buildahImage(t), { annotations: null, subject: null })),
  odd("Go: fields of a layer that are null", (t) => withLayer(t, buildahImage(t), { annotations: null, urls: null })),
  odd("a layer with no places elsewhere", (t) => withLayer(t, buildahImage(t), { urls: [], platform: null })),
  odd("fields that nobody knows", (t) => rewritten(t, buildahImage(t), { x: { y: [1] }, artifactType: "" })),
  odd("a manifest in several lines", (t) =>
    t.put(JSON.stringify(documentOf(t, buildahImage(t)), undefined, 3), manifestType),
  ),
  odd("OCI 1.0: no media type inside", untyped(buildahImage)),
  odd("docker: no media type inside", untyped(dockerImage), { layout: "docker-image", isGateway: false }),
  odd(
    "an OCI manifest with Docker's layers",
    layersOf([gzipSync(tar), "application/vnd.docker.image.rootfs.diff.tar.gzip"]),
    {
      isGateway: false,
    },
  ),
  odd("a digest of sha512", sha512Layer, { isGateway: false }),
  odd(
    "a module, and an archive of documents after it",
    layersOf([smallestWasm, moduleType], [gzipSync(rawTar({ name: "README", content: "x" })), `${layerType}+gzip`]),
  ),
  odd(
    "an old module, and an archive with one after it",
    layersOf([Buffer.from("old"), moduleType], [gzipSync(tar), `${layerType}+gzip`]),
  ),
  odd(
    "a module beside a layer with an empty title",
    (t) =>
      orasArtifact(t, [
        { title: "m", mediaType: moduleType, content: smallestWasm },
        { title: "", mediaType: "application/vnd.oci.empty.v1+json", content: "{}" },
      ]),
    { layout: "wasm-artifact" },
  ),
]

const indexes: readonly ForeignImage[] = [
  odd(
    "docker: a manifest list",
    (t) =>
      t.put(
        {
          schemaVersion: 2,
          mediaType: dockerList,
          manifests: [{ ...dockerImage(t), platform: { ...amd64, features: ["sse4"], "os.version": "" } }],
        },
        dockerList,
      ),
    { layout: "docker-image" },
  ),
  odd("an index that names no platform", (t) => indexOf(t, buildahImage(t))),
  odd("an index of two that name no platform", (t) => indexOf(t, buildahImage(t), dockerImage(t))),
  odd(
    "an index for Wasm",
    (t) => indexOf(t, { ...buildahImage(t), platform: { os: "wasip1", architecture: "wasm" } }),
    {
      isGateway: false,
    },
  ),
  odd("an index for newer processors", (t) =>
    indexOf(t, { ...buildahImage(t), platform: { ...amd64, variant: "v3" } }),
  ),
  odd("an index for Wasm and for a processor", (t) =>
    indexOf(
      t,
      {
        ...buildahImage(t, { layers: [[{ ...plugin, name: "a/plugin.wasm" }]] }),
        platform: { os: "wasi", architecture: "wasm" },
      },
      { ...buildahImage(t), platform: amd64 },
    ),
  ),
  odd("an index that says that it is Wasm", (t) =>
    rewritten(
      t,
      indexOf(
        t,
        {
          ...buildahImage(t, { layers: [[{ ...plugin, name: "a/plugin.wasm" }]] }),
          platform: { os: "linux", architecture: "arm64" },
        },
        { ...buildahImage(t), platform: amd64 },
      ),
      { annotations: { "io.tetratelabs.built-on-envoy.extension.type": "wasm" } },
    ),
  ),
  odd("an index in an index", (t) =>
    indexOf(t, { ...indexOf(t, { ...buildahImage(t), platform: amd64 }), platform: amd64 }),
  ),
  odd("an index with a type of its own", (t) =>
    rewritten(t, indexOf(t, { ...buildahImage(t), platform: amd64 }), { artifactType: "a/b", annotations: null }),
  ),
]

const archives: readonly ForeignImage[] = [
  odd(
    "stargz: several gzip members",
    layersOf([
      Buffer.concat([gzipSync(tar.subarray(0, 512)), gzipSync(tar.subarray(512)), gzipSync("")]),
      `${layerType}+gzip`,
    ]),
  ),
  odd(
    "zstd:chunked: frames, and some to be passed over",
    layersOf([
      Buffer.concat([
        zstdCompressSync(tar.subarray(0, 512)),
        zstdCompressSync(tar.subarray(512)),
        skippable(Buffer.from("GNUlInUx")),
        skippable(Buffer.alloc(64)),
      ]),
      `${layerType}+zstd`,
    ]),
    { isGateway: false },
  ),
  odd("an archive without an end", packed(rawEntry(plugin))),
  odd("an archive with half an end", packed(Buffer.concat([rawEntry(plugin), Buffer.alloc(512)]))),
  odd("an archive in blocks of ten kilobytes", packed(Buffer.concat([tar, Buffer.alloc(10_240 - tar.length)]))),
  odd("tar of 1979", tarOf({ ...plugin, magic: "\0".repeat(8), type: "\0" })),
  odd("GNU tar", tarOf({ ...plugin, magic: "ustar  \0" })),
  odd("git archive", tarOf({ name: "pax_global_header", type: "g", content: paxRecord("comment", "abc") }, plugin)),
  odd(
    "attributes and times",
    tarOf({ name: "x", type: "x", content: paxRecord("SCHILY.xattr.user.a", "b") + paxRecord("atime", "1.5") }, plugin),
  ),
  odd("the root in three spellings", tarOf(...["/", "./", "."].map((name) => ({ name, type: "5" })), plugin)),
  odd(
    "a folder twice",
    tarOf(...["a/", "a/"].map((name) => ({ name, type: "5" })), { ...plugin, name: "a/plugin.wasm" }),
  ),
  odd("a hard link beside the module", tarOf({ name: "a" }, { name: "b", type: "1", linkName: "a" }, plugin)),
  odd("docker: an empty layer last", (t) => dockerImage(t, { layers: [[plugin], []] }), {
    layout: "docker-image",
    isGateway: false,
  }),
  odd("buildah: a module removed and made again", (t) =>
    buildahImage(t, { layers: [[{ name: "plugin.wasm", content: "old" }], [{ name: ".wh.plugin.wasm" }, plugin]] }),
  ),
  odd("buildah: a folder emptied and filled again", (t) =>
    buildahImage(t, {
      layers: [[{ name: "d/old" }], [{ name: "d/.wh..wh..opq" }, { ...plugin, name: "d/plugin.wasm" }]],
    }),
  ),
]

/** All of them. */
export const oddImages: readonly ForeignImage[] = [...manifests, ...indexes, ...archives]
