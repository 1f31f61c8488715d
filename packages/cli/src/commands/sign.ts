import { readPrivateKey, signImage } from "@attache/oci"
import { type ExitCode, exitCodes } from "../exit.ts"
import { formatOf, type Options, textOf } from "../options.ts"
import { printData } from "../output/format.ts"
import { annotationsOfOptions } from "../packages/annotation-options.ts"
import { readSmallFile, registryAccessOf, withReference } from "../packages/registry-access.ts"
import { repositoryOf } from "../packages/verify.ts"

/** Signs what a reference names, as cosign would; the signatures lie beside it. */
export async function run([given = ""]: readonly string[], options: Options): Promise<ExitCode> {
  const pem = readSmallFile(textOf(options, "key") ?? "", "--key", 65_536)
  const key = await readPrivateKey(pem, process.env.COSIGN_PASSWORD ?? "")
  const annotations = annotationsOfOptions(options)
  const form = textOf(options, "form")
  const forms = form === "cosign" || form === "bundle" ? ([form] as const) : (["cosign", "bundle"] as const)
  const signed = await withReference(given, registryAccessOf(options), async (opened, signal) => {
    const subject = await opened.target.resolve(opened.within, { signal })
    const reference = repositoryOf(opened.reference)
    const written = await signImage(opened.target, subject, { key, forms, reference, annotations, signal })
    return { reference: opened.text, digest: subject.digest, signatures: written.map(({ digest }) => digest) }
  })
  await printData(formatOf(options), signed, () => `signed ${signed.reference} ${signed.digest}\n`)
  return exitCodes.done
}
