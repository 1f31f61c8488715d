import { AttacheError } from "@attache/base"
import { referrerDescriptor } from "../content/artifact-type.ts"
import { type Descriptor, isImageIndex } from "../content/descriptor.ts"
import { isManifestType } from "../content/media-types.ts"
import type { KnownManifests } from "./known-manifests.ts"

/** How deep indexes are looked into. */
const maxDepth = 4
/** Most manifests that are looked at. */
const maxManifests = 50_000

/**
 * Manifests below `index.json` whose subject is this one, sorted by digest.
 *
 * Damaged ones are left out: they refer to nothing that can be trusted. Error: ATT_OCI_LIMIT.
 */
export async function referrersIn(
  entries: readonly Descriptor[],
  { digest }: Descriptor,
  artifactType: string | undefined,
  known: KnownManifests,
): Promise<readonly Descriptor[]> {
  const found = new Map<string, Descriptor>()
  const seen = new Set<string>()
  const visit = async (list: readonly Descriptor[], depth: number): Promise<void> => {
    for (const each of list) {
      if (seen.has(each.digest) || !isManifestType(each.mediaType)) continue
      seen.add(each.digest)
      if (seen.size > maxManifests) {
        throw new AttacheError("ATT_OCI_LIMIT", `more than ${maxManifests} manifests to look at for referrers`)
      }
      const manifest = await known.read(each).catch(() => undefined)
      if (manifest === undefined) continue
      if (manifest.subject?.digest === digest) found.set(each.digest, referrerDescriptor(each, manifest))
      if (isImageIndex(manifest) && depth < maxDepth) await visit(manifest.manifests, depth + 1)
    }
  }
  await visit(entries, 0)
  return [...found.values()]
    .filter((each) => artifactType === undefined || each.artifactType === artifactType)
    .sort((a, b) => (a.digest < b.digest ? -1 : 1))
}
