// One patch on one encoded resource: JSON and back, checked as Envoy would check it.
import { contentVersion, messageOf } from "@attache/base"
import {
  type DescMessage,
  decode,
  encode,
  type MessageShape,
  messageSchema,
  parseJson,
  toJson,
  typeNameOf,
  violationOf,
} from "@attache/envoy-api"
import { systemCaSecret } from "../emit/names.ts"
import { type Resource, type ResourceKind, typeUrls } from "../emit/snapshot.ts"
import type { ResourcePatch } from "../plan/index.ts"
import type { Json } from "./json-value.ts"
import { patchDocument } from "./patch-document.ts"
import { type PieceMemory, routesBytes, routesDocument } from "./patch-pieces.ts"
import { withProtoNames } from "./proto-names.ts"

/** A resource after a patch, or the text for the status. */
export type PatchedResource = { readonly resource: Resource; readonly error?: undefined } | { readonly error: string }

/**
 * A resource changed by a patch. Never throws; where it gives an error the resource is to stay as it was.
 *
 * Source: Envoy Gateway 1.9, in its texts; other than there, contents of secrets never show in them, and constraints
 * inside of `Any` count.
 *
 * @param memory makes a patch of a route configuration that was patched before cost what changed in it since; the
 * outcome is the same
 */
export function patchResource(
  kind: ResourceKind,
  resource: Resource,
  patch: ResourcePatch,
  memory?: PieceMemory,
): PatchedResource {
  if (kind === "secrets" && resource.name === systemCaSecret)
    return { error: `${reserved} and cannot be modified by patches` }
  try {
    const inPieces = kind === "routes" && memory !== undefined ? patchRoutes(resource, patch, memory) : undefined
    if (inPieces !== undefined) return inPieces
    const schema = schemaOf(kind)
    let unreadable: string | undefined
    const message = decode(schema, resource.bytes)
    const json = toJson(schema, message, ({ path, message: text }) => {
      unreadable ??= `${path}: ${text}`
    })
    if (unreadable !== undefined)
      return { error: `unable to marshal xds resource ${typeUrls[kind]}, err: ${unreadable}` }
    const patched = patchDocument(withProtoNames(schema, json as Json), patch.operation)
    if (patched.error !== undefined) return patched
    return readResource(kind, patched.document, patch, resource)
  } catch (error) {
    return { error: `unable to copy xds resource ${typeUrls[kind]}, err: ${messageOf(error)}` }
  }
}

/** Undefined: not all of it is plain, or something is wrong with the result, which is then to be told of in full. */
function patchRoutes(resource: Resource, patch: ResourcePatch, memory: PieceMemory): PatchedResource | undefined {
  const document = routesDocument(resource.bytes, memory)
  if (document === undefined) return undefined
  const patched = patchDocument(document, patch.operation)
  if (patched.error !== undefined) return patched
  const bytes = routesBytes(patched.document, memory)
  const { name } = patched.document as { readonly name?: Json }
  if (bytes === undefined || (name !== undefined && typeof name !== "string")) return undefined
  return { resource: changedResource(name ?? "", bytes, patch, resource) }
}

/** A whole resource that a patch adds. Never throws. */
export function addedResource(kind: ResourceKind, patch: ResourcePatch): PatchedResource {
  try {
    return readResource(kind, patch.operation.value as Json, patch, undefined)
  } catch (error) {
    return { error: `unable to copy xds resource ${typeUrls[kind]}, err: ${messageOf(error)}` }
  }
}

const reserved = `secret name "${systemCaSecret}" is reserved for the system trust store`

function schemaOf(kind: ResourceKind): DescMessage {
  return messageSchema(typeNameOf(typeUrls[kind]))
}

function readResource(
  kind: ResourceKind,
  document: Json,
  patch: ResourcePatch,
  before: Resource | undefined,
): PatchedResource {
  const schema = schemaOf(kind)
  const typeUrl = typeUrls[kind]
  let duplicate: string | undefined
  const named = withProtoNames(schema, document, (name) => {
    duplicate ??= name
  })
  const unmarshal = (text: string): PatchedResource => ({
    error: `unable to unmarshal xds resource ${kind === "secrets" ? typeUrl : JSON.stringify(document)}, err:${text}`,
  })
  if (duplicate !== undefined) return unmarshal(`duplicate field "${duplicate}"`)
  const { message, findings } = parseJson(schema, named)
  const [finding] = findings
  if (message === undefined || finding !== undefined) {
    const place = finding?.path === undefined || finding.path === "" ? "" : `${finding.path}: `
    return unmarshal(kind === "secrets" ? `${place}not a value of this field` : `${place}${finding?.message}`)
  }
  const violation = violationOf(schema, message)
  if (violation !== undefined) {
    const { typeName, path, message: text } = violation
    const owner = typeName.slice(typeName.lastIndexOf(".") + 1)
    return { error: `validation failed for xds resource ${typeUrl}, err:invalid ${owner}.${path}: ${text}` }
  }
  const name = nameOf(kind, message)
  if (kind === "secrets" && name === systemCaSecret)
    return { error: `${reserved} and cannot be used by other resources` }
  return { resource: changedResource(name, encode(schema, message), patch, before) }
}

function changedResource(
  name: string,
  bytes: Uint8Array,
  patch: ResourcePatch,
  before: Resource | undefined,
): Resource {
  const origins = [...(before?.origins ?? []).filter(({ object }) => object !== patch.origin.object), patch.origin]
  const parts = before?.parts === undefined ? {} : { parts: before.parts }
  return { name, bytes, version: contentVersion(bytes), origins, ...parts }
}

function nameOf(kind: ResourceKind, message: MessageShape<DescMessage>): string {
  const { name, clusterName } = message as unknown as { readonly name?: string; readonly clusterName?: string }
  return (kind === "endpoints" ? clusterName : name) ?? ""
}
