import { isAttacheError } from "@attache/base"
import { collectBytes } from "../archive/byte-reader.ts"
import { type Descriptor, isImageIndex, type Manifest } from "../content/descriptor.ts"
import { mediaTypes } from "../content/media-types.ts"
import { parseManifest } from "../content/read-manifest.ts"
import type { ReadTarget, TransferOptions } from "../content/target.ts"
import type { FoundSignature } from "./found-signature.ts"
import { simpleSigningAnnotations, simpleSigningType } from "./simple-signing.ts"

/** Signatures looked at for one image; further ones are passed over. */
export const maxSignatures = 50

/** Largest payload or bundle, in bytes. */
export const maxSignatureBytes = 1_048_576

/** How Sigstore bundles are named, whatever their version. */
const bundleType = /^application\/vnd\.dev\.sigstore\.bundle(\.v[0-9.]+)?\+json/

/** Types that some registries give for any artifact: of the config, and not the artifact's own. */
const vague: readonly (string | undefined)[] = [undefined, mediaTypes.ociEmpty, mediaTypes.ociConfig]

/** The tag under which cosign keeps the classic signatures of an image. */
export function signatureTag(digest: string): string {
  return `${digest.replace(":", "-")}.sig`
}

/**
 * All signatures of an image: classic ones under the tag that cosign gives them, and referrers in both forms.
 *
 * What looks like a signature and cannot be read is left out: a signature that is not there is as good as none.
 * Errors: those of the target, other than that there is nothing.
 */
export async function findSignatures(
  target: ReadTarget,
  subject: Descriptor,
  options: TransferOptions = {},
): Promise<readonly FoundSignature[]> {
  const tagged = await manifestAt(target, signatureTag(subject.digest), options)
  const found = tagged === undefined ? [] : await signaturesIn(target, tagged, subject, options)
  const referrers = await target.referrers(subject, undefined, options)
  const likely = referrers.filter(({ artifactType: type }) => vague.includes(type) || isSignatureType(type ?? ""))
  const all = [...found]
  for (const referrer of likely.slice(0, maxSignatures)) {
    const manifest = await readable(() => readManifestOf(target, referrer, options))
    const isReferrer = manifest?.subject?.digest === subject.digest
    if (manifest !== undefined && isReferrer) all.push(...(await signaturesIn(target, manifest, subject, options)))
  }
  return all.slice(0, maxSignatures)
}

function isSignatureType(type: string): boolean {
  return bundleType.test(type) || type.startsWith("application/vnd.dev.cosign.")
}

async function manifestAt(target: ReadTarget, tag: string, options: TransferOptions): Promise<Manifest | undefined> {
  try {
    return await readable(() => readManifestOf(target, tag, options))
  } catch (error) {
    if (isAttacheError(error) && error.code === "ATT_OCI_NOT_FOUND") return undefined
    throw error
  }
}

async function readManifestOf(target: ReadTarget, wanted: Descriptor | string, options: TransferOptions) {
  const { bytes, descriptor: found } = await target.fetchManifest(wanted, options)
  const manifest = parseManifest(bytes, found.mediaType, found.digest)
  return isImageIndex(manifest) ? undefined : manifest
}

async function signaturesIn(
  target: ReadTarget,
  manifest: Manifest,
  subject: Descriptor,
  options: TransferOptions,
): Promise<readonly FoundSignature[]> {
  const found: FoundSignature[] = []
  for (const layer of manifest.layers.slice(0, maxSignatures)) {
    const isBundle = bundleType.test(layer.mediaType)
    if (layer.size > maxSignatureBytes || (!isBundle && layer.mediaType !== simpleSigningType)) continue
    const bytes = await readable(async () => collectBytes(await target.fetch(layer, options), maxSignatureBytes))
    if (bytes === undefined) continue
    found.push(isBundle ? { form: "bundle", subject, json: bytes } : classic(layer, bytes, subject))
  }
  return found
}

function classic({ annotations = {} }: Descriptor, payload: Uint8Array, subject: Descriptor): FoundSignature {
  const certificate = annotations[simpleSigningAnnotations.certificate]
  const rekor = annotations[simpleSigningAnnotations.rekor]
  return {
    form: "cosign",
    subject,
    payload,
    signature: Buffer.from(annotations[simpleSigningAnnotations.signature] ?? "", "base64"),
    ...(certificate === undefined || certificate === "" ? {} : { certificate }),
    ...(rekor === undefined || rekor === "" ? {} : { rekor }),
  }
}

/** What is wrong with the content itself; the network's failures are not, and are no reason to call an image unsigned. */
const contentError = /^ATT_(OCI_(MANIFEST|DIGEST|SIZE|LIMIT|NOT_FOUND)|ARCHIVE_TOO_LARGE)$/

async function readable<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (isAttacheError(error) && contentError.test(error.code)) return undefined
    throw error
  }
}
