// Images that must be refused, each wrong in one way, and the code of the refusal.
import { gzipSync, zstdCompressSync } from "node:zlib"
import type { Descriptor } from "../src/content/descriptor.ts"
import type { ReadExtensionOptions } from "../src/formats/read-extension.ts"
import {
  changed,
  changedLayer,
  flip,
  gone,
  indexOf,
  layered,
  nested,
  repeatedLayers,
  rewritten,
  selfListing,
  withLayer,
} from "./hostile-images.ts"
import { buildahImage, dockerImage, orasArtifact, smallestWasm } from "./layout-fixtures.ts"
import type { MemoryTarget } from "./memory-target.ts"
import { type RawEntry, rawTar } from "./raw-tar.ts"

const manifestType = "application/vnd.oci.image.manifest.v1+json"
const indexType = "application/vnd.oci.image.index.v1+json"
const layerType = "application/vnd.oci.image.layer.v1.tar+gzip"
const plugin: RawEntry = { name: "plugin.wasm", content: smallestWasm }

/** An image that must be refused, and with which code. */
export interface HostileImage {
  readonly name: string
  readonly code: string
  readonly write: (target: MemoryTarget) => Descriptor
  readonly options?: ReadExtensionOptions
  /** What is asked of it. Default: the module. */
  readonly asked?: "module" | "files"
}

const manifests: readonly HostileImage[] = [
  { name: "a manifest that is no JSON", code: "ATT_OCI_MANIFEST", write: (t) => t.put("{", manifestType) },
  { name: "a manifest that is a list", code: "ATT_OCI_MANIFEST", write: (t) => t.put("[]", manifestType) },
  { name: "a manifest that is empty", code: "ATT_OCI_MANIFEST", write: (t) => t.put("", manifestType) },
  {
    name: "a manifest that is not UTF-8",
    code: "ATT_OCI_MANIFEST",
    write: (t) => t.put(Buffer.from([0x7b, 0xff, 0x7d]), manifestType),
  },
  {
    name: "a manifest of schema 1",
    code: "ATT_OCI_MANIFEST",
    write: (t) => t.put({ schemaVersion: 1, fsLayers: [] }, manifestType),
  },
  {
    name: "a manifest without config",
    code: "ATT_OCI_MANIFEST",
    write: (t) => t.put({ schemaVersion: 2, layers: [] }, manifestType),
  },
  {
    name: "a manifest that is an index too",
    code: "ATT_OCI_MANIFEST",
    write: (t) => rewritten(t, dockerImage(t), { manifests: [] }),
  },
  {
    name: "a manifest that says another media type",
    code: "ATT_OCI_MANIFEST",
    write: (t) => rewritten(t, dockerImage(t), { mediaType: indexType }),
  },
  {
    name: "a layer without digest",
    code: "ATT_OCI_DIGEST",
    write: (t) => rewritten(t, dockerImage(t), { layers: [{ mediaType: layerType, size: 1, digest: "" }] }),
  },
  {
    name: "a layer whose digest is a path",
    code: "ATT_OCI_DIGEST",
    write: (t) =>
      rewritten(t, dockerImage(t), { layers: [{ mediaType: layerType, size: 1, digest: "sha256:../../etc/passwd" }] }),
  },
  {
    name: "a layer of a negative size",
    code: "ATT_OCI_MANIFEST",
    write: (t) => withLayer(t, buildahImage(t), { size: -1 }),
  },
  { name: "more layers than there may be", code: "ATT_OCI_LIMIT", write: (t) => repeatedLayers(t, 2_001) },
  { name: "a manifest whose bytes were changed", code: "ATT_OCI_DIGEST", write: (t) => changed(t, dockerImage(t)) },
  {
    name: "a manifest that is longer than its descriptor says",
    code: "ATT_OCI_SIZE",
    write: (t) => ({ ...dockerImage(t), size: 10 }),
  },
  { name: "a manifest that is not there", code: "ATT_OCI_NOT_FOUND", write: (t) => gone(t, dockerImage(t)) },
  {
    name: "an annotation that is no text",
    code: "ATT_OCI_MANIFEST",
    write: (t) => rewritten(t, dockerImage(t), { annotations: { a: 1 } }),
  },
]

const indexes: readonly HostileImage[] = [
  { name: "an index without manifests", code: "ATT_OCI_PLATFORM", write: (t) => indexOf(t) },
  {
    name: "an index of attestations alone",
    code: "ATT_OCI_PLATFORM",
    write: (t) => indexOf(t, { ...dockerImage(t), platform: { os: "unknown", architecture: "unknown" } }),
  },
  {
    name: "an index for another platform",
    code: "ATT_OCI_PLATFORM",
    write: (t) => indexOf(t, { ...dockerImage(t), platform: { os: "linux", architecture: "riscv64" } }),
  },
  { name: "indexes one in another, six deep", code: "ATT_OCI_LIMIT", write: (t) => nested(t, 6) },
  { name: "an index that lists itself", code: "ATT_OCI_LIMIT", write: (t) => selfListing(t) },
  {
    name: "an index whose manifest is not there",
    code: "ATT_OCI_NOT_FOUND",
    write: (t) => indexOf(t, gone(t, dockerImage(t))),
  },
  { name: "an index that lists a layer", code: "ATT_OCI_MANIFEST", write: (t) => indexOf(t, t.put("{}", layerType)) },
  {
    name: "a single manifest for another platform",
    code: "ATT_OCI_PLATFORM",
    write: (t) =>
      dockerImage(t, { layers: [[{ name: "plugin.so" }]], platform: { os: "linux", architecture: "arm64" } }),
  },
]

const layers: readonly HostileImage[] = [
  {
    name: "a layer whose bytes were changed",
    code: "ATT_OCI_DIGEST",
    write: (t) => changedLayer(t, buildahImage(t), (bytes) => flip(bytes, 4)),
  },
  {
    name: "a layer with other bytes of the same length behind the module",
    code: "ATT_OCI_DIGEST",
    write: (t) => changedLayer(t, buildahImage(t, {}, "none"), (bytes) => flip(bytes, 1124)),
  },
  {
    name: "a layer cut short",
    code: "ATT_OCI_SIZE",
    write: (t) => changedLayer(t, buildahImage(t, {}, "none"), (bytes) => bytes.subarray(0, -512)),
  },
  {
    name: "a layer that goes on",
    code: "ATT_OCI_SIZE",
    write: (t) => changedLayer(t, buildahImage(t, {}, "none"), (bytes) => Buffer.concat([bytes, Buffer.alloc(512)])),
  },
  {
    name: "a layer that is not there",
    code: "ATT_OCI_NOT_FOUND",
    write: (t) => changedLayer(t, buildahImage(t), undefined),
  },
  { name: "a layer that is no gzip", code: "ATT_ARCHIVE_DAMAGED", write: (t) => layered(t, Buffer.from("hello")) },
  {
    name: "a zstd layer under the media type of gzip",
    code: "ATT_ARCHIVE_DAMAGED",
    write: (t) => layered(t, zstdCompressSync(rawTar(plugin))),
  },
  {
    name: "a layer that is a bomb",
    code: "ATT_ARCHIVE_BOMB",
    write: (t) => layered(t, gzipSync(Buffer.concat([rawTar(plugin).subarray(0, 1024), Buffer.alloc(30_000_000)]))),
  },
  {
    name: "a module larger than allowed",
    code: "ATT_ARCHIVE_TOO_LARGE",
    write: (t) => dockerImage(t, { layers: [[{ name: "plugin.wasm", size: 300_000_000 }]] }),
    options: { kind: "wasm" },
  },
  {
    name: "a layer larger than allowed",
    code: "ATT_ARCHIVE_TOO_LARGE",
    write: (t) => dockerImage(t, { layers: [[{ name: "x", content: "x".repeat(9_000) }, plugin]] }),
    options: { limits: { expandedBytes: 5_000 } },
  },
  {
    name: "an image without layers",
    code: "ATT_OCI_FORMAT",
    write: (t) => rewritten(t, dockerImage(t), { layers: [] }),
  },
  {
    name: "an image of unknown layers",
    code: "ATT_OCI_FORMAT",
    write: (t) => withLayer(t, buildahImage(t), { mediaType: "application/x-unknown" }),
  },
  {
    name: "an artifact with two modules",
    code: "ATT_OCI_FORMAT",
    write: (t) =>
      orasArtifact(t, [
        { title: "a", mediaType: "application/wasm", content: smallestWasm },
        { title: "b", mediaType: "application/wasm", content: smallestWasm },
      ]),
  },
  {
    name: "an image with nothing known in it",
    code: "ATT_OCI_FORMAT",
    write: (t) => dockerImage(t, { layers: [[{ name: "etc/passwd" }]] }),
  },
  {
    name: "an image that says it is something else",
    code: "ATT_OCI_FORMAT",
    write: (t) => buildahImage(t, { annotations: { "io.tetratelabs.built-on-envoy.extension.type": "lua" } }),
    options: { kind: "wasm" },
  },
]

const modules: readonly HostileImage[] = [
  {
    name: "no module where one is wanted",
    code: "ATT_OCI_NO_MODULE",
    write: (t) => dockerImage(t, { layers: [[{ name: "a.wasm" }]] }),
    options: { kind: "wasm" },
  },
  {
    name: "a module that a later layer removes",
    code: "ATT_OCI_NO_MODULE",
    write: (t) => dockerImage(t, { layers: [[plugin], [{ name: ".wh.plugin.wasm" }]] }),
    options: { kind: "wasm" },
  },
  {
    name: "a module in a folder that a later layer empties",
    code: "ATT_OCI_NO_MODULE",
    write: (t) => dockerImage(t, { layers: [[{ ...plugin, name: "d/plugin.wasm" }], [{ name: "d/.wh..wh..opq" }]] }),
    options: { kind: "wasm" },
  },
  {
    name: "a folder with the module's name",
    code: "ATT_OCI_NO_MODULE",
    write: (t) => dockerImage(t, { layers: [[{ name: "plugin.wasm/", type: "5" }]] }),
    options: { kind: "wasm" },
  },
  {
    name: "a symbolic link with the module's name",
    code: "ATT_ARCHIVE_LINK",
    write: (t) => dockerImage(t, { layers: [[{ name: "plugin.wasm", type: "2", linkName: "/etc/passwd" }]] }),
    options: { kind: "wasm" },
  },
  {
    name: "a hard link with the module's name",
    code: "ATT_ARCHIVE_LINK",
    write: (t) =>
      dockerImage(t, {
        layers: [[plugin, { name: "d/plugin.wasm", type: "1", linkName: "plugin.wasm" }].toReversed()],
      }),
    options: { kind: "wasm" },
  },
  {
    name: "a device with the module's name",
    code: "ATT_ARCHIVE_ENTRY_KIND",
    write: (t) => dockerImage(t, { layers: [[{ name: "plugin.wasm", type: "3" }]] }),
    options: { kind: "wasm" },
  },
  {
    name: "a module twice",
    code: "ATT_ARCHIVE_DUPLICATE",
    write: (t) => dockerImage(t, { layers: [[plugin, plugin]] }),
  },
  {
    name: "a module that is text",
    code: "ATT_OCI_NOT_WASM",
    write: (t) => dockerImage(t, { layers: [[{ name: "plugin.wasm", content: "#!/bin/sh\n" }]] }),
  },
  {
    name: "a module that is empty",
    code: "ATT_OCI_NOT_WASM",
    write: (t) => dockerImage(t, { layers: [[{ name: "plugin.wasm" }]] }),
  },
  {
    name: "an artifact whose module is text",
    code: "ATT_OCI_NOT_WASM",
    write: (t) => orasArtifact(t, [{ title: "m", mediaType: "application/wasm", content: "not a module" }]),
  },
]

const files: readonly Omit<HostileImage, "asked">[] = [
  {
    name: "a file that leads out",
    code: "ATT_ARCHIVE_PATH",
    write: (t) => dockerImage(t, { layers: [[plugin, { name: "../x" }]] }),
  },
  {
    name: "a file that leads out from the root",
    code: "ATT_ARCHIVE_PATH",
    write: (t) => dockerImage(t, { layers: [[plugin, { name: "/../x" }]] }),
  },
  {
    name: "a link, and a file through it",
    code: "ATT_ARCHIVE_LINK",
    write: (t) =>
      dockerImage(t, { layers: [[plugin, { name: "out", type: "2", linkName: "/tmp" }, { name: "out/x" }]] }),
  },
  {
    name: "a link in a lower layer, and a file through it",
    code: "ATT_ARCHIVE_LINK",
    write: (t) =>
      dockerImage(t, { layers: [[{ name: "out", type: "2", linkName: "/tmp" }], [plugin, { name: "out/x" }]] }),
  },
  {
    name: "a title that leads out",
    code: "ATT_ARCHIVE_PATH",
    write: (t) => orasArtifact(t, [{ title: "../x.lua", mediaType: "application/x-lua", content: "" }]),
  },
  {
    name: "a title that is absolute",
    code: "ATT_ARCHIVE_PATH",
    write: (t) => orasArtifact(t, [{ title: "/etc/x.lua", mediaType: "application/x-lua", content: "" }]),
  },
  {
    name: "the second layer of two that was changed",
    code: "ATT_OCI_DIGEST",
    write: (t) =>
      changedLayer(t, buildahImage(t, { layers: [[plugin], [{ name: "b", content: "b" }]] }, "none"), (bytes) =>
        flip(bytes, 1124),
      ),
  },
]

/** All of them, by what is wrong. */
export const hostileImages: readonly (readonly [group: string, cases: readonly HostileImage[]])[] = [
  ["manifests", manifests],
  ["indexes", indexes],
  ["layers", layers],
  ["modules", modules],
  ["files", files.map((each) => ({ ...each, asked: "files" as const }))],
]
