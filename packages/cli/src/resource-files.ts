import { AttacheError } from "@attache/base"
import { resourceFiles } from "@attache/control-plane"

/** The resource files at paths, of which there must be one. Error: ATT_FILE_NONE. */
export function filesAt(paths: readonly string[]): readonly string[] {
  const files = resourceFiles(paths)
  if (files.length > 0) return files
  throw new AttacheError("ATT_FILE_NONE", `no resource files at ${paths.join(", ")}`, {
    hint: "name a YAML or JSON file, or a folder that holds some",
  })
}
