// Signatures whose key was certified for a moment: certificates, transparency log and times are judged by Sigstore's library.
import { createHash, X509Certificate } from "node:crypto"
import { messageOf } from "@attache/base"
import type { Bundle } from "@sigstore/bundle"
import type { CosignSignature } from "./found-signature.ts"
import { objectIn, parseObject } from "./simple-signing.ts"
import type { TrustRoot } from "./trust-root.ts"

/** Whom a certificate names. */
export interface CertificateIdentity {
  /** Mail address or URI of the signer. */
  readonly subject: string
  /** The OpenID provider that vouched for them. */
  readonly issuer: string
}

/** The identity of a signer, or why the signature is not right. */
export type KeylessVerdict = { readonly identity: CertificateIdentity } | { readonly reason: string }

/** A bundle in the library's form, or why it is none. */
export async function parseBundle(json: unknown): Promise<{ readonly bundle: Bundle } | { readonly reason: string }> {
  const { bundleFromJSON } = (await import("@sigstore/bundle")).default
  try {
    return { bundle: bundleFromJSON(json) }
  } catch (error) {
    return { reason: `the bundle is malformed: ${messageOf(error)}` }
  }
}

/**
 * Judges a bundle with a certificate against a trust root.
 *
 * Wanted: a chain to an authority of the root, valid when it was signed; that moment from a log entry or timestamp of the
 * root; at least one entry of a transparency log (inclusion promise or proof) about this very signature; at least one
 * certificate timestamp; and the signature itself. Who signed is not judged.
 *
 * @param artifact what was signed, where the bundle does not hold it
 */
export async function verifyKeyless(bundle: Bundle, root: TrustRoot, artifact?: Uint8Array): Promise<KeylessVerdict> {
  // These are CommonJS, of which a bundle of the command has the whole alone; Node gives it that way, too.
  const { toSignedEntity, toTrustMaterial, Verifier } = (await import("@sigstore/verify")).default
  try {
    const material = toTrustMaterial(root.document)
    const verifier = new Verifier(material, { tlogThreshold: 1, ctlogThreshold: 1, timestampThreshold: 1 })
    const data = artifact === undefined ? undefined : Buffer.from(artifact)
    const { identity } = verifier.verify(toSignedEntity(bundle, data))
    const subject = identity?.subjectAlternativeName
    const issuer = identity?.extensions?.issuer
    if (subject === undefined || issuer === undefined) return { reason: "the certificate names no signer" }
    return { identity: { subject, issuer } }
  } catch (error) {
    return { reason: `the certificate or its proof is not right: ${messageOf(error)}` }
  }
}

/** A classic keyless signature as the JSON of a bundle; undefined when its certificate or log entry is missing or malformed. */
export function bundleOfClassic(found: CosignSignature): unknown {
  const entry = logEntryOf(found.rekor)
  const leaf = leafOf(found.certificate)
  if (entry === undefined || leaf === undefined) return undefined
  return {
    // The oldest version, the only one in which a promise of inclusion is enough, as that was all there was.
    mediaType: "application/vnd.dev.sigstore.bundle+json;version=0.1",
    verificationMaterial: {
      x509CertificateChain: { certificates: [{ rawBytes: leaf.toString("base64") }] },
      tlogEntries: [entry],
    },
    messageSignature: {
      messageDigest: { algorithm: "SHA2_256", digest: createHash("sha256").update(found.payload).digest("base64") },
      signature: Buffer.from(found.signature).toString("base64"),
    },
  }
}

function leafOf(pem: string | undefined): Buffer | undefined {
  try {
    return pem === undefined || pem.length > 65_536 ? undefined : new X509Certificate(pem).raw
  } catch {
    return undefined
  }
}

/** Source: cosign 3.1, `pkg/cosign/bundle/rekor.go`. */
function logEntryOf(json: string | undefined): unknown {
  const document = json === undefined ? undefined : parseObject(Buffer.from(json))
  const payload = objectIn(document, "Payload")
  const promise = document?.SignedEntryTimestamp
  const { body, integratedTime, logIndex, logID } = payload ?? {}
  if (typeof promise !== "string" || typeof body !== "string" || typeof logID !== "string") return undefined
  if (!Number.isSafeInteger(integratedTime) || !Number.isSafeInteger(logIndex)) return undefined
  const { kind, apiVersion } = parseObject(Buffer.from(body, "base64")) ?? {}
  return {
    logIndex: String(logIndex),
    logId: { keyId: Buffer.from(logID, "hex").toString("base64") },
    kindVersion: { kind, version: apiVersion },
    integratedTime: String(integratedTime),
    inclusionPromise: { signedEntryTimestamp: promise },
    canonicalizedBody: body,
  }
}
