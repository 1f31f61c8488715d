import { existsSync, statSync } from "node:fs"
import { join } from "node:path"
import { type ImageTree, readPublicKey } from "@attache/oci"
import { type ExitCode, exitCodes } from "../exit.ts"
import { formatOf, isOn, listOf, type Options } from "../options.ts"
import { printData } from "../output/format.ts"
import { slowly } from "../output/slowly.ts"
import { inspectFile, inspectReference } from "../packages/inspect.ts"
import { textOfFile, textOfReference } from "../packages/inspect-text.ts"
import { readSmallFile, registryAccessOf, withReference } from "../packages/registry-access.ts"

/** Shows what a reference or a module's file holds; exit 3 when something in it could not be loaded. */
export async function run([given = ""]: readonly string[], options: Options): Promise<ExitCode> {
  const format = formatOf(options)
  const found = statSync(given, { throwIfNoEntry: false })
  if (found?.isFile() === true) {
    const inspected = await inspectFile(given)
    await printData(format, inspected, () => textOfFile(inspected))
    return inspected.facts.load.isLikely ? exitCodes.done : exitCodes.findings
  }
  const keys = listOf(options, "key").map((path) => readPublicKey(readSmallFile(path, "--key", 65_536)))
  // A layout's folder is what is meant where one is there; a registry's reference rarely is a folder, too.
  const isLayout = found?.isDirectory() === true && existsSync(join(given, "oci-layout"))
  const reference = isLayout ? `oci-layout:${given}` : given
  const inspected = await withReference(reference, registryAccessOf(options), (opened, signal) =>
    slowly(`reading ${opened.text}`, () => inspectReference(opened, keys, isOn(options, "files"), signal)),
  )
  await printData(format, inspected, () => textOfReference(inspected))
  return hasProblems(inspected.tree) ? exitCodes.findings : exitCodes.done
}

function hasProblems(tree: ImageTree<unknown>): boolean {
  return tree.form === "index" ? tree.manifests.some(hasProblems) : tree.problems.length > 0
}
