import { AttacheError, type Diagnostic } from "@attache/base"
import type { Descriptor, ImageIndex, Manifest } from "./descriptor.ts"
import { indexTypes, isManifestType, manifestTypes } from "./media-types.ts"
import { readDescriptor } from "./read-descriptor.ts"
import {
  createFieldReader,
  type FieldReader,
  type JsonObject,
  readJsonObject,
  readText,
  readTextMap,
} from "./read-fields.ts"

/** Largest manifest or index, in bytes. Source: OCI distribution specification 1.1, "Pushing Manifests". */
export const maxManifestBytes = 4 * 1024 * 1024

/** Most layers of a manifest, and most manifests of an index; container engines stop at 127 layers. */
export const maxManifestEntries = 2000

/** How large a manifest may be. */
export interface ManifestLimits {
  /** Default {@link maxManifestBytes}. */
  readonly bytes?: number
  /** Default {@link maxManifestEntries}. */
  readonly entries?: number
}

/** What came of reading a manifest: it, or findings. */
export interface ReadManifest {
  /** Absent when a finding is an error. */
  readonly manifest?: Manifest | ImageIndex
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * A manifest or index from its bytes.
 *
 * The media type that it came with and the one inside must agree, and a document that could be both is refused, because
 * readers would differ on what it is. Codes: ATT_OCI_MANIFEST, ATT_OCI_DIGEST, ATT_OCI_LIMIT.
 *
 * @param mediaType type that its descriptor or the registry gives; default: the one inside
 */
export function readManifest(bytes: Uint8Array, mediaType?: string, limits: ManifestLimits = {}): ReadManifest {
  const reader = createFieldReader()
  const { bytes: limitBytes = maxManifestBytes, entries = maxManifestEntries } = limits
  if (bytes.length > limitBytes) {
    reader.wrong("", `has ${bytes.length} bytes, more than ${limitBytes}`, "ATT_OCI_LIMIT")
    return { diagnostics: reader.diagnostics }
  }
  const document = readJsonObject(bytes, reader)
  const manifest = document === undefined ? undefined : readDocument(document, mediaType, entries, reader)
  const { diagnostics } = reader
  return manifest === undefined || diagnostics.length > 0 ? { diagnostics } : { manifest, diagnostics }
}

/** As {@link readManifest}; throws the first finding. @param name what it is, for the message */
export function parseManifest(
  bytes: Uint8Array,
  mediaType: string | undefined,
  name: string,
  limits?: ManifestLimits,
): Manifest | ImageIndex {
  const { manifest, diagnostics } = readManifest(bytes, mediaType, limits)
  if (manifest !== undefined) return manifest
  const [first] = diagnostics
  const field = first?.field === undefined || first.field === "" ? "" : `${first.field} `
  throw new AttacheError(first?.code ?? "ATT_OCI_MANIFEST", `manifest ${name}: ${field}${first?.message}`, {
    hint: "push the artifact anew with a tool that writes OCI manifests",
    facts: { manifest: name },
  })
}

function readDocument(
  document: JsonObject,
  outer: string | undefined,
  limit: number,
  reader: FieldReader,
): Manifest | ImageIndex | undefined {
  const inner = readText(document.mediaType, "mediaType", reader)
  if (inner !== undefined && outer !== undefined && inner !== outer) {
    return reader.wrong("mediaType", `is ${inner}, but it came as ${outer}`)
  }
  const isIndex = kindOf(document, inner ?? outer, reader)
  if (isIndex === undefined) return undefined
  const artifactType = readText(document.artifactType, "artifactType", reader)
  const annotations = readTextMap(document.annotations, "annotations", reader)
  const hasSubject = document.subject !== undefined && document.subject !== null
  const subject = hasSubject ? readDescriptor(document.subject, "subject", reader) : undefined
  const base = {
    schemaVersion: 2,
    ...(inner === undefined ? {} : { mediaType: inner }),
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(subject === undefined ? {} : { subject }),
    ...(annotations === undefined ? {} : { annotations }),
  } as const
  if (isIndex) return { ...base, manifests: readEntries(document.manifests, "manifests", limit, reader) }
  const config = readDescriptor(document.config, "config", reader)
  const layers = readEntries(document.layers, "layers", limit, reader)
  return config === undefined ? undefined : { ...base, config, layers }
}

function kindOf(document: JsonObject, mediaType: string | undefined, reader: FieldReader): boolean | undefined {
  if (document.schemaVersion === 1) {
    return reader.wrong("schemaVersion", "is 1, an image format that no tool should write any more")
  }
  if (document.schemaVersion !== 2) return reader.wrong("schemaVersion", "must be 2")
  const hasManifests = document.manifests !== undefined
  const hasLayers = document.layers !== undefined || document.config !== undefined
  if (hasManifests && hasLayers) return reader.wrong("manifests", "stands beside layers or config")
  if (mediaType !== undefined && !isManifestType(mediaType)) {
    return reader.wrong("mediaType", `${mediaType} is neither a manifest nor an index`)
  }
  if (mediaType === undefined) return hasManifests
  if (indexTypes.includes(mediaType) && hasLayers) return reader.wrong("mediaType", "says index, but it has layers")
  if (manifestTypes.includes(mediaType) && hasManifests) {
    return reader.wrong("mediaType", "says manifest, but it has manifests")
  }
  return indexTypes.includes(mediaType)
}

function readEntries(value: unknown, field: string, limit: number, reader: FieldReader): readonly Descriptor[] {
  // Go writes an absent list as null.
  if (value === null || value === undefined) return []
  if (!Array.isArray(value)) {
    reader.wrong(field, "must be a list of descriptors")
    return []
  }
  if (value.length > limit) {
    reader.wrong(field, `has ${value.length} entries, more than ${limit}`, "ATT_OCI_LIMIT")
    return []
  }
  return value.flatMap((each, i) => readDescriptor(each, `${field}[${i}]`, reader) ?? [])
}
