import { findPackageJSON } from "node:module"
import { join } from "node:path"
import { pathToFileURL } from "node:url"

/** The package.json of a package as a module in a folder would find it; undefined when it is not installed there. */
export function packageOf(name: string, folder: string): string | undefined {
  try {
    return findPackageJSON(name, pathToFileURL(join(folder, "entry.ts")))
  } catch {
    return undefined
  }
}
