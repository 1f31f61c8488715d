// Manifests of a repository: resolved, fetched, put, removed.
import { AttacheError } from "@attache/base"
import type { Descriptor } from "../content/descriptor.ts"
import { digestOf, isDigest } from "../content/digest.ts"
import { indexTypes, manifestTypes } from "../content/media-types.ts"
import { maxManifestBytes } from "../content/read-manifest.ts"
import type { FetchedManifest, TransferOptions } from "../content/target.ts"
import { inlineData, verifyBytes, wrongDigest } from "../content/verified.ts"
import type { HttpResponse } from "../http/exchange.ts"
import { type Place, pathOf, placeName, requestAt, scopeOf } from "./place.ts"

const accept = { accept: [...manifestTypes, ...indexTypes].join(", ") }

/** The descriptor of a tag or digest, mostly without its bytes. */
export async function resolveManifest(
  place: Place,
  reference: string,
  options: TransferOptions,
): Promise<FetchedManifest | Descriptor> {
  const what = `resolving ${referenceName(place, reference)}`
  const request = { what, path: pathOf(place, `manifests/${reference}`), headers: accept, accepted: [200] }
  const head = await place.session.ask(requestAt(place, { ...request, method: "HEAD" }, options))
  await head.discard()
  const digest = String(head.headers["docker-content-digest"] ?? "")
  const mediaType = mediaTypeOf(head)
  const size = Number(head.headers["content-length"] ?? Number.NaN)
  const isComplete = isDigest(digest) && mediaType !== undefined && Number.isSafeInteger(size) && size > 0
  // Some registries tell less without a body.
  if (!isComplete) return getManifest(place, reference, undefined, options)
  if (isDigest(reference) && reference !== digest)
    throw wrongDigest({ digest: reference, size, mediaType }, placeName(place))
  return { mediaType, digest, size }
}

/** A manifest's bytes, verified. @param wanted its descriptor, a tag or a digest */
export async function fetchManifest(
  place: Place,
  wanted: Descriptor | string,
  options: TransferOptions,
): Promise<FetchedManifest> {
  if (typeof wanted === "string") return getManifest(place, wanted, undefined, options)
  const inline = inlineData(wanted)
  if (inline !== undefined) return { descriptor: wanted, bytes: inline }
  if (wanted.size > maxManifestBytes) throw tooLarge(place, wanted.digest)
  return getManifest(place, wanted.digest, wanted, options)
}

async function getManifest(
  place: Place,
  reference: string,
  descriptor: Descriptor | undefined,
  options: TransferOptions,
): Promise<FetchedManifest> {
  const name = placeName(place)
  const what = `pull of ${referenceName(place, reference)}`
  const request = { what, path: pathOf(place, `manifests/${reference}`), headers: accept, accepted: [200] }
  const response = await place.session
    .read(requestAt(place, request, options), maxManifestBytes)
    .catch((error) => Promise.reject(isAnswerTooLarge(error) ? tooLarge(place, reference) : error))
  const { bytes } = response
  if (descriptor !== undefined) {
    verifyBytes(bytes, descriptor, name)
    return { descriptor, bytes }
  }
  const mediaType = mediaTypeOf(response) ?? innerMediaType(bytes)
  const promised = String(response.headers["docker-content-digest"] ?? "")
  const digest = isDigest(reference) ? reference : isDigest(promised) ? promised : digestOf(bytes)
  const resolved = { mediaType, digest, size: bytes.length }
  verifyBytes(bytes, resolved, name)
  return { descriptor: resolved, bytes }
}

/** A login on the way may be too large as well. */
function isAnswerTooLarge(error: unknown): boolean {
  return (
    error instanceof AttacheError && error.code === "ATT_HTTP_TOO_LARGE" && error.facts.limitBytes === maxManifestBytes
  )
}

function tooLarge(place: Place, reference: string): AttacheError {
  const text = `manifest ${referenceName(place, reference)} has more than ${maxManifestBytes} bytes`
  return new AttacheError("ATT_OCI_LIMIT", text, { facts: { limitBytes: maxManifestBytes } })
}

function mediaTypeOf({ headers }: Pick<HttpResponse, "headers">): string | undefined {
  const [type = ""] = (headers["content-type"] ?? "").split(";")
  return type.trim() === "" || type.includes("octet-stream") || type.startsWith("text/") ? undefined : type.trim()
}

/** The type that a manifest gives itself, for registries that do not say. */
function innerMediaType(bytes: Uint8Array): string {
  try {
    const { mediaType } = JSON.parse(new TextDecoder().decode(bytes))
    if (typeof mediaType === "string") return mediaType
  } catch {
    // Whoever parses it says what is wrong with it.
  }
  return manifestTypes[0] ?? ""
}

/** Puts a manifest under its digest or a tag; gives the answer's headers. Errors: ATT_OCI_DIGEST and those of asking. */
export async function putManifest(
  place: Place,
  reference: string,
  { descriptor, bytes }: FetchedManifest,
  options: TransferOptions,
): Promise<HttpResponse["headers"]> {
  const request = {
    what: `push of ${referenceName(place, reference)}`,
    method: "PUT",
    path: pathOf(place, `manifests/${reference}`),
    headers: { "content-type": descriptor.mediaType, "content-length": String(bytes.length) },
    body: bytes,
    scopes: [scopeOf(place.repository, "pull,push")],
    accepted: [200, 201, 202],
  }
  const { headers, discard } = await place.session.ask(requestAt(place, request, options))
  await discard()
  const stored = String(headers["docker-content-digest"] ?? "")
  if (
    isDigest(stored) &&
    stored.startsWith("sha256:") === descriptor.digest.startsWith("sha256:") &&
    stored !== descriptor.digest
  ) {
    throw wrongDigest(descriptor, placeName(place))
  }
  return headers
}

/** Whether a manifest or blob is there. @param kind `manifests` or `blobs` */
export async function existsAt(
  place: Place,
  kind: "manifests" | "blobs",
  { digest }: Descriptor,
  options: TransferOptions & { readonly isForPush?: boolean },
): Promise<boolean> {
  const request = {
    what: `look for ${referenceName(place, digest)}`,
    method: "HEAD",
    path: pathOf(place, `${kind}/${digest}`),
    ...(kind === "manifests" ? { headers: accept } : {}),
    ...(options.isForPush === true ? { scopes: [scopeOf(place.repository, "pull,push")] } : {}),
    accepted: [200, 404],
  }
  const response = await place.session.ask(requestAt(place, request, options))
  await response.discard()
  return response.status === 200
}

/** Removes a manifest, a tag or a blob. */
export async function removeAt(
  place: Place,
  kind: "manifests" | "blobs",
  reference: string,
  options: TransferOptions,
): Promise<void> {
  const request = {
    what: `removal of ${referenceName(place, reference)}`,
    method: "DELETE",
    path: pathOf(place, `${kind}/${reference}`),
    scopes: [scopeOf(place.repository, "delete")],
    accepted: [200, 202, 204],
  }
  const response = await place.session.ask(requestAt(place, request, options))
  await response.discard()
}

/** `registry/repository:tag` or `registry/repository@digest`. */
export function referenceName(place: Place, reference: string): string {
  return `${placeName(place)}${isDigest(reference) ? "@" : ":"}${reference}`
}
