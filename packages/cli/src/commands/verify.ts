import { isAttacheError } from "@attache/base"
import { type Descriptor, formatSigner, parsePlatform, type ReadTarget, readExtension } from "@attache/oci"
import type { ExitCode } from "../exit.ts"
import { formatOf, type Options, textOf, usageError } from "../options.ts"
import { slowly } from "../output/slowly.ts"
import { registryAccessOf, withReference } from "../packages/registry-access.ts"
import { reportFindings } from "../packages/report-findings.ts"
import { demandOf, repositoryOf, verifyReference } from "../packages/verify.ts"

/** Checks who signed an image or artifact; exit 3 when the policy or key refuses it. */
export async function run([given = ""]: readonly string[], options: Options): Promise<ExitCode> {
  const demand = await demandOf(options)
  const format = formatOf(options)
  if (demand === undefined) throw usageError("no signer is named", "give --key, --trust-root or --policy")
  if (!("policy" in demand)) return reportFindings(format, demand, undefined, () => undefined)
  const result = await withReference(given, registryAccessOf(options), async (opened, signal) => {
    const { target, within, reference, text } = opened
    const root = await target.resolve(within, { signal })
    const subjects = [root, ...(await manifestBelow(target, root, options, signal))]
    const repository = textOf(options, "repository") ?? repositoryOf(reference)
    const verdict = await slowly(`verifying ${text}`, () =>
      verifyReference(target, repository, subjects, demand, signal),
    )
    return { reference: text, digest: root.digest, ...verdict }
  })
  const { findings, verification, signature, reference, digest } = result
  const data = {
    reference,
    digest,
    found: verification.found,
    signatures: verification.signatures,
    problems: verification.problems,
    ...(signature === undefined ? {} : { acceptedBy: signature.signer }),
  }
  const by = signature === undefined ? "no signature required" : `signed by ${formatSigner(signature.signer)}`
  return reportFindings(format, findings, data, () =>
    findings.length > 0 ? undefined : `${reference}@${digest}  ${by}`,
  )
}

/** The manifest that an index gives for a platform: who signed that signed what is run. None for what is no extension. */
async function manifestBelow(
  target: ReadTarget,
  root: Descriptor,
  options: Options,
  signal: AbortSignal,
): Promise<readonly Descriptor[]> {
  const platform = textOf(options, "platform")
  if (platform === undefined) return []
  try {
    const extension = await readExtension(target, root, { platform: parsePlatform(platform), signal })
    return [extension.manifest]
  } catch (error) {
    if (isAttacheError(error) && error.code === "ATT_OCI_FORMAT") return []
    throw error
  }
}
