import type { Descriptor, ImageIndex, Manifest } from "../content/descriptor.ts"
import { parseManifest } from "../content/read-manifest.ts"
import type { FetchedManifest } from "../content/target.ts"

/** Manifests by digest: what a digest names never changes, so it is read once. */
export interface KnownManifests {
  read(descriptor: Descriptor): Promise<Manifest | ImageIndex>
}

/** Most manifests that are kept; a referrers list of a large layout reads them all. */
const maxKnown = 4096

/** Keeps what was read. @param name for messages */
export function createKnownManifests(fetch: (d: Descriptor) => Promise<FetchedManifest>, name: string): KnownManifests {
  const known = new Map<string, Manifest | ImageIndex>()
  return {
    read: async (descriptor) => {
      const kept = known.get(descriptor.digest)
      if (kept !== undefined) return kept
      const { bytes } = await fetch(descriptor)
      const manifest = parseManifest(bytes, descriptor.mediaType, `${name}@${descriptor.digest}`)
      if (known.size >= maxKnown) known.clear()
      known.set(descriptor.digest, manifest)
      return manifest
    },
  }
}
