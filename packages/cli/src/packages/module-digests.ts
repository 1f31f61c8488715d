import { createHash } from "node:crypto"
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

/** The file of an extension that the proxy loads, or undefined for sources. Errors: those of reading it. */
export async function moduleOf(
  target: ReadTarget,
  extension: Extension,
  signal: AbortSignal,
): Promise<{ readonly path: string; readonly size: number; readonly sha256: string } | undefined> {
  if (extension.kind === "lua" || extension.artifact === "source") return undefined
  const { path, size, content } = await openModule(target, extension, { signal })
  const hash = createHash("sha256")
  for await (const piece of content) hash.update(piece)
  return { path, size, sha256: hash.digest("hex") }
}
