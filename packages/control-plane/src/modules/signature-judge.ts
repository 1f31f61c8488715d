// Signatures of images, held against a policy before any byte of a module is fetched.
import { AttacheError, sha256Hex } from "@attache/base"
import { judgeSignature, type SignaturePolicy, type SignatureTrust, verifyImage } from "@attache/oci"
import type { ImageJudge } from "./fetch-image.ts"

/**
 * A judge by a signature policy. Layouts on disk are judged by the name `oci-layout:directory`.
 *
 * Errors: ATT_SIGNATURE_MISSING, ATT_SIGNATURE_INVALID, ATT_SIGNATURE_SIGNER, ATT_SIGNATURE_VERSION,
 * ATT_SIGNATURE_NO_RULE, and those of the target: a registry that does not answer is no reason to take an image.
 */
export function createSignatureJudge(policy: SignaturePolicy, trust: SignatureTrust): ImageJudge {
  const { keys, root } = trust
  const says = { policy, keys: keys.map(({ fingerprint }) => fingerprint).toSorted(), root: root?.document }
  return {
    id: sha256Hex(JSON.stringify(says)),
    judge: async (target, extension, repository, signal) => {
      const verification = await verifyImage(target, [extension.root, extension.manifest], trust, { signal })
      const judgement = judgeSignature(policy, repository, verification)
      if (judgement.verdict === "accepted") return
      const { digest } = extension.manifest
      throw new AttacheError(judgement.code, `${judgement.reason} (${digest})`, {
        hint: "have the image signed, or correct the signature policy",
        facts: { repository, digest },
      })
    },
  }
}
