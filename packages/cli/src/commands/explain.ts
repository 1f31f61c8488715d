import { AttacheError } from "@attache/base"
import type { ExitCode } from "../exit.ts"
import { knownCodes } from "../known-codes.ts"
import { formatOf, type Options } from "../options.ts"
import { printData } from "../output/format.ts"

/** Prints cause and cure of a code, or the list of all codes. */
export async function run(args: readonly string[], options: Options): Promise<ExitCode> {
  const [code] = args
  if (code === undefined) {
    const list = Object.keys(knownCodes).sort()
    await printData(formatOf(options), list, () => `${list.join("\n")}\n`)
    return 0
  }
  const known = knownCodes[code.toUpperCase()]
  if (known === undefined)
    throw new AttacheError("ATT_USAGE_CODE", `${code} is no code of ours`, { hint: "attache explain lists them all" })
  await printData(
    formatOf(options),
    { code: code.toUpperCase(), ...known },
    () => `${code.toUpperCase()}\n\ncause  ${known.cause}\ncure   ${known.cure}\n`,
  )
  return 0
}
