import { AttacheError } from "@attache/base"
import type { Descriptor } from "../content/descriptor.ts"
import { isDigest } from "../content/digest.ts"
import { isManifestType, manifestTypes } from "../content/media-types.ts"
import { maxManifestBytes, readManifest } from "../content/read-manifest.ts"
import { tagOf, withTag } from "./index-file.ts"
import { blobSize, readSmallBlob } from "./layout-files.ts"

/**
 * The descriptor of a tag, of a digest, or of the only manifest.
 *
 * @param reference "": the only manifest that `index.json` names
 */
export function resolveIn(
  directory: string,
  entries: readonly Descriptor[],
  reference: string,
  name: string,
): Descriptor {
  if (reference === "") return theOnly(entries, name)
  const found = entries.find((entry) => (isDigest(reference) ? entry.digest === reference : tagOf(entry) === reference))
  if (found !== undefined) return withTag(found, undefined)
  if (isDigest(reference)) return nested(directory, reference, name, entries)
  throw notFound(name, reference, entries)
}

function theOnly(entries: readonly Descriptor[], name: string): Descriptor {
  const digests = new Set(entries.map(({ digest }) => digest))
  const [first] = entries
  if (first !== undefined && digests.size === 1) return withTag(first, undefined)
  if (first === undefined) throw new AttacheError("ATT_OCI_NOT_FOUND", `${name} is empty`)
  const text = `${name} holds ${digests.size} manifests, and none is named`
  throw new AttacheError("ATT_OCI_NOT_FOUND", text, { hint: `add a tag: ${tagsIn(entries)}` })
}

function tagsIn(entries: readonly Descriptor[]): string {
  const tags = entries.flatMap((entry) => tagOf(entry) ?? []).sort()
  return tags.length === 0 ? "none is there" : tags.slice(0, 10).join(", ")
}

function notFound(name: string, reference: string, entries: readonly Descriptor[]): AttacheError {
  return new AttacheError("ATT_OCI_NOT_FOUND", `${name} has no ${reference}`, {
    hint: `its tags are: ${tagsIn(entries)}`,
    facts: { reference },
  })
}

/** A manifest that only another one names: its type is told by what it holds. */
function nested(directory: string, digest: string, name: string, entries: readonly Descriptor[]): Descriptor {
  const size = blobSize(directory, digest)
  if (size === undefined || size > maxManifestBytes) throw notFound(name, digest, entries)
  const untyped = { mediaType: "", digest, size }
  const { manifest } = readManifest(readSmallBlob(directory, untyped))
  if (manifest === undefined) throw notFound(name, digest, entries)
  const fallback = "manifests" in manifest ? "application/vnd.oci.image.index.v1+json" : (manifestTypes[0] ?? "")
  const mediaType = manifest.mediaType ?? fallback
  return { mediaType: isManifestType(mediaType) ? mediaType : fallback, digest, size }
}
