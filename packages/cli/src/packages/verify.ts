import type { Diagnostic } from "@attache/base"
import {
  type Descriptor,
  type ImageSignature,
  type ImageVerification,
  judgeSignature,
  type ReadTarget,
  type Reference,
  readPublicKey,
  readTrustRoot,
  verifyImage,
} from "@attache/oci"
import type { SignatureDemand } from "../configuration/signature-policy.ts"
import { listOf, type Options, textOf, usageError } from "../options.ts"
import { readSmallFile } from "./registry-access.ts"

/** What a demand makes of an image: findings refuse it. */
export interface Verdict {
  readonly verification: ImageVerification
  /** The one that counts. */
  readonly signature?: ImageSignature
  readonly findings: readonly Diagnostic[]
}

const maxFileBytes = 1024 * 1024

/**
 * The demand of `--policy`, or of `--key` and `--trust-root` with `--identity` and `--issuer` for any repository.
 *
 * @returns undefined where none of them is given; findings where the policy is wrong
 * Errors: ATT_USAGE_OPTION, ATT_SIGNATURE_KEY, ATT_SIGNATURE_TRUST_ROOT.
 */
export async function demandOf(options: Options): Promise<SignatureDemand | readonly Diagnostic[] | undefined> {
  const [file, keyFiles, rootFile] = [textOf(options, "policy"), listOf(options, "key"), textOf(options, "trustRoot")]
  const [subject, issuer] = [textOf(options, "identity"), textOf(options, "issuer")]
  const minimumVersion = textOf(options, "minimumVersion")
  const isNamed = subject !== undefined || issuer !== undefined
  if (file !== undefined) {
    if (keyFiles.length > 0 || rootFile !== undefined || isNamed || minimumVersion !== undefined)
      throw usageError("--policy says who must have signed", "leave the other options about signatures out")
    // It brings a reader of YAML and all that stands in resources along.
    const { loadSignaturePolicy } = await import("../configuration/signature-policy.ts")
    const { signatures, diagnostics } = loadSignaturePolicy(file)
    return signatures ?? diagnostics
  }
  // A demand that nobody holds anything against would be taken for one that was met.
  if (rootFile === undefined && isNamed)
    throw usageError("--identity and --issuer are of a certificate", "give the trust root that vouches, --trust-root")
  if (keyFiles.length === 0 && rootFile === undefined) {
    if (minimumVersion === undefined) return undefined
    throw usageError("--minimum-version is of signed versions", "say who must have signed with --key or --trust-root")
  }
  const keys = keyFiles.map((path) => readPublicKey(readSmallFile(path, "--key", maxFileBytes)))
  const root =
    rootFile === undefined
      ? undefined
      : readTrustRoot(Buffer.from(readSmallFile(rootFile, "--trust-root", maxFileBytes)))
  // Whom an authority certifies is anybody: without a name a keyless signature says nothing.
  if (root !== undefined && (subject === undefined || issuer === undefined))
    throw usageError("--trust-root is no signer", "say who must have signed with --identity and --issuer")
  const rule = {
    repository: "**",
    signed: "required" as const,
    keys: keys.map(({ fingerprint }) => fingerprint),
    identities: root === undefined || subject === undefined || issuer === undefined ? [] : [{ subject, issuer }],
    ...(minimumVersion === undefined ? {} : { minimumVersion }),
  }
  return { policy: { rules: [rule], otherwise: "refuse" }, trust: { keys, ...(root === undefined ? {} : { root }) } }
}

/** What policies call the place of a reference: `registry/path`, or `oci-layout:directory`. */
export function repositoryOf(reference: Reference): string {
  return reference.kind === "layout"
    ? `oci-layout:${reference.directory}`
    : `${reference.registry}/${reference.repository}`
}

/** Holds an image's signatures against a demand. Codes: ATT_SIGNATURE_*. Errors: those of the target. */
export async function verifyReference(
  target: ReadTarget,
  repository: string,
  subjects: readonly Descriptor[],
  { policy, trust }: SignatureDemand,
  signal: AbortSignal,
): Promise<Verdict> {
  const verification = await verifyImage(target, subjects, trust, { signal })
  const judgement = judgeSignature(policy, repository, verification)
  if (judgement.verdict === "refused") {
    const { code, reason } = judgement
    return { verification, findings: [{ code, severity: "error", message: reason }] }
  }
  return {
    verification,
    findings: [],
    ...(judgement.signature === undefined ? {} : { signature: judgement.signature }),
  }
}
