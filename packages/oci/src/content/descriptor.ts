/** Operating system and architecture that content is for. Source: OCI image specification 1.1, image index. */
export interface Platform {
  readonly architecture: string
  readonly os: string
  readonly variant?: string
  readonly "os.version"?: string
  readonly "os.features"?: readonly string[]
}

/**
 * What content is, how long it is and which digest it has.
 *
 * Source: OCI image specification 1.1, "Content Descriptors". `size` is in bytes.
 */
export interface Descriptor {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
  readonly annotations?: Readonly<Record<string, string>>
  readonly artifactType?: string
  readonly platform?: Platform
  /** Where else the content may be had; never followed. */
  readonly urls?: readonly string[]
  /** The content itself in base64, for small ones. */
  readonly data?: string
}

/** What a manifest may say about any content; `subject` makes it a referrer. */
interface ManifestBase {
  readonly schemaVersion: 2
  readonly mediaType?: string
  readonly artifactType?: string
  readonly subject?: Descriptor
  readonly annotations?: Readonly<Record<string, string>>
}

/** An image or artifact: a config and layers. Source: OCI image specification 1.1, "Image Manifest"; Docker schema 2. */
export interface Manifest extends ManifestBase {
  readonly config: Descriptor
  readonly layers: readonly Descriptor[]
}

/** A list of manifests, mostly one for each platform. Source: OCI image specification 1.1, "Image Index"; Docker manifest list. */
export interface ImageIndex extends ManifestBase {
  readonly manifests: readonly Descriptor[]
}

/** Whether what a manifest's bytes hold is an index. */
export function isImageIndex(manifest: Manifest | ImageIndex): manifest is ImageIndex {
  return "manifests" in manifest
}
