import { AttacheError } from "@attache/base"
import type { Descriptor, Platform } from "../content/descriptor.ts"
import { digestOf } from "../content/digest.ts"
import { mediaTypes } from "../content/media-types.ts"
import type { PushOptions, Target, TransferOptions } from "../content/target.ts"
import { type Annotations, standardAnnotations } from "./annotations.ts"
import { annotationsOf, checkContent, type ExtensionContent } from "./extension-content.ts"
import { imageConfig } from "./image-config.ts"
import { boeArtifactType, wasmTypes } from "./layer-types.ts"
import { packLayer } from "./pack-layer.ts"
import { spool } from "./spool.ts"

/**
 * How an extension is packed: `image`, an OCI image with one layer, which Envoy Gateway, Istio, Built On Envoy and
 * container engines read; `docker-image`, the same in Docker's media types; `wasm-artifact`, the module in a layer of its
 * own, for Envoy Gateway and Istio; `boe-artifact`, what Built On Envoy's own client pushes.
 */
export type ExtensionFormat = "image" | "docker-image" | "wasm-artifact" | "boe-artifact"

/** All formats, the default first. */
export const extensionFormats: readonly ExtensionFormat[] = ["image", "docker-image", "wasm-artifact", "boe-artifact"]

/** How an extension is written. */
export interface WriteExtensionOptions extends TransferOptions {
  /** Default `image`. */
  readonly format?: ExtensionFormat
  /** Called with the number of further bytes that arrived. */
  readonly onBytes?: PushOptions["onBytes"]
}

/**
 * Writes an extension: layer, config and manifest. The same content gives the same digest, whoever writes it and when.
 *
 * Errors: ATT_OCI_NO_MODULE, ATT_OCI_NOT_WASM, ATT_OCI_FORMAT (a format that does not have this kind), ATT_ARCHIVE_*, and
 * those of the target.
 *
 * @returns the manifest's descriptor, with the platform; it has no tag yet
 */
export async function writeExtension(
  target: Target,
  content: ExtensionContent,
  options: WriteExtensionOptions = {},
): Promise<Descriptor> {
  await checkContent(content)
  const { format = "image" } = options
  if (format === "wasm-artifact") return writeWasmArtifact(target, content, options)
  const layer = await packLayer(content.files)
  try {
    const { digest, size } = layer
    const layerType = format === "docker-image" ? mediaTypes.dockerLayerGzip : mediaTypes.ociLayerGzip
    const layerDescriptor = { mediaType: layerType, digest, size }
    await target.push(layerDescriptor, layer.content, pushOptions(options))
    if (format === "boe-artifact") return await writeBoeArtifact(target, content, layerDescriptor, options)
    return await writeImage(target, content, { layer: layerDescriptor, diffId: layer.diffId, format }, options)
  } finally {
    await layer.dispose()
  }
}

async function writeImage(
  target: Target,
  content: ExtensionContent,
  { layer, diffId, format }: { readonly layer: Descriptor; readonly diffId: string; readonly format: ExtensionFormat },
  options: WriteExtensionOptions,
): Promise<Descriptor> {
  const isDocker = format === "docker-image"
  const platform = content.platform ?? anyPlatform
  const annotations = annotationsOf(content, "image")
  const config = await pushJson(
    target,
    imageConfig(content, platform, [diffId], annotations),
    isDocker ? mediaTypes.dockerConfig : mediaTypes.ociConfig,
    options,
  )
  const mediaType = isDocker ? mediaTypes.dockerManifest : mediaTypes.ociManifest
  // Docker's form has no place for annotations, and its readers take those of OCI there without complaint.
  const manifest = { schemaVersion: 2, mediaType, config, layers: [layer], annotations }
  const written = await pushJson(target, manifest, mediaType, options)
  return { ...written, platform }
}

/** What Wasm and Lua run on: Go's names for it, as the image specification wants. */
const anyPlatform: Platform = { os: "wasip1", architecture: "wasm" }

async function writeBoeArtifact(
  target: Target,
  content: ExtensionContent,
  layer: Descriptor,
  options: WriteExtensionOptions,
): Promise<Descriptor> {
  const empty = await pushJson(target, {}, mediaTypes.ociEmpty, options)
  const annotations = annotationsOf(content, "artifact")
  const manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    artifactType: boeArtifactType,
    config: { ...empty, data: "e30=" },
    layers: [layer],
    // The ORAS library wants a time in it; the same one always, so that the digest stays.
    annotations: { [standardAnnotations.created]: "1970-01-01T00:00:00Z", ...annotations },
  }
  const written = await pushJson(target, manifest, mediaTypes.ociManifest, options)
  return {
    ...written,
    artifactType: boeArtifactType,
    ...(content.platform === undefined ? {} : { platform: content.platform }),
  }
}

async function writeWasmArtifact(
  target: Target,
  content: ExtensionContent,
  options: WriteExtensionOptions,
): Promise<Descriptor> {
  const [module, ...others] = content.files
  if (content.kind !== "wasm" || module === undefined || others.length > 0) {
    throw new AttacheError("ATT_OCI_FORMAT", `the format wasm-artifact holds a Wasm module alone`, {
      hint: "take the format image, or leave the other files out",
      facts: { kind: content.kind, files: content.files.length },
    })
  }
  const titled = (title: string): { annotations: Annotations } => ({
    annotations: { [standardAnnotations.title]: title },
  })
  const packed = await spool(module.open())
  const layer = { mediaType: wasmTypes.content, digest: packed.digest, size: packed.size, ...titled("plugin.wasm") }
  try {
    await target.push(layer, packed.content, pushOptions(options))
  } finally {
    await packed.dispose()
  }
  const config = await pushJson(target, { type: "envoy_proxy" }, wasmTypes.config, options)
  const manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config,
    // Readers want exactly two layers: the config once more, then the module.
    layers: [{ ...config, ...titled("runtime-config.json") }, layer],
    annotations: annotationsOf(content, "image"),
  }
  return pushJson(target, manifest, mediaTypes.ociManifest, options)
}

/** Pushes a JSON document in its shortest form. */
export async function pushJson(
  target: Target,
  document: unknown,
  mediaType: string,
  options: TransferOptions,
): Promise<Descriptor> {
  const bytes = Buffer.from(JSON.stringify(document))
  const descriptor = { mediaType, digest: digestOf(bytes), size: bytes.length }
  await target.push(descriptor, bytes, pushOptions(options))
  return descriptor
}

function pushOptions({ signal, onBytes }: WriteExtensionOptions): PushOptions {
  return { ...(signal === undefined ? {} : { signal }), ...(onBytes === undefined ? {} : { onBytes }) }
}
