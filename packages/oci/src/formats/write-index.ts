import type { Descriptor } from "../content/descriptor.ts"
import { mediaTypes } from "../content/media-types.ts"
import type { Target, TransferOptions } from "../content/target.ts"
import type { Annotations } from "./annotations.ts"
import { formatPlatform } from "./platform.ts"
import { pushJson } from "./write-extension.ts"

/** How an index is written. */
export interface WriteIndexOptions extends TransferOptions {
  readonly annotations?: Annotations
}

/**
 * Writes an index of an extension's manifests, one for each platform, in the order of their platforms.
 *
 * Docker's media type is taken where all manifests are Docker's. Errors: those of the target.
 */
export async function writeExtensionIndex(
  target: Target,
  manifests: readonly Descriptor[],
  options: WriteIndexOptions = {},
): Promise<Descriptor> {
  const isDocker = manifests.length > 0 && manifests.every(({ mediaType }) => mediaType === mediaTypes.dockerManifest)
  const mediaType = isDocker ? mediaTypes.dockerManifestList : mediaTypes.ociIndex
  const order = ({ platform }: Descriptor): string => (platform === undefined ? "" : formatPlatform(platform))
  const sorted = manifests.toSorted((a, b) => (order(a) < order(b) ? -1 : order(a) > order(b) ? 1 : 0))
  const { annotations } = options
  const index = {
    schemaVersion: 2,
    mediaType,
    manifests: sorted,
    ...(annotations === undefined ? {} : { annotations }),
  }
  return pushJson(target, index, mediaType, options)
}
