// Images that are wrong in one way each.
import type { Descriptor, ImageIndex, Manifest } from "../src/content/descriptor.ts"
import { buildahImage, dockerImage } from "./layout-fixtures.ts"
import type { MemoryTarget } from "./memory-target.ts"

const indexType = "application/vnd.oci.image.index.v1+json"
const layerType = "application/vnd.oci.image.layer.v1.tar+gzip"
const amd64 = { os: "linux", architecture: "amd64" }

/** The manifest behind a descriptor. */
export function documentOf(target: MemoryTarget, { digest }: Descriptor): Manifest {
  return JSON.parse(Buffer.from(target.blobs.get(digest) ?? "").toString()) as Manifest
}

/** A manifest with other fields. */
export function rewritten(target: MemoryTarget, descriptor: Descriptor, fields: object): Descriptor {
  return target.put({ ...documentOf(target, descriptor), ...fields }, descriptor.mediaType)
}

/** A manifest whose layers have other fields. */
export function withLayer(target: MemoryTarget, descriptor: Descriptor, fields: object): Descriptor {
  const { layers } = documentOf(target, descriptor)
  return rewritten(target, descriptor, { layers: layers.map((layer) => ({ ...layer, ...fields })) })
}

/** An image with its layer so many times. */
export function repeatedLayers(target: MemoryTarget, count: number): Descriptor {
  const image = buildahImage(target)
  const [layer] = documentOf(target, image).layers
  return rewritten(target, image, { layers: Array.from({ length: count }, () => layer) })
}

/** An image with one layer of these bytes. */
export function layered(target: MemoryTarget, bytes: Uint8Array): Descriptor {
  return rewritten(target, buildahImage(target), { layers: [target.put(bytes, layerType)] })
}

/** The same descriptor, whose last layer now has other bytes, or none. */
export function changedLayer(
  target: MemoryTarget,
  descriptor: Descriptor,
  change: ((bytes: Buffer) => Uint8Array) | undefined,
): Descriptor {
  const digest = documentOf(target, descriptor).layers.at(-1)?.digest ?? ""
  const bytes = Buffer.from(target.blobs.get(digest) ?? "")
  if (change === undefined) target.blobs.delete(digest)
  else target.blobs.set(digest, change(bytes))
  return descriptor
}

/** The same descriptor, whose bytes are no longer what it says. */
export function changed(target: MemoryTarget, descriptor: Descriptor): Descriptor {
  target.blobs.set(descriptor.digest, flip(Buffer.from(target.blobs.get(descriptor.digest) ?? ""), 3))
  return descriptor
}

/** The same descriptor, whose bytes are not there. */
export function gone(target: MemoryTarget, descriptor: Descriptor): Descriptor {
  target.blobs.delete(descriptor.digest)
  return descriptor
}

/** With one bit changed, so many bytes from the end. */
export function flip(bytes: Buffer, fromEnd: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[copy.length - fromEnd] = (copy.at(-fromEnd) ?? 0) ^ 1
  return copy
}

/** An index of descriptors. */
export function indexOf(target: MemoryTarget, ...entries: readonly Descriptor[]): Descriptor {
  return target.put({ schemaVersion: 2, mediaType: indexType, manifests: entries }, indexType)
}

/** Indexes one in another. */
export function nested(target: MemoryTarget, depth: number): Descriptor {
  return depth === 0 ? dockerImage(target) : indexOf(target, { ...nested(target, depth - 1), platform: amd64 })
}

/** No digest fits a document with itself in it; a registry that is not verified could still serve one. */
export function selfListing(target: MemoryTarget): Descriptor {
  const self: Descriptor = { mediaType: indexType, digest: `sha256:${"0".repeat(64)}`, size: 100, platform: amd64 }
  const index: ImageIndex = { schemaVersion: 2, mediaType: indexType, manifests: [self] }
  target.fetchManifest = async () => ({ descriptor: self, bytes: Buffer.from(JSON.stringify(index)) })
  return self
}
