import type { BundleSignature, CosignSignature, FoundSignature } from "./found-signature.ts"
import { bundleOfClassic, type CertificateIdentity, parseBundle, verifyKeyless } from "./keyless.ts"
import { isSignedBy, type TrustedKey } from "./keys.ts"
import { parseObject, parseSimpleSigning, type SignedClaim } from "./simple-signing.ts"
import { parseStatement, preAuthEncoding, statementType } from "./statement.ts"
import type { TrustRoot } from "./trust-root.ts"

/** What signatures are held against. */
export interface SignatureTrust {
  readonly keys: readonly TrustedKey[]
  /** Without it no keyless signature is right. */
  readonly root?: TrustRoot
}

/** Who made a signature. */
export type Signer =
  | { readonly kind: "key"; readonly fingerprint: string }
  | ({ readonly kind: "certificate" } & CertificateIdentity)

/** A signature that is right, or why it is not. */
export type SignatureVerdict =
  | { readonly isRight: true; readonly signer: Signer; readonly claim: SignedClaim }
  | { readonly isRight: false; readonly reason: string }

/**
 * Judges one signature: that it is of a trusted key or of a certificate under the trust root, and about its subject.
 *
 * Whether the signer may sign for that repository is a policy's to say. Never throws, whatever the bytes are.
 */
export async function verifySignature(found: FoundSignature, trust: SignatureTrust): Promise<SignatureVerdict> {
  const verdict = found.form === "cosign" ? await verifyClassic(found, trust) : await verifyBundle(found, trust)
  if (!verdict.isRight || verdict.claim.digests.includes(found.subject.digest)) return verdict
  return wrong(`it is about another image, ${verdict.claim.digests.join(", ")}`)
}

async function verifyClassic(found: CosignSignature, trust: SignatureTrust): Promise<SignatureVerdict> {
  const claim = parseSimpleSigning(found.payload)
  if (claim === undefined) return wrong("its payload is not that of an image signature")
  if (found.certificate === undefined) return ofKey(trust, found.payload, found.signature, claim)
  if (trust.root === undefined) return wrong("it has a certificate, and no trust root is given")
  const json = bundleOfClassic(found)
  if (json === undefined) return wrong("its certificate or log entry is missing or malformed")
  const parsed = await parseBundle(json)
  if ("reason" in parsed) return wrong(parsed.reason)
  const verdict = await verifyKeyless(parsed.bundle, trust.root, found.payload)
  return "reason" in verdict ? wrong(verdict.reason) : right({ kind: "certificate", ...verdict.identity }, claim)
}

async function verifyBundle({ json }: BundleSignature, trust: SignatureTrust): Promise<SignatureVerdict> {
  const parsed = await parseBundle(parseObject(json))
  if ("reason" in parsed) return wrong(parsed.reason)
  const { content, verificationMaterial } = parsed.bundle
  if (content.$case !== "dsseEnvelope") return wrong("its bundle signs no statement")
  const { payload, payloadType, signatures } = content.dsseEnvelope
  const claim = payloadType === statementType ? parseStatement(payload) : undefined
  if (claim === undefined) return wrong("its statement is not one about images")
  const [signature, ...others] = signatures
  // The library looks at the first alone; what a second one would mean is nobody's word.
  if (signature === undefined || others.length > 0) return wrong(`its envelope has ${signatures.length} signatures`)
  if (verificationMaterial.content.$case === "publicKey") {
    return ofKey(trust, preAuthEncoding(payloadType, payload), signature.sig, claim)
  }
  if (trust.root === undefined) return wrong("it has a certificate, and no trust root is given")
  const verdict = await verifyKeyless(parsed.bundle, trust.root)
  return "reason" in verdict ? wrong(verdict.reason) : right({ kind: "certificate", ...verdict.identity }, claim)
}

function ofKey(
  { keys }: SignatureTrust,
  data: Uint8Array,
  signature: Uint8Array,
  claim: SignedClaim,
): SignatureVerdict {
  const key = keys.find((each) => isSignedBy(each, data, signature))
  if (key !== undefined) return right({ kind: "key", fingerprint: key.fingerprint }, claim)
  return wrong(
    keys.length === 0 ? "it is of a key, and none is given" : "it is not of a key that is given, or was altered",
  )
}

function right(signer: Signer, claim: SignedClaim): SignatureVerdict {
  return { isRight: true, signer, claim }
}

function wrong(reason: string): SignatureVerdict {
  return { isRight: false, reason }
}
