import type { ExitCode } from "../exit.ts"
import { findEnvoyFor } from "../find-envoy.ts"
import { formatOf, type Options } from "../options.ts"
import { printData, say } from "../output/format.ts"

/** Prints the path of the Envoy that would be used. */
export async function run([version]: readonly string[], options: Options): Promise<ExitCode> {
  const found = await findEnvoyFor(version === undefined ? options : { ...options, envoyVersion: version })
  for (const note of found.notes) say(note)
  await printData(formatOf(options), found, () => `${found.path}\n`)
  return 0
}
