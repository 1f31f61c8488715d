import { AttacheError } from "@attache/base"
import type { Compression } from "../archive/decompress.ts"
import { safeEntryPath } from "../archive/safe-path.ts"
import type { Descriptor, Manifest } from "../content/descriptor.ts"
import { mediaTypes } from "../content/media-types.ts"
import { standardAnnotations } from "./annotations.ts"
import { boeArtifactType, rawWasmTypes, tarCompression } from "./layer-types.ts"

/**
 * How an extension is packed: an image of a container engine in Docker's or OCI's media types, a Wasm module as it is in
 * a layer, an artifact of Built On Envoy's client, or files each in a layer of its own.
 */
export type ExtensionLayout = "docker-image" | "oci-image" | "wasm-artifact" | "boe-artifact" | "file-artifact"

/** A layer that something of an extension is in. */
export type ExtensionLayer =
  | { readonly form: "tar"; readonly descriptor: Descriptor; readonly compression: Compression }
  | { readonly form: "file"; readonly descriptor: Descriptor; readonly path: string }

/** What a manifest's layers are. */
export interface LayoutFacts {
  readonly layout: ExtensionLayout
  /** The lowest first; layers that hold nothing of an extension are left out. */
  readonly layers: readonly ExtensionLayer[]
}

/**
 * What the layers of a manifest are, judged by media types alone.
 *
 * As Envoy Gateway and Istio do, an image of which the last layer is an archive is read as one, and a module in a layer of
 * its own counts where the archives have none. Error: ATT_OCI_FORMAT.
 */
export function layoutOf(manifest: Manifest, mediaType: string, name: string): LayoutFacts {
  const last = manifest.layers.at(-1)
  if (last === undefined) throw noLayout(name, "it has no layers")
  const layers = manifest.layers.flatMap((layer) => layerOf(layer) ?? [])
  const modules = layers.filter((layer) => rawWasmTypes.includes(layer.descriptor.mediaType))
  if (layers.some(({ form, descriptor }) => form === "tar" && descriptor === last)) {
    const counted = layers.filter((layer) => layer.form === "tar" || (modules.length === 1 && modules.includes(layer)))
    return { layout: imageLayout(manifest, mediaType), layers: counted }
  }
  if (modules.length > 1) throw noLayout(name, "it has several Wasm modules")
  if (modules.length === 1) return { layout: "wasm-artifact", layers: modules }
  if (layers.length > 0) return { layout: "file-artifact", layers }
  throw noLayout(name, `its last layer has the media type ${last.mediaType}`)
}

function imageLayout({ artifactType }: Manifest, mediaType: string): ExtensionLayout {
  if (artifactType === boeArtifactType) return "boe-artifact"
  return mediaType === mediaTypes.dockerManifest ? "docker-image" : "oci-image"
}

function layerOf(descriptor: Descriptor): ExtensionLayer | undefined {
  if (rawWasmTypes.includes(descriptor.mediaType)) return { form: "file", descriptor, path: "plugin.wasm" }
  const compression = tarCompression(descriptor.mediaType)
  const title = descriptor.annotations?.[standardAnnotations.title] || undefined
  // The ORAS command gives a file without media type the one of uncompressed layers, and folders a mark.
  const isFile = compression === undefined || (compression === "none" && !isPackedFolder(descriptor, title))
  if (title !== undefined && isFile) return { form: "file", descriptor, path: safeEntryPath(title) }
  return compression === undefined ? undefined : { form: "tar", descriptor, compression }
}

function isPackedFolder({ annotations }: Descriptor, title: string | undefined): boolean {
  return title === undefined || title.endsWith(".tar") || annotations?.["io.deis.oras.content.unpack"] === "true"
}

function noLayout(name: string, reason: string): AttacheError {
  return new AttacheError("ATT_OCI_FORMAT", `${name} is no extension in any layout: ${reason}`, { facts: { name } })
}
