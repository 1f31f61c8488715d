// Other programs' readers, written down from what they do and not from our reader, to hold our writer against.
import { gunzipSync } from "node:zlib"
import type { Descriptor, ImageIndex, Manifest } from "../src/content/descriptor.ts"
import type { MemoryTarget } from "./memory-target.ts"

/** Bytes of the module, or why the program gives up. */
export type OtherAnswer = Buffer | string

/** Envoy Gateway 1.9 and Istio: `internal/wasm/imagefetcher.go`, `pkg/wasm/imagefetcher.go`. */
export function readAsEnvoyGateway(target: MemoryTarget, descriptor: Descriptor): OtherAnswer {
  const manifest = manifestFor(target, descriptor, "linux", "amd64")
  if (manifest === undefined) return "no child with platform linux/amd64"
  if (manifest.layers.some(({ digest }) => !digest.startsWith("sha256:"))) return "unsupported hash"
  const last = manifest.layers.at(-1)
  const bytes = (layer: Descriptor): Buffer => Buffer.from(target.blobs.get(layer.digest) ?? [])
  if (manifest.mediaType === "application/vnd.docker.distribution.manifest.v2+json") {
    if (last?.mediaType !== "application/vnd.docker.image.rootfs.diff.tar.gzip") return "invalid media type"
    return pluginIn(bytes(last))
  }
  if (last?.mediaType === "application/vnd.oci.image.layer.v1.tar+gzip") {
    const compat = pluginIn(bytes(last))
    if (typeof compat !== "string") return compat
  }
  if (manifest.layers.length !== 2) return "number of layers must be 2"
  const module = manifest.layers.find(
    ({ mediaType }) => mediaType === "application/vnd.module.wasm.content.layer.v1+wasm",
  )
  return module === undefined ? "no wasm layer" : bytes(module)
}

/** Built On Envoy b911ffa: every layer untarred over the folder, metadata from annotations. */
export function readAsBoe(
  target: MemoryTarget,
  descriptor: Descriptor,
  os = "linux",
  arch = "amd64",
): readonly string[] | string {
  const manifest = manifestFor(target, descriptor, os, arch)
  if (manifest === undefined) return "no manifest found for specified platform"
  if (manifest.mediaType !== "application/vnd.oci.image.manifest.v1+json") return "not recognised"
  const annotations = manifest.annotations ?? {}
  const prefix = "io.tetratelabs.built-on-envoy.extension"
  const wanted = [
    "org.opencontainers.image.title",
    "org.opencontainers.image.version",
    `${prefix}.type`,
    `${prefix}.artifact`,
  ]
  const missing = wanted.find((key) => !annotations[key])
  if (missing !== undefined) return `no ${missing}`
  const layers = manifest.layers.map((layer) => Buffer.from(target.blobs.get(layer.digest) ?? []))
  if (layers.some((bytes) => bytes[0] !== 0x1f || bytes[1] !== 0x8b)) return "gzip: invalid header"
  return layers.flatMap((bytes) => entriesOf(gunzipSync(bytes)).map(({ name }) => name))
}

function manifestFor(target: MemoryTarget, descriptor: Descriptor, os: string, arch: string): Manifest | undefined {
  const document = JSON.parse(Buffer.from(target.blobs.get(descriptor.digest) ?? "{}").toString()) as
    | Manifest
    | ImageIndex
  if (!("manifests" in document)) return document
  const child = document.manifests.find(
    // Whoever names no platform means linux/amd64, to go-containerregistry.
    ({ platform = { os: "linux", architecture: "amd64" } }) => platform.os === os && platform.architecture === arch,
  )
  return child === undefined ? undefined : manifestFor(target, child, os, arch)
}

function pluginIn(layer: Buffer): OtherAnswer {
  const found = entriesOf(gunzipSync(layer)).find(({ name }) => name.split("/").at(-1) === "plugin.wasm")
  return found?.content ?? "plugin.wasm not found in the archive"
}

/** Just enough of tar. */
function entriesOf(tar: Buffer): readonly { readonly name: string; readonly content: Buffer }[] {
  const entries: { name: string; content: Buffer }[] = []
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const text = (from: number, length: number): string =>
      tar.toString("utf8", at + from, at + from + length).split("\0")[0] ?? ""
    const size = Number.parseInt(text(124, 12), 8)
    if (text(156, 1) !== "x") entries.push({ name: text(0, 100), content: tar.subarray(at + 512, at + 512 + size) })
    at += 512 + Math.ceil(size / 512) * 512
  }
  return entries
}
