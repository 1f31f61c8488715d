import type { Compression } from "../archive/decompress.ts"
import { mediaTypes } from "../content/media-types.ts"

/** Media types of Wasm artifacts. Source: Solo's Wasm image specification; cosign 2; CNCF Wasm OCI artifact layout. */
export const wasmTypes = {
  /** Config of the artifact form that Envoy Gateway and Istio read. */
  config: "application/vnd.module.wasm.config.v1+json",
  /** The module in that form, as it is. */
  content: "application/vnd.module.wasm.content.layer.v1+wasm",
} as const

/** Media types under which a module lies in a layer as it is, the one that Envoy Gateway and Istio know first. */
export const rawWasmTypes: readonly string[] = [
  wasmTypes.content,
  "application/vnd.wasm.content.layer.v1+wasm",
  "application/wasm",
]

/** Artifact type of what Built On Envoy's own client pushes. Source: built-on-envoy `cli/internal/oci`. */
export const boeArtifactType = "application/vnd.builtonenvoy.extension.v1"

const compressions: Readonly<Record<string, Compression>> = {
  [mediaTypes.dockerLayer]: "none",
  [mediaTypes.dockerLayerGzip]: "gzip",
  "application/vnd.docker.image.rootfs.diff.tar.zstd": "zstd",
  [mediaTypes.ociLayer]: "none",
  [mediaTypes.ociLayerGzip]: "gzip",
  [mediaTypes.ociLayerZstd]: "zstd",
  // What container engines once kept out of registries for its licence.
  "application/vnd.oci.image.layer.nondistributable.v1.tar": "none",
  "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip": "gzip",
  "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip": "gzip",
}

/** How a layer of files is compressed; undefined for media types that are no tar archive. */
export function tarCompression(mediaType: string): Compression | undefined {
  return Object.hasOwn(compressions, mediaType) ? compressions[mediaType] : undefined
}
