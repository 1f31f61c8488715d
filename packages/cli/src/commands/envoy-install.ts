import { installEnvoy } from "@attache/envoy"
import type { ExitCode } from "../exit.ts"
import { formatOf, type Options } from "../options.ts"
import { printData, say } from "../output/format.ts"
import { installProgress } from "../output/install-progress.ts"

/** Fetches and verifies an Envoy, unless it is there. */
export async function run([version]: readonly string[], options: Options): Promise<ExitCode> {
  const progress = installProgress()
  const installed = await installEnvoy({ ...(version === undefined ? {} : { version }), onProgress: progress.show })
  progress.end()
  for (const note of installed.notes) say(note)
  await printData(formatOf(options), { path: installed.path, ...installed.facts }, () => `${installed.path}\n`)
  return 0
}
