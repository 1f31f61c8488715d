import type { ArchiveLimits } from "../archive/limits.ts"
import { type UnpackedEntry, unpackLayers } from "../archive/unpack.ts"
import type { ReadTarget, TransferOptions } from "../content/target.ts"
import { layerSource } from "./layer-entries.ts"
import { mainFileOf } from "./main-file.ts"
import type { Extension } from "./read-extension.ts"

/** How an extension is unpacked. */
export interface UnpackExtensionOptions extends TransferOptions {
  /** For all layers together. */
  readonly limits?: Partial<ArchiveLimits>
  /** Whether a folder that is there is replaced as a whole. Default false. */
  readonly replace?: boolean
}

/**
 * All files of an extension in a folder, which appears whole or not at all.
 *
 * `composer-lite` of before 0.9 has its library under the name that `composer` has; it gets the one it has now.
 * Errors: ATT_ARCHIVE_*, and those of the target.
 */
export async function unpackExtension(
  target: ReadTarget,
  extension: Extension,
  folder: string,
  options: UnpackExtensionOptions = {},
): Promise<readonly UnpackedEntry[]> {
  const layers = extension.layers.map((layer) => layerSource(target, layer, options))
  const { limits, replace } = options
  const rename = renamed(extension)
  return unpackLayers(folder, layers, {
    absolute: "root",
    ...(limits === undefined ? {} : { limits }),
    ...(replace === undefined ? {} : { replace }),
    ...(rename === undefined ? {} : { rename }),
  })
}

function renamed({ kind, name }: Extension): ((path: string) => string) | undefined {
  const now = kind === "composer" && name === "composer-lite" ? mainFileOf(kind, name) : undefined
  if (now === undefined) return undefined
  return (path) => (path === "libcomposer.so" ? now : path)
}
