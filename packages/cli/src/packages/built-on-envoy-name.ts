// Extensions as Built On Envoy's client names them: NAME[:VERSION] below one registry's namespace.
import { AttacheError } from "@attache/base"
import { compareVersions } from "@attache/oci"

/** A name of an extension, and where that is. */
export interface BuiltOnEnvoyName {
  /** Below the namespace. */
  readonly repository: string
  /** Absent: the newest. */
  readonly tag?: string
}

/**
 * Reads `NAME[/CHILD][:VERSION]`, or undefined for what is a reference of its own. Children of a set are in the set's
 * repository.
 *
 * Source: built-on-envoy b911ffa: `composer` and `composer-lite` by their names, all others behind `extension-`.
 */
export function readBuiltOnEnvoyName(text: string): BuiltOnEnvoyName | undefined {
  const [, name = "", tag] = /^([a-z0-9][a-z0-9_-]*)(?:\/[a-z0-9][a-z0-9_-]*)?(?::([\w.+-]+))?$/.exec(text) ?? []
  if (name === "" || name === "oci-layout") return undefined
  const isSet = name === "composer" || name === "composer-lite"
  return { repository: isSet ? name : `extension-${name}`, ...(tag === undefined || tag === "latest" ? {} : { tag }) }
}

/**
 * The newest of the tags that are versions; ones that end in `-dev` only if wanted. Error: ATT_OCI_NOT_FOUND.
 *
 * Source: built-on-envoy b911ffa, which never asks for `latest` and takes any pre-release but `-dev` for a release.
 */
export function newestVersion(tags: readonly string[], allowDev: boolean, name: string): string {
  const versions = tags.filter((tag) => /^\d+\.\d+\.\d+/.test(tag) && (allowDev || !tag.endsWith("-dev")))
  const [newest] = versions.toSorted((a, b) => compareVersions(b, a) ?? 0)
  if (newest !== undefined) return newest
  throw new AttacheError("ATT_OCI_NOT_FOUND", `${name} has no version among its ${tags.length} tags`, {
    hint: "name a tag",
    facts: { name },
  })
}
