import { createHash } from "node:crypto"
import { type Diagnostic, isAttacheError } from "@attache/base"
import {
  type Extension,
  formatPlatform,
  type ImageTree,
  openModule,
  type Platform,
  type ReadTarget,
} from "@attache/oci"

/** The name of a platform in a lock file: modules that run everywhere are for `any`. */
export function platformKey(kind: Extension["kind"], platform: Platform | undefined): string {
  const isAny = kind === "wasm" || kind === "lua" || platform === undefined
  return isAny ? "any" : formatPlatform(platform)
}

/** sha256 digests of the modules in a tree, by platform. */
export function modulesOf(tree: ImageTree<unknown>): Readonly<Record<string, string>> {
  if (tree.form === "index") return Object.assign({}, ...tree.manifests.map(modulesOf))
  const { extension, module } = tree
  if (extension === undefined || module === undefined) return {}
  return { [platformKey(extension.kind, extension.platform)]: `sha256:${module.sha256}` }
}

/** The file of an extension that the proxy loads. */
export interface LoadedFile {
  readonly path: string
  /** In bytes. */
  readonly size: number
  readonly sha256: string
}

/**
 * The file of an extension that the proxy loads: none for sources, and a warning where it is missing or no module.
 *
 * Files can be fetched all the same, to look at what is wrong with them. Errors: those of reading it.
 */
export async function moduleOf(
  target: ReadTarget,
  extension: Extension,
  signal: AbortSignal,
): Promise<{ readonly module?: LoadedFile; readonly warnings: readonly Diagnostic[] }> {
  if (extension.kind === "lua" || extension.artifact === "source") return { warnings: [] }
  try {
    const { path, size, content } = await openModule(target, extension, { signal })
    const hash = createHash("sha256")
    for await (const piece of content) hash.update(piece)
    return { module: { path, size, sha256: hash.digest("hex") }, warnings: [] }
  } catch (error) {
    if (!isAttacheError(error) || (error.code !== "ATT_OCI_NOT_WASM" && error.code !== "ATT_OCI_NO_MODULE")) throw error
    const { code, message, hint } = error
    return { warnings: [{ code, severity: "warning", message, ...(hint === undefined ? {} : { hint }) }] }
  }
}
