// A repository of a registry as a target.
import { AttacheError } from "@attache/base"
import { referrerDescriptor } from "../content/artifact-type.ts"
import type { Descriptor } from "../content/descriptor.ts"
import { isManifestType } from "../content/media-types.ts"
import { maxManifestBytes, parseManifest } from "../content/read-manifest.ts"
import type { Content, FetchedManifest, PushOptions, PushOutcome, Target, TransferOptions } from "../content/target.ts"
import { collect, inlineData, verified, verifyBytes } from "../content/verified.ts"
import { isTag } from "../reference/reference.ts"
import { openBlob } from "./blobs.ts"
import { existsAt, fetchManifest, putManifest, referenceName, removeAt, resolveManifest } from "./manifests.ts"
import { type Place, placeName } from "./place.ts"
import { changeTaggedReferrers, listReferrers } from "./referrers.ts"
import { listTags } from "./tags.ts"
import { uploadBlob } from "./upload.ts"

/** How a repository is used. */
export interface RepositoryOptions {
  /** Largest piece of an upload, in bytes. Default: whole blobs. */
  readonly chunkBytes?: number
}

/** A repository, reached through a session of its registry. */
export function createRepository(place: Place, { chunkBytes }: RepositoryOptions = {}): Target {
  const name = placeName(place)
  const pushBlob = async (descriptor: Descriptor, content: Content, options: PushOptions): Promise<PushOutcome> => {
    if (await existsAt(place, "blobs", descriptor, { ...options, isForPush: true })) return "existed"
    return uploadBlob(place, descriptor, content, { ...options, ...(chunkBytes === undefined ? {} : { chunkBytes }) })
  }
  return {
    name,
    mountable: { registry: place.session.registry, repository: place.repository },
    resolve: async (reference, options = {}) => {
      const resolved = await resolveManifest(place, reference, options)
      return "bytes" in resolved ? resolved.descriptor : resolved
    },
    fetch: async (descriptor, options = {}) => {
      const { offset = 0 } = options
      const known = isManifestType(descriptor.mediaType)
        ? (await fetchManifest(place, descriptor, options)).bytes
        : inlineData(descriptor)
      if (known !== undefined) return one(known.subarray(offset))
      return verified(await openBlob(place, descriptor, options), descriptor, { offset, from: name })
    },
    fetchManifest: (wanted, options = {}) => fetchManifest(place, wanted, options),
    referrers: (descriptor, artifactType, options = {}) => listReferrers(place, descriptor, artifactType, options),
    exists: (descriptor, options = {}) => {
      const kind = isManifestType(descriptor.mediaType) ? "manifests" : "blobs"
      return existsAt(place, kind, descriptor, { ...options, isForPush: true })
    },
    push: async (descriptor, content, options = {}) => {
      if (!isManifestType(descriptor.mediaType)) return pushBlob(descriptor, content, options)
      return pushManifest(place, await manifestBytes(descriptor, content, name), options)
    },
    tag: async (descriptor, reference, options = {}) => {
      checkTag(reference)
      await putManifest(place, reference, await fetchManifest(place, descriptor, options), options)
    },
    untag: async (reference, options = {}) => {
      checkTag(reference)
      await removeTag(place, reference, options)
    },
    delete: (descriptor, options = {}) => remove(place, descriptor, options),
    tags: (options = {}) => listTags(place, options),
  }
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  if (bytes.length > 0) yield bytes
}

function checkTag(text: string): void {
  if (isTag(text)) return
  throw new AttacheError("ATT_OCI_REFERENCE", `${JSON.stringify(text)} is no tag`, { facts: { tag: text } })
}

async function manifestBytes(descriptor: Descriptor, content: Content, name: string): Promise<FetchedManifest> {
  if (descriptor.size > maxManifestBytes) {
    const text = `manifest ${descriptor.digest} has more than ${maxManifestBytes} bytes`
    throw new AttacheError("ATT_OCI_LIMIT", text, { facts: { limitBytes: maxManifestBytes } })
  }
  if (content instanceof Uint8Array) {
    verifyBytes(content, descriptor, `the source for ${name}`)
    return { descriptor, bytes: content }
  }
  return {
    descriptor,
    bytes: await collect(verified(await content(0), descriptor, { from: `the source for ${name}` })),
  }
}

async function pushManifest(place: Place, fetched: FetchedManifest, options: PushOptions): Promise<PushOutcome> {
  const { descriptor, bytes } = fetched
  if (options.tag !== undefined) checkTag(options.tag)
  const manifest = parseManifest(bytes, descriptor.mediaType, referenceName(place, descriptor.digest))
  const headers = await putManifest(place, options.tag ?? descriptor.digest, fetched, options)
  options.onBytes?.(bytes.length)
  // A registry that keeps referrers says so.
  if (manifest.subject !== undefined && headers["oci-subject"] === undefined) {
    await keepReferrer(place, manifest.subject, referrerDescriptor(descriptor, manifest), options)
  }
  return "pushed"
}

/** Some registries keep the list and do not say so; only where it is missing do we keep the tag. */
async function keepReferrer(
  place: Place,
  subject: Descriptor,
  referrer: Descriptor,
  options: TransferOptions,
): Promise<void> {
  const known = await listReferrers(place, subject, undefined, options)
  if (known.some(({ digest }) => digest === referrer.digest)) return
  await changeTaggedReferrers(place, subject, referrer, "add", options)
}

async function remove(place: Place, descriptor: Descriptor, options: TransferOptions): Promise<void> {
  if (!isManifestType(descriptor.mediaType)) return removeAt(place, "blobs", descriptor.digest, options)
  const { bytes } = await fetchManifest(place, descriptor, options)
  const { subject } = parseManifest(bytes, descriptor.mediaType, referenceName(place, descriptor.digest))
  await removeAt(place, "manifests", descriptor.digest, options)
  if (subject === undefined) return
  const left = await listReferrers(place, subject, undefined, options)
  if (left.some(({ digest }) => digest === descriptor.digest)) {
    await changeTaggedReferrers(place, subject, descriptor, "remove", options)
  }
}

/** Removes a tag alone; registries that would remove the manifest, or take digests only, say so. */
async function removeTag(place: Place, tag: string, options: TransferOptions): Promise<void> {
  try {
    await removeAt(place, "manifests", tag, options)
  } catch (error) {
    if (!(error instanceof AttacheError) || error.code !== "ATT_OCI_DIGEST") throw error
    throw new AttacheError("ATT_OCI_UNSUPPORTED", `${placeName(place)} cannot remove a tag alone`, { cause: error })
  }
}
