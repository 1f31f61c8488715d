import type { Descriptor } from "../content/descriptor.ts"
import { parseManifest } from "../content/read-manifest.ts"
import type { ReadTarget, TransferOptions } from "../content/target.ts"
import { standardAnnotations } from "../formats/annotations.ts"
import { findSignatures } from "./find-signatures.ts"
import type { FoundSignature } from "./found-signature.ts"
import { signPredicate } from "./statement.ts"
import { type SignatureTrust, type Signer, verifySignature } from "./verify-signature.ts"

/** A signature of an image that is right. */
export interface ImageSignature {
  readonly form: FoundSignature["form"]
  /** Digest of the manifest or index that is signed. */
  readonly digest: string
  readonly signer: Signer
  /** What the signer added. */
  readonly annotations: Readonly<Record<string, string>>
  /** What the signer says is the version, else what the signed manifest says. */
  readonly version?: string
}

/** What the signatures of an image came to. */
export interface ImageVerification {
  /** Signatures found, right or not. */
  readonly found: number
  readonly signatures: readonly ImageSignature[]
  /** Why others do not count, each once. */
  readonly problems: readonly string[]
}

/**
 * Verifies the signatures of an image.
 *
 * @param subjects the manifest, and the index that it was chosen from: whoever signs the index signs all its manifests.
 * For an extension these are `[extension.root, extension.manifest]`
 * Errors: those of the target; a registry that does not answer is no reason to call an image unsigned.
 */
export async function verifyImage(
  target: ReadTarget,
  subjects: readonly Descriptor[],
  trust: SignatureTrust,
  options: TransferOptions = {},
): Promise<ImageVerification> {
  const byDigest = new Map(subjects.map((subject) => [subject.digest, subject]))
  const signatures: ImageSignature[] = []
  const problems = new Set<string>()
  let count = 0
  for (const subject of byDigest.values()) {
    const found = await findSignatures(target, subject, options)
    count += found.length
    const version = found.length === 0 ? undefined : await versionOf(target, subject, options)
    for (const each of found) {
      const verdict = await verifySignature(each, trust)
      if (!verdict.isRight) problems.add(verdict.reason)
      else if (!isSignature(verdict.claim.predicateType)) problems.add("it is an attestation of something else")
      else signatures.push(imageSignature(each, verdict.signer, verdict.claim.annotations, version))
    }
  }
  return { found: count, signatures, problems: [...problems] }
}

/** An attestation, say of a scan, does not say that an image may be run. */
function isSignature(predicateType: string | undefined): boolean {
  return predicateType === undefined || predicateType === signPredicate
}

function imageSignature(
  { form, subject }: FoundSignature,
  signer: Signer,
  annotations: Readonly<Record<string, string>>,
  manifestVersion: string | undefined,
): ImageSignature {
  const version = annotations.version ?? annotations[standardAnnotations.version] ?? manifestVersion
  return { form, digest: subject.digest, signer, annotations, ...(version === undefined ? {} : { version }) }
}

/** The version in a manifest: covered by its digest, and so by every signature over that. */
async function versionOf(
  target: ReadTarget,
  subject: Descriptor,
  options: TransferOptions,
): Promise<string | undefined> {
  const { bytes, descriptor } = await target.fetchManifest(subject, options)
  return parseManifest(bytes, descriptor.mediaType, descriptor.digest).annotations?.[standardAnnotations.version]
}
