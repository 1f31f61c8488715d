import { contentVersion } from "@attache/base"
import { decode, encode } from "@attache/envoy-api"
import {
  DeltaDiscoveryRequestSchema,
  DeltaDiscoveryResponseSchema,
  DiscoveryRequestSchema,
  DiscoveryResponseSchema,
} from "@attache/envoy-api/gen/envoy/service/discovery/v3/discovery_pb"
import type { ClientNode } from "../requests.ts"
import type { Variant } from "../type-state.ts"
import type { ClientRequest, ClientResponse } from "./client-machine.ts"

/** A request as bytes. `node` goes into the first request of a stream. */
export function encodeRequest(variant: Variant, request: ClientRequest, node: ClientNode | undefined): Uint8Array {
  const identity = node === undefined ? {} : { node: { id: node.id, cluster: node.cluster } }
  if (variant === "sotw") {
    const { typeUrl, resourceNames, responseNonce, versionInfo, errorMessage } = request.sotw
    const base = { ...identity, typeUrl, resourceNames: [...resourceNames], responseNonce, versionInfo }
    return encode(DiscoveryRequestSchema, { ...base, ...errorDetail(errorMessage) })
  }
  const { typeUrl, subscribe, unsubscribe, initialVersions, responseNonce, errorMessage } = request.delta
  return encode(DeltaDiscoveryRequestSchema, {
    ...identity,
    typeUrl,
    resourceNamesSubscribe: [...subscribe],
    resourceNamesUnsubscribe: [...unsubscribe],
    initialResourceVersions: Object.fromEntries(initialVersions),
    responseNonce,
    ...errorDetail(errorMessage),
  })
}

function errorDetail(message: string | undefined) {
  return message === undefined ? {} : { errorDetail: { code: 13, message } }
}

/** A response from bytes. State-of-the-world resources get their content hash as version. */
export function decodeResponse(variant: Variant, bytes: Uint8Array): ClientResponse {
  if (variant === "sotw") {
    const message = decode(DiscoveryResponseSchema, bytes)
    const resources = message.resources.map(({ value }) => ({
      name: nameOf(value),
      version: contentVersion(value),
      bytes: value,
    }))
    return { typeUrl: message.typeUrl, nonce: message.nonce, version: message.versionInfo, resources, removed: [] }
  }
  const message = decode(DeltaDiscoveryResponseSchema, bytes)
  const resources = message.resources.map((r) => ({
    name: r.name,
    version: r.version,
    bytes: r.resource?.value ?? new Uint8Array(),
  }))
  const { typeUrl, nonce, systemVersionInfo: version, removedResources: removed } = message
  return { typeUrl, nonce, version, resources, removed }
}

/** Name of an encoded resource. In every resource type it is the first field, a string. */
function nameOf(bytes: Uint8Array): string {
  if (bytes[0] !== 0x0a) return ""
  let length = 0
  let at = 1
  for (let scale = 1; at < bytes.length; scale *= 128) {
    const byte = bytes[at++] ?? 0
    length += (byte & 0x7f) * scale
    if (byte < 0x80) break
  }
  return Buffer.from(bytes.subarray(at, at + length)).toString()
}
