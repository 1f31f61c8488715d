// Images and artifacts as other programs write them, put together by hand and not through our writer.
import { gzipSync, zstdCompressSync } from "node:zlib"
import type { Descriptor, Platform } from "../src/content/descriptor.ts"
import { digestOf } from "../src/content/digest.ts"
import type { MemoryTarget } from "./memory-target.ts"
import { paxRecord, type RawEntry, rawTar } from "./raw-tar.ts"

/** The smallest module: magic and version. */
export const smallestWasm: Buffer = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])

const oci = "application/vnd.oci.image"
const docker = "application/vnd.docker"

/** What an image is made of. */
export interface ImageFixture {
  /** Entries of each layer, the lowest first. */
  readonly layers: readonly (readonly RawEntry[])[]
  readonly annotations?: Readonly<Record<string, string>>
  readonly platform?: Platform
}

const plugin: RawEntry = { name: "plugin.wasm", content: smallestWasm }

/** `docker build` and `docker push` of the classic engine: schema 2, Docker's media types. */
export function dockerImage(
  target: MemoryTarget,
  { layers = [[plugin]], platform }: Partial<ImageFixture> = {},
): Descriptor {
  const tars = layers.map((entries) => rawTar(...entries.flatMap(withTimes)))
  const config = target.put(
    {
      architecture: platform?.architecture ?? "amd64",
      config: { Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], WorkingDir: "/" },
      created: "2026-01-02T03:04:05.678Z",
      docker_version: "20.10.8",
      history: tars.map(() => ({
        created: "2026-01-02T03:04:05.678Z",
        created_by: "/bin/sh -c #(nop) COPY file:1 in . ",
      })),
      os: platform?.os ?? "linux",
      rootfs: { type: "layers", diff_ids: tars.map(digestOf) },
    },
    `${docker}.container.image.v1+json`,
  )
  const descriptors = tars.map((tar) => target.put(gzipSync(tar), `${docker}.image.rootfs.diff.tar.gzip`))
  const mediaType = `${docker}.distribution.manifest.v2+json`
  return target.put({ schemaVersion: 2, mediaType, config, layers: descriptors }, mediaType)
}

/** `buildah bud` and `buildah push`: OCI media types, `./` before names, a folder entry first. */
export function buildahImage(
  target: MemoryTarget,
  { layers = [[plugin]], annotations, platform }: Partial<ImageFixture> = {},
  compression: "gzip" | "zstd" | "none" = "gzip",
): Descriptor {
  const tars = layers.map((entries) =>
    rawTar({ name: "./", type: "5", mode: 0o755 }, ...entries.map((entry) => ({ ...entry, name: `./${entry.name}` }))),
  )
  const config = target.put(
    {
      created: "2026-01-02T03:04:05.678901234Z",
      architecture: platform?.architecture ?? "amd64",
      os: platform?.os ?? "linux",
      config: { Labels: { "io.buildah.version": "1.33.0" } },
      rootfs: { type: "layers", diff_ids: tars.map(digestOf) },
      history: [{ created: "2026-01-02T03:04:05Z", created_by: "/bin/sh -c #(nop) ADD file:2 in plugin.wasm " }],
    },
    `${oci}.config.v1+json`,
  )
  const packed = {
    gzip: [gzipSync, "+gzip"],
    zstd: [zstdCompressSync, "+zstd"],
    none: [(tar: Buffer) => tar, ""],
  } as const
  const [pack, suffix] = packed[compression]
  const descriptors = tars.map((tar) => target.put(pack(tar), `${oci}.layer.v1.tar${suffix}`))
  const manifest = {
    schemaVersion: 2,
    mediaType: `${oci}.manifest.v1+json`,
    config,
    layers: descriptors,
    annotations: { "org.opencontainers.image.base.digest": "", ...annotations },
  }
  return target.put(manifest, manifest.mediaType)
}

/** A file as the ORAS command pushes it: a layer of its own with its name as title. */
export interface OrasFile {
  readonly title: string
  /** Default: what ORAS takes where none is named. */
  readonly mediaType?: string
  readonly content: Uint8Array | string
}

/** `oras push`: OCI 1.1, artifact type, empty config with its bytes inline, a created annotation. */
export function orasArtifact(
  target: MemoryTarget,
  files: readonly OrasFile[],
  {
    artifactType = "application/vnd.unknown.artifact.v1",
    annotations = {},
  }: { artifactType?: string; annotations?: Readonly<Record<string, string>> } = {},
): Descriptor {
  const config = { ...target.put("{}", "application/vnd.oci.empty.v1+json"), data: "e30=" }
  const layers = files.map(({ title, mediaType = `${oci}.layer.v1.tar`, content }) => ({
    ...target.put(typeof content === "string" ? Buffer.from(content) : content, mediaType),
    annotations: { "org.opencontainers.image.title": title },
  }))
  const mediaType = `${oci}.manifest.v1+json`
  const all = { "org.opencontainers.image.created": "2026-01-02T03:04:05Z", ...annotations }
  return target.put({ schemaVersion: 2, mediaType, artifactType, config, layers, annotations: all }, mediaType)
}

/** `oras push --config`: OCI 1.0, the config has the media type of the artifact. */
export function orasArtifactWithConfig(
  target: MemoryTarget,
  configType: string,
  files: readonly OrasFile[],
  config: Uint8Array | string = "{}",
): Descriptor {
  const mediaType = `${oci}.manifest.v1+json`
  const layers = files.map(({ title, mediaType: type = `${oci}.layer.v1.tar`, content }) => ({
    ...target.put(typeof content === "string" ? Buffer.from(content) : content, type),
    annotations: { "org.opencontainers.image.title": title },
  }))
  return target.put({ schemaVersion: 2, mediaType, config: target.put(config, configType), layers }, mediaType)
}

/** `docker buildx build --platform a,b`: an OCI index with an attestation beside each image. */
export function buildxIndex(
  target: MemoryTarget,
  images: readonly (readonly [Platform, Descriptor])[],
  annotations: Readonly<Record<string, string>> = {},
): Descriptor {
  const attestation = target.put(
    { schemaVersion: 2, config: target.put("{}", "application/vnd.oci.empty.v1+json"), layers: [] },
    `${oci}.manifest.v1+json`,
  )
  const mediaType = `${oci}.index.v1+json`
  const manifests = images.flatMap(([platform, image]) => [
    {
      ...attestation,
      annotations: { "vnd.docker.reference.digest": image.digest, "vnd.docker.reference.type": "attestation-manifest" },
      platform: { architecture: "unknown", os: "unknown" },
    },
    { ...image, platform },
  ])
  return target.put({ schemaVersion: 2, mediaType, manifests, annotations }, mediaType)
}

/** Docker's engine writes times with fractions, which need an extended header each. */
function withTimes(entry: RawEntry): readonly RawEntry[] {
  return [{ name: `PaxHeaders.0/${entry.name}`, type: "x", content: paxRecord("mtime", "1767323045.678") }, entry]
}
