// References as Docker users write them, and layouts on disk.
import { isIP, isIPv6 } from "node:net"
import { AttacheError, type Diagnostic } from "@attache/base"
import { isDigest } from "../content/digest.ts"

/** An artifact in a registry. */
export interface RegistryReference {
  readonly kind: "registry"
  /** Host, and port where one is given: `docker.io`, `localhost:5000`, `[::1]:5000`. */
  readonly registry: string
  /** Such as `library/alpine`. */
  readonly repository: string
  readonly tag?: string
  /** Decides when there is a tag too. */
  readonly digest?: string
}

/** An artifact in an OCI image layout on disk. */
export interface LayoutReference {
  readonly kind: "layout"
  readonly directory: string
  readonly tag?: string
  readonly digest?: string
}

/** Where an artifact is. */
export type Reference = RegistryReference | LayoutReference

/** What a reference without a registry means. */
export const defaultRegistry = "docker.io"

/** Longest name of a registry and repository together. Source: github.com/distribution/reference. */
const maxNameLength = 255

const tagPattern = /^\w[\w.-]{0,127}$/
const repositoryPattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/
const labelPattern = /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/

/** Whether a text can be a tag. */
export function isTag(text: string): boolean {
  return tagPattern.test(text)
}

/** Whether a text can be the name of a repository, without its registry. */
export function isRepository(text: string): boolean {
  return text.length <= maxNameLength && repositoryPattern.test(text)
}

/** What came of reading a reference: it, or why it is none. */
export type ReadReference =
  | { readonly reference: Reference; readonly diagnostic?: undefined }
  | { readonly reference?: undefined; readonly diagnostic: Diagnostic }

/**
 * A reference from a text: `[registry/]repository[:tag][@digest]`, or `oci-layout:directory[:tag|@digest]`.
 *
 * Names without a registry are on Docker Hub, single ones in `library/`. The prefixes `oci://` and `docker://`, by which
 * other tools mark references, are accepted. What stands after the last colon of a layout is its tag if it can be one.
 * Code: ATT_OCI_REFERENCE. Source: github.com/distribution/reference 0.6 for the grammar and defaults.
 */
export function readReference(text: string): ReadReference {
  const [, layout] = /^oci-layout:(.*)$/s.exec(text) ?? []
  if (layout !== undefined) return readLayout(layout, text)
  const plain = text.replace(/^(?:oci|docker):\/\//, "")
  if (/^[a-z]+:\/\//.test(plain)) return wrong(text, "is a URL", "leave out the scheme")
  const [, name = "", digest] = /^([^@]*)(?:@(.*))?$/s.exec(plain) ?? []
  if (digest !== undefined && !isDigest(digest)) return wrong(text, `${digest} is no sha256 or sha512 digest`)
  const colon = name.lastIndexOf(":")
  const hasTag = colon > name.lastIndexOf("/") && colon > name.lastIndexOf("]")
  const tag = hasTag ? name.slice(colon + 1) : undefined
  if (tag !== undefined && !isTag(tag)) return wrong(text, `${tag} is no tag`)
  const located = locate(hasTag ? name.slice(0, colon) : name)
  if (typeof located === "string") return wrong(text, located, hintFor(name))
  return {
    reference: {
      kind: "registry",
      ...located,
      ...(tag === undefined ? {} : { tag }),
      ...(digest === undefined ? {} : { digest }),
    },
  }
}

/** As {@link readReference}; throws ATT_OCI_REFERENCE. */
export function parseReference(text: string): Reference {
  const { reference, diagnostic } = readReference(text)
  if (reference !== undefined) return reference
  const hint = diagnostic.hint === undefined ? {} : { hint: diagnostic.hint }
  throw new AttacheError("ATT_OCI_REFERENCE", diagnostic.message, { ...hint, facts: { reference: text } })
}

/** The one text for a reference that says everything, from which it can be read again. */
export function formatReference(reference: Reference): string {
  const { tag, digest } = reference
  const end = `${tag === undefined ? "" : `:${tag}`}${digest === undefined ? "" : `@${digest}`}`
  if (reference.kind === "layout") return `oci-layout:${reference.directory}${end}`
  return `${reference.registry}/${reference.repository}${end}`
}

/** What the reference names in its repository: the digest, else the tag, else `latest` for registries; undefined for a whole layout. */
export function referenceWithin(reference: Reference): string | undefined {
  return reference.digest ?? reference.tag ?? (reference.kind === "registry" ? "latest" : undefined)
}

function readLayout(rest: string, text: string): ReadReference {
  if (rest.includes("\0")) return wrong(text, "has a zero byte")
  const [, beforeDigest, digest] = /^(.*)@((?:sha256|sha512):.*|[a-z0-9]+:[0-9a-f]+)$/s.exec(rest) ?? []
  if (digest !== undefined && !isDigest(digest)) return wrong(text, `${digest} is no sha256 or sha512 digest`)
  const place = beforeDigest ?? rest
  const colon = place.lastIndexOf(":")
  const hasTag = colon > 0 && isTag(place.slice(colon + 1))
  const directory = hasTag ? place.slice(0, colon) : place
  if (directory === "") return wrong(text, "names no directory")
  return {
    reference: {
      kind: "layout",
      directory,
      ...(hasTag ? { tag: place.slice(colon + 1) } : {}),
      ...(digest === undefined ? {} : { digest }),
    },
  }
}

/** Registry and repository of a name without tag and digest, or what is wrong with it. */
function locate(name: string): { readonly registry: string; readonly repository: string } | string {
  const slash = name.indexOf("/")
  const first = slash === -1 ? "" : name.slice(0, slash)
  const isHost = /[.:[]/.test(first) || first === "localhost" || first !== first.toLowerCase()
  const host = isHost ? first : defaultRegistry
  const path = isHost ? name.slice(slash + 1) : name
  if (path === "") return "has no repository"
  const registry = host.toLowerCase() === "index.docker.io" ? defaultRegistry : host
  const repository = registry === defaultRegistry && !path.includes("/") ? `library/${path}` : path
  if (!isRegistry(registry)) return `${registry} is no host`
  if (!repositoryPattern.test(repository)) return `${path} is no repository`
  if (registry.length + 1 + repository.length > maxNameLength) return `is longer than ${maxNameLength} characters`
  // A bare digest in hexadecimal means an image of a container engine, and there is none here.
  if (!isHost && /^[0-9a-f]{64}$/.test(path)) return "is an image's identifier, which no registry knows"
  return { registry, repository }
}

function isRegistry(text: string): boolean {
  const [, host = "", port] = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(text) ?? []
  if (port !== undefined && (Number(port) === 0 || Number(port) > 65_535)) return false
  if (host.startsWith("[")) return isIPv6(host.slice(1, -1)) && !host.includes("%")
  return isIP(host) === 4 || host.split(".").every((label) => labelPattern.test(label))
}

function hintFor(name: string): string | undefined {
  return name !== name.toLowerCase() ? "repositories are written in lower case" : undefined
}

function wrong(text: string, message: string, hint?: string): ReadReference {
  return {
    diagnostic: {
      code: "ATT_OCI_REFERENCE",
      severity: "error",
      message: `reference ${JSON.stringify(text)}: ${message}`,
      ...(hint === undefined ? {} : { hint }),
    },
  }
}
