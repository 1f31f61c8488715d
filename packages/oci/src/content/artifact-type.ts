import { type Descriptor, type ImageIndex, isImageIndex, type Manifest } from "./descriptor.ts"

/** What an artifact is: its own type, else that of its config. Source: OCI image specification 1.1, "artifactType". */
export function artifactTypeOf(manifest: Manifest | ImageIndex): string | undefined {
  return manifest.artifactType ?? (isImageIndex(manifest) ? undefined : manifest.config.mediaType)
}

/** A manifest's descriptor as lists of referrers have it, with its artifact type and annotations. */
export function referrerDescriptor(
  { mediaType, digest, size }: Descriptor,
  manifest: Manifest | ImageIndex,
): Descriptor {
  const artifactType = artifactTypeOf(manifest)
  return {
    mediaType,
    digest,
    size,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(manifest.annotations === undefined ? {} : { annotations: manifest.annotations }),
  }
}
