import { envoyLock, listInstalledEnvoys } from "@attache/envoy"
import type { ExitCode } from "../exit.ts"
import { formatOf, type Options } from "../options.ts"
import { printData } from "../output/format.ts"

/** Lists the Envoys in the cache. */
export async function run(_args: readonly string[], options: Options): Promise<ExitCode> {
  const installed = await listInstalledEnvoys()
  await printData(formatOf(options), installed, () =>
    installed.length === 0
      ? "no Envoy is installed; attache envoy install fetches one\n"
      : `${installed.map(({ version, platform, path }) => `${version}${version === envoyLock.default ? "*" : " "} ${platform}  ${path}`).join("\n")}\n`,
  )
  return 0
}
