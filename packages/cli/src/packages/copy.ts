import { isAttacheError, unreachable } from "@attache/base"
import {
  type CopyEvent,
  type CopyResult,
  copy,
  type Descriptor,
  isManifestType,
  type Platform,
  signatureTag,
} from "@attache/oci"
import { usageError } from "../options.ts"
import { createByteProgress } from "./byte-progress.ts"
import { type OpenedReference, tagged } from "./registry-access.ts"

/** Most bytes that one copy fetches, 16 GiB: what a registry that lies about sizes can fill a disk with. */
export const maxCopyBytes = 17_179_869_184

/** How a reference is copied. */
export interface CopyReferenceOptions {
  /** One manifest of an index. Default: all. */
  readonly platform?: Platform
  /** Whether signatures and other referrers come along. */
  readonly hasSignatures: boolean
  readonly signal: AbortSignal
}

/** What was copied, and where it is now. */
export interface CopiedReference {
  readonly from: string
  readonly to: string
  readonly digest: string
  /** Manifests and blobs by how they came there. */
  readonly counts: CopyResult["counts"]
}

/**
 * Copies what a reference names, with its signatures: referrers, and the tag of classic ones.
 *
 * A layout that is named without a tag gets the tag of the source. Errors: ATT_USAGE_OPTION (a digest that is not the
 * source's), ATT_OCI_LIMIT, and those of both targets.
 */
export async function copyReference(
  from: OpenedReference | undefined,
  to: OpenedReference | undefined,
  { platform, hasSignatures, signal }: CopyReferenceOptions,
): Promise<CopiedReference> {
  if (from === undefined || to === undefined) return unreachable("the command line wants both")
  const root = await from.target.fetchManifest(from.within, { signal })
  const { digest } = to.reference
  if (digest !== undefined && digest !== root.descriptor.digest)
    throw usageError(`${from.text} is ${root.descriptor.digest}, and not ${digest}`, "name a tag to copy to")
  const tag = to.reference.tag ?? (digest === undefined ? (from.reference.tag ?? to.within) : "")
  const progress = createByteProgress(`copying ${from.text}`)
  const { onEvent } = progress
  // Each may be signed: an index, and the manifests in it.
  const manifests = new Map<string, Descriptor>()
  const noting = (event: CopyEvent): void => {
    if (isManifestType(event.descriptor.mediaType)) manifests.set(event.descriptor.digest, event.descriptor)
    onEvent(event)
  }
  try {
    const { descriptor, counts } = await copy(from.target, to.target, root, {
      onEvent: noting,
      limitBytes: maxCopyBytes,
      signal,
      ...(tag === "" ? {} : { tag }),
      ...(platform === undefined ? {} : { platform }),
      ...(hasSignatures ? { referrers: true } : {}),
    })
    for (const each of hasSignatures ? manifests.values() : [])
      await copyClassicSignature(from, to, each, signal, onEvent)
    const place = to.reference.tag === undefined && tag !== "" ? `${to.text}:${tag}` : tagged(to)
    return { from: tagged(from), to: place, digest: descriptor.digest, counts }
  } finally {
    progress.end()
  }
}

async function copyClassicSignature(
  from: OpenedReference,
  to: OpenedReference,
  descriptor: Descriptor,
  signal: AbortSignal,
  onEvent: ReturnType<typeof createByteProgress>["onEvent"],
): Promise<void> {
  const tag = signatureTag(descriptor.digest)
  const signature = await from.target.fetchManifest(tag, { signal }).catch((error: unknown) => {
    if (isAttacheError(error) && error.code === "ATT_OCI_NOT_FOUND") return undefined
    throw error
  })
  if (signature !== undefined)
    await copy(from.target, to.target, signature, { tag, limitBytes: maxCopyBytes, signal, onEvent })
}
