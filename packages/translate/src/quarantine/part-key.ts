import { contentVersion } from "@attache/base"
import type { ResourcePatch } from "../plan/index.ts"

/** What can be withdrawn alone: a route, an HTTP filter of extensions, a patch. */
export type PartKind = "route" | "filter" | "patch"

/** Names a part of what a proxy gets together with the version of its bytes: with other bytes it is another part. */
export type PartKey = string

/** The key of a part. @param version content version of the part's bytes */
export function partKey(kind: PartKind, name: string, version: string): PartKey {
  return `${kind}\n${name}\n${version}`
}

/** The key of a patch; its content is what it does and to which resource. */
export function patchKey({ origin, index, typeUrl, name, operation }: ResourcePatch): PartKey {
  return partKey("patch", `${origin.object}#${index}`, contentVersion(JSON.stringify([typeUrl, name, operation])))
}
