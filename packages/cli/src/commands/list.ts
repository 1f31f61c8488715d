import { printable } from "@attache/base"
import { type ExitCode, exitCodes } from "../exit.ts"
import { formatOf, isOn, type Options } from "../options.ts"
import { printData } from "../output/format.ts"
import { registryAccessOf, withReference } from "../packages/registry-access.ts"

/** Tags under which signatures and lists of referrers are kept. Source: cosign; OCI distribution specification 1.1. */
const bookkeeping = /^sha(?:256|512)-[0-9a-f]{64,128}(?:\.[a-z]+)?$/

/** Lists the tags of a repository or layout. */
export async function run([reference = ""]: readonly string[], options: Options): Promise<ExitCode> {
  const tags = await withReference(reference, registryAccessOf(options), ({ target }, signal) =>
    target.tags({ signal }),
  )
  const shown = isOn(options, "all") ? tags : tags.filter((tag) => !bookkeeping.test(tag))
  await printData(formatOf(options), shown, () => shown.map((tag) => `${printable(tag)}\n`).join(""))
  return exitCodes.done
}
