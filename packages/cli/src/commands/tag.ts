import { isTag } from "@attache/oci"
import { type ExitCode, exitCodes } from "../exit.ts"
import { formatOf, type Options, usageError } from "../options.ts"
import { printData } from "../output/format.ts"
import { registryAccessOf, withReference } from "../packages/registry-access.ts"

/** Gives what a reference names another tag in the same repository. */
export async function run([reference = "", tag = ""]: readonly string[], options: Options): Promise<ExitCode> {
  if (!isTag(tag)) throw usageError(`${tag} is no tag`, "use letters, digits, dots, dashes and underscores")
  const digest = await withReference(reference, registryAccessOf(options), async ({ target, within }, signal) => {
    const found = await target.resolve(within, { signal })
    await target.tag(found, tag, { signal })
    return found.digest
  })
  await printData(formatOf(options), { reference, tag, digest }, () => `${tag}  ${digest}\n`)
  return exitCodes.done
}
