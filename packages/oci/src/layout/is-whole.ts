import { type Descriptor, isImageIndex } from "../content/descriptor.ts"
import { isManifestType } from "../content/media-types.ts"
import type { KnownManifests } from "./known-manifests.ts"
import { blobSize } from "./layout-files.ts"

/** How deep indexes are looked into. */
const maxDepth = 8

/**
 * Whether content is in a layout: a file of its size, and for a manifest also what it names.
 *
 * So a layout from which something was lost is completed by copying once more.
 */
export async function isWhole(
  directory: string,
  descriptor: Descriptor,
  known: KnownManifests,
  depth = 0,
  seen: Set<string> = new Set(),
): Promise<boolean> {
  if (seen.has(descriptor.digest)) return true
  seen.add(descriptor.digest)
  if (blobSize(directory, descriptor.digest) !== descriptor.size) return false
  if (!isManifestType(descriptor.mediaType)) return true
  const manifest = await known.read(descriptor).catch(() => undefined)
  if (manifest === undefined || depth > maxDepth) return false
  const needed = isImageIndex(manifest) ? manifest.manifests : [manifest.config, ...manifest.layers]
  for (const each of needed) {
    if (each.urls === undefined && !(await isWhole(directory, each, known, depth + 1, seen))) return false
  }
  return true
}
