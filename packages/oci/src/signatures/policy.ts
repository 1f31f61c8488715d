import type { CertificateIdentity } from "./keyless.ts"
import { isMatch } from "./pattern.ts"
import type { ImageSignature, ImageVerification } from "./verify-image.ts"
import type { Signer } from "./verify-signature.ts"
import { compareVersions } from "./version-order.ts"

/** Who must have signed what. */
export interface SignaturePolicy {
  /** The first whose pattern fits counts. */
  readonly rules: readonly SignatureRule[]
  /** What becomes of repositories that no rule names. */
  readonly otherwise: "accept" | "refuse"
}

/** What is wanted of the images of some repositories. */
export interface SignatureRule {
  /** `registry/path`, with `*` for anything but a slash and `**` for anything. */
  readonly repository: string
  /** `not-required` accepts everything. */
  readonly signed: "required" | "not-required"
  /** Fingerprints of keys of which one must have signed; see {@link TrustedKey}. Default: none. */
  readonly keys?: readonly string[]
  /** Identities of which one must have signed, with `*` for anything in them. Default: none. */
  readonly identities?: readonly CertificateIdentity[]
  /** The oldest version that is accepted, so that an old signed image cannot be put in place of a new one. */
  readonly minimumVersion?: string
}

/** What a policy says to an image. */
export type Judgement =
  | { readonly verdict: "accepted"; readonly signature?: ImageSignature }
  | { readonly verdict: "refused"; readonly code: RefusalCode; readonly reason: string }

/** Why a policy refuses. */
export type RefusalCode =
  | "ATT_SIGNATURE_MISSING"
  | "ATT_SIGNATURE_INVALID"
  | "ATT_SIGNATURE_SIGNER"
  | "ATT_SIGNATURE_VERSION"
  | "ATT_SIGNATURE_NO_RULE"

/** The rule of a policy for a repository. @param repository `registry/path`, without tag and digest */
export function ruleFor({ rules }: SignaturePolicy, repository: string): SignatureRule | undefined {
  return rules.find((rule) => isMatch(rule.repository, repository, "segments"))
}

/**
 * Whether a policy accepts an image, by what its signatures came to.
 *
 * That the bytes are those that were signed follows from digests, which every transfer verifies.
 *
 * @param repository `registry/path`, without tag and digest
 */
export function judgeSignature(
  policy: SignaturePolicy,
  repository: string,
  verification: ImageVerification,
): Judgement {
  const rule = ruleFor(policy, repository)
  if (rule === undefined) {
    if (policy.otherwise === "accept") return { verdict: "accepted" }
    return refused("ATT_SIGNATURE_NO_RULE", `no rule of the signature policy names ${repository}`)
  }
  if (rule.signed === "not-required") return { verdict: "accepted" }
  const { found, signatures, problems } = verification
  if (found === 0) return refused("ATT_SIGNATURE_MISSING", `the image in ${repository} is not signed`)
  if (signatures.length === 0) {
    const reasons = problems.length === 0 ? "" : `: ${problems.slice(0, 3).join("; ")}`
    return refused("ATT_SIGNATURE_INVALID", `no signature of the image in ${repository} is right${reasons}`)
  }
  const accepted = signatures.filter(({ signer }) => isAccepted(rule, signer))
  if (accepted.length === 0) {
    const signers = [...new Set(signatures.map(({ signer }) => formatSigner(signer)))].slice(0, 3).join(", ")
    return refused("ATT_SIGNATURE_SIGNER", `the image in ${repository} is signed by ${signers}, whom no rule accepts`)
  }
  return judgeVersion(rule, repository, accepted)
}

function judgeVersion(
  { minimumVersion }: SignatureRule,
  repository: string,
  accepted: readonly ImageSignature[],
): Judgement {
  const [first] = accepted
  const fits = ({ version }: ImageSignature): boolean =>
    minimumVersion === undefined || (compareVersions(version ?? "", minimumVersion) ?? -1) >= 0
  const signature = accepted.find(fits)
  if (signature !== undefined) return { verdict: "accepted", signature }
  const version = first?.version === undefined ? "without version" : `of version ${first.version}`
  return refused(
    "ATT_SIGNATURE_VERSION",
    `the image in ${repository} is ${version}, and ${minimumVersion} is the oldest accepted`,
  )
}

function isAccepted({ keys = [], identities = [] }: SignatureRule, signer: Signer): boolean {
  if (signer.kind === "key") return keys.includes(signer.fingerprint)
  return identities.some(
    ({ subject, issuer }) => isMatch(subject, signer.subject, "text") && isMatch(issuer, signer.issuer, "text"),
  )
}

/** A signer, for people. */
export function formatSigner(signer: Signer): string {
  return signer.kind === "key" ? `key ${signer.fingerprint.slice(0, 16)}` : `${signer.subject} (${signer.issuer})`
}

function refused(code: RefusalCode, reason: string): Judgement {
  return { verdict: "refused", code, reason }
}
