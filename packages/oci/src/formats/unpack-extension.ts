import { isAttacheError } from "@attache/base"
import type { ArchiveLimits } from "../archive/limits.ts"
import { type UnpackedEntry, unpackLayers } from "../archive/unpack.ts"
import type { ReadTarget, TransferOptions } from "../content/target.ts"
import { layerSource } from "./layer-entries.ts"
import { mainFileOf } from "./main-file.ts"
import { openModule } from "./open-module.ts"
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

/** What makes an archive one that is not unpacked, though the module in it may be read. */
const unpackable: readonly string[] = ["ATT_ARCHIVE_LINK", "ATT_ARCHIVE_ENTRY_KIND"]

/** Whether unpacking failed for what container images hold beside a module: the links and devices of a system. */
export function holdsLinks(error: unknown): boolean {
  return isAttacheError(error) && unpackable.includes(error.code)
}

/**
 * The module of an extension alone in a folder, under the name that it has for its kind; for images that hold a system, too.
 *
 * Errors: those of {@link openModule} and of unpacking.
 */
export async function unpackModule(
  target: ReadTarget,
  extension: Extension,
  folder: string,
  options: UnpackExtensionOptions = {},
): Promise<readonly UnpackedEntry[]> {
  const { path, size, content } = await openModule(target, extension, options)
  const file = path.slice(path.lastIndexOf("/") + 1)
  const { limits, replace } = options
  return unpackLayers(folder, [{ file, size, open: async () => content }], {
    ...(limits === undefined ? {} : { limits }),
    ...(replace === undefined ? {} : { replace }),
  })
}

function renamed({ kind, name }: Extension): ((path: string) => string) | undefined {
  const now = kind === "composer" && name === "composer-lite" ? mainFileOf(kind, name) : undefined
  if (now === undefined) return undefined
  return (path) => (path === "libcomposer.so" ? now : path)
}
