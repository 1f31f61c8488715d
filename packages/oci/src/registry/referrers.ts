// Referrers of a manifest: by the registry's own list, else by a tag that clients keep.
import { AttacheError } from "@attache/base"
import { artifactTypeOf } from "../content/artifact-type.ts"
import { type Descriptor, type ImageIndex, isImageIndex } from "../content/descriptor.ts"
import { digestOf, splitDigest } from "../content/digest.ts"
import { isManifestType, mediaTypes } from "../content/media-types.ts"
import { maxManifestBytes, parseManifest } from "../content/read-manifest.ts"
import type { FetchedManifest, TransferOptions } from "../content/target.ts"
import { readPages } from "./links.ts"
import { fetchManifest, putManifest, referenceName, resolveManifest } from "./manifests.ts"
import { type Place, pathOf, placeName, requestAt } from "./place.ts"

/** Most referrers of one manifest that are read. */
const maxReferrers = 1000

/** The tag under which clients keep referrers where the registry does not. Source: OCI distribution 1.1, "Referrers Tag Schema". */
export function referrersTag(digest: string): string {
  const { algorithm, hex } = splitDigest(digest)
  return `${algorithm}-${hex}`.slice(0, 128)
}

/** Manifests whose subject is this one, sorted by digest. */
export async function listReferrers(
  place: Place,
  subject: Descriptor,
  artifactType: string | undefined,
  options: TransferOptions,
): Promise<readonly Descriptor[]> {
  const found =
    (await fromRegistry(place, subject, options)) ?? (await fromTag(place, subject, options))?.manifests ?? []
  const unique = [
    ...new Map(found.filter((each) => isManifestType(each.mediaType)).map((each) => [each.digest, each])).values(),
  ]
  const sorted = unique.sort((a, b) => (a.digest < b.digest ? -1 : 1))
  const typed = []
  for (const each of sorted) typed.push(...(await withTrueType(place, each, artifactType, options)))
  return typed.filter((each) => artifactType === undefined || each.artifactType === artifactType)
}

/**
 * A referrer with the type that its manifest has; nothing when there is no such manifest.
 *
 * A known registry library tells the config's type where the manifest has its own. An empty config's type is no artifact's,
 * so it is looked up, and where a type is wanted also what looks like a config's. Source: go-containerregistry 0.22, pkg/registry.
 */
async function withTrueType(
  place: Place,
  referrer: Descriptor,
  wanted: string | undefined,
  options: TransferOptions,
): Promise<readonly Descriptor[]> {
  const told = referrer.artifactType
  const isWrong = told === undefined || told === mediaTypes.ociEmpty
  const isDoubtful = wanted !== undefined && told !== wanted && /\bconfig\b/.test(told ?? "")
  if (!isWrong && !isDoubtful) return [referrer]
  try {
    const { bytes } = await fetchManifest(place, referrer, options)
    const actual = artifactTypeOf(parseManifest(bytes, referrer.mediaType, referenceName(place, referrer.digest)))
    return [actual === undefined ? referrer : { ...referrer, artifactType: actual }]
  } catch (error) {
    // A list under a tag may name what is gone.
    if (error instanceof AttacheError && error.code === "ATT_OCI_NOT_FOUND") return []
    throw error
  }
}

/** The registry's list; undefined when it keeps none. */
async function fromRegistry(
  place: Place,
  { digest }: Descriptor,
  options: TransferOptions,
): Promise<readonly Descriptor[] | undefined> {
  const what = `list of referrers of ${referenceName(place, digest)}`
  const found: Descriptor[] = []
  let isKnown = true
  await readPages(pathOf(place, `referrers/${digest}`), async (path) => {
    const request = { what, path, headers: { accept: mediaTypes.ociIndex }, accepted: [200, 400, 404, 405, 406] }
    const response = await place.session.read(requestAt(place, request, options), maxManifestBytes)
    // Some answer what they do not know with a page of their own.
    isKnown = response.status === 200 && (response.headers["content-type"] ?? "").startsWith(mediaTypes.ociIndex)
    if (!isKnown) return undefined
    const index = parseManifest(response.bytes, mediaTypes.ociIndex, what)
    found.push(...(isImageIndex(index) ? index.manifests : []))
    if (found.length > maxReferrers) throw tooMany(place, digest)
    return response
  })
  return isKnown ? found : undefined
}

function tooMany(place: Place, digest: string): AttacheError {
  const text = `${referenceName(place, digest)} has more than ${maxReferrers} referrers`
  return new AttacheError("ATT_OCI_LIMIT", text, { facts: { digest, limit: maxReferrers } })
}

/** The list that clients keep under a tag; undefined when there is none. */
async function fromTag(
  place: Place,
  { digest }: Descriptor,
  options: TransferOptions,
): Promise<ImageIndex | undefined> {
  const tag = referrersTag(digest)
  try {
    const resolved = await resolveManifest(place, tag, options)
    const { descriptor, bytes } = "bytes" in resolved ? resolved : await fetchManifest(place, resolved, options)
    const index = parseManifest(bytes, descriptor.mediaType, referenceName(place, tag))
    if (!isImageIndex(index)) return undefined
    if (index.manifests.length > maxReferrers) throw tooMany(place, digest)
    return index
  } catch (error) {
    if (error instanceof AttacheError && error.code === "ATT_OCI_NOT_FOUND") return undefined
    throw error
  }
}

/** Attempts to write the list when others write it too. */
const writeAttempts = 5

/**
 * Adds a referrer to the list under its subject's tag, or removes it.
 *
 * Registries cannot compare and swap, so the list is read again after it was written, and written again when somebody
 * else's had gone over ours. Error: ATT_OCI_CONFLICT when that happens too often.
 */
export async function changeTaggedReferrers(
  place: Place,
  subject: Descriptor,
  referrer: Descriptor,
  change: "add" | "remove",
  options: TransferOptions,
): Promise<void> {
  for (let attempt = 0; attempt < writeAttempts; attempt++) {
    const before = (await fromTag(place, subject, options))?.manifests ?? []
    const isThere = before.some(({ digest }) => digest === referrer.digest)
    if (isThere === (change === "add")) return
    const others = before.filter(({ digest }) => digest !== referrer.digest)
    const index = indexOf(change === "add" ? [...others, referrer] : others)
    await putManifest(place, referrersTag(subject.digest), index, options)
  }
  const text = `others keep writing the list of referrers of ${placeName(place)}@${subject.digest}`
  throw new AttacheError("ATT_OCI_CONFLICT", text, { retry: "later", facts: { digest: subject.digest } })
}

function indexOf(manifests: readonly Descriptor[]): FetchedManifest {
  const index: ImageIndex = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests }
  const bytes = new TextEncoder().encode(JSON.stringify(index))
  return { descriptor: { mediaType: mediaTypes.ociIndex, digest: digestOf(bytes), size: bytes.length }, bytes }
}
