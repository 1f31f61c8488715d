import { parsePlatform } from "@attache/oci"
import { type ExitCode, exitCodes } from "../exit.ts"
import { formatOf, type Options, textOf } from "../options.ts"
import { printData } from "../output/format.ts"
import { copyReference } from "../packages/copy.ts"
import { registryAccessOf, withReferences } from "../packages/registry-access.ts"

/** Copies an image or artifact with its signatures between registries and layouts. */
export async function run(args: readonly string[], options: Options): Promise<ExitCode> {
  const platform = textOf(options, "platform")
  const copied = await withReferences(args.slice(0, 2), registryAccessOf(options), ([from, to], signal) =>
    copyReference(from, to, {
      hasSignatures: options.signatures !== false,
      signal,
      ...(platform === undefined ? {} : { platform: parsePlatform(platform) }),
    }),
  )
  const { counts } = copied
  await printData(
    formatOf(options),
    copied,
    () =>
      `${copied.to}@${copied.digest}  ${counts.pushed} sent, ${counts.mounted} mounted, ${counts.existed} there already\n`,
  )
  return exitCodes.done
}
