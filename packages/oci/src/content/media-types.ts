/** Media types of manifests, indexes and the configs around them. Source: OCI image specification 1.1, Docker registry 2.2. */
export const mediaTypes = {
  ociManifest: "application/vnd.oci.image.manifest.v1+json",
  ociIndex: "application/vnd.oci.image.index.v1+json",
  ociConfig: "application/vnd.oci.image.config.v1+json",
  /** Config of an artifact that has none: the two bytes `{}`. */
  ociEmpty: "application/vnd.oci.empty.v1+json",
  ociLayer: "application/vnd.oci.image.layer.v1.tar",
  ociLayerGzip: "application/vnd.oci.image.layer.v1.tar+gzip",
  ociLayerZstd: "application/vnd.oci.image.layer.v1.tar+zstd",
  dockerManifest: "application/vnd.docker.distribution.manifest.v2+json",
  dockerManifestList: "application/vnd.docker.distribution.manifest.list.v2+json",
  dockerConfig: "application/vnd.docker.container.image.v1+json",
  dockerLayer: "application/vnd.docker.image.rootfs.diff.tar",
  dockerLayerGzip: "application/vnd.docker.image.rootfs.diff.tar.gzip",
} as const

/** Media types of manifests that describe one image or artifact. */
export const manifestTypes: readonly string[] = [mediaTypes.ociManifest, mediaTypes.dockerManifest]

/** Media types of manifests that list other manifests. */
export const indexTypes: readonly string[] = [mediaTypes.ociIndex, mediaTypes.dockerManifestList]

/** Whether content of this media type is stored and served as a manifest and not as a blob. */
export function isManifestType(mediaType: string): boolean {
  return manifestTypes.includes(mediaType) || indexTypes.includes(mediaType)
}
