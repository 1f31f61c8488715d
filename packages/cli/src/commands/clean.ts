import { rmSync } from "node:fs"
import { basename, join } from "node:path"
import { stateDirectory } from "@attache/control-plane/client"
import { preferredCacheDirectory } from "@attache/envoy"
import type { ExitCode } from "../exit.ts"
import { listInstances, socketFolderOf } from "../instance/instance.ts"
import { formatOf, isOn, type Options } from "../options.ts"
import { printData } from "../output/format.ts"

/** Removes what dead instances left; with --all also modules, parts of pulls and installed Envoys. Running instances keep theirs. */
export async function run(_args: readonly string[], options: Options): Promise<ExitCode> {
  const removed: string[] = []
  const remove = (path: string): void => {
    rmSync(path, { recursive: true, force: true })
    removed.push(path)
  }
  const instances = listInstances()
  for (const { isAlive, folder } of instances) {
    if (isAlive) continue
    remove(socketFolderOf(basename(folder)))
    remove(folder)
  }
  if (isOn(options, "all")) {
    // A running Envoy may read a module at any time, and modules are shared.
    if (!instances.some(({ isAlive }) => isAlive)) remove(join(stateDirectory(), "modules"))
    remove(join(preferredCacheDirectory(), "envoy"))
    remove(join(preferredCacheDirectory(), "pulls"))
  }
  await printData(formatOf(options), { removed }, () =>
    removed.length === 0 ? "nothing to remove\n" : `${removed.map((path) => `removed ${path}`).join("\n")}\n`,
  )
  return 0
}
