import { AttacheError, messageOf } from "@attache/base"
import { decode } from "@attache/envoy-api"
import {
  DeltaDiscoveryRequestSchema,
  DiscoveryRequestSchema,
} from "@attache/envoy-api/gen/envoy/service/discovery/v3/discovery_pb"
import type { DeltaRequest } from "./delta.ts"
import type { SotwRequest } from "./sotw.ts"

/** Who the client says it is. */
export interface ClientNode {
  /** `node.cluster`: the proxy key. */
  readonly cluster: string
  /** `node.id`: one client of that key. */
  readonly id: string
}

/** A decoded request with the node it may carry. */
export interface Received<T> {
  readonly request: T
  /** Only the first request of a stream is sure to have it. */
  readonly node: ClientNode | undefined
}

/**
 * Reads a `DiscoveryRequest`.
 *
 * @param implied the type of a stream that carries one type only; a request may then leave its type out
 * Errors: ATT_XDS_BAD_REQUEST.
 */
export function readSotwRequest(bytes: Uint8Array, implied?: string): Received<SotwRequest> {
  const message = read(() => decode(DiscoveryRequestSchema, bytes))
  const request = {
    typeUrl: readType(message.typeUrl, implied),
    resourceNames: message.resourceNames,
    responseNonce: message.responseNonce,
    versionInfo: message.versionInfo,
    errorMessage: message.errorDetail?.message,
  }
  return { request, node: readNode(message.node) }
}

/** Reads a `DeltaDiscoveryRequest`. `implied` and errors as in {@link readSotwRequest}. */
export function readDeltaRequest(bytes: Uint8Array, implied?: string): Received<DeltaRequest> {
  const message = read(() => decode(DeltaDiscoveryRequestSchema, bytes))
  const request = {
    typeUrl: readType(message.typeUrl, implied),
    subscribe: message.resourceNamesSubscribe,
    unsubscribe: message.resourceNamesUnsubscribe,
    initialVersions: new Map(Object.entries(message.initialResourceVersions)),
    responseNonce: message.responseNonce,
    errorMessage: message.errorDetail?.message,
  }
  return { request, node: readNode(message.node) }
}

function read<T>(call: () => T): T {
  try {
    return call()
  } catch (cause) {
    throw new AttacheError("ATT_XDS_BAD_REQUEST", `the discovery request cannot be decoded: ${messageOf(cause)}`, {
      cause,
    })
  }
}

function readType(typeUrl: string, implied: string | undefined): string {
  if (typeUrl === "" && implied !== undefined) return implied
  if (typeUrl === "")
    throw new AttacheError("ATT_XDS_BAD_REQUEST", "the discovery request of an aggregated stream has no type_url")
  if (implied !== undefined && typeUrl !== implied) {
    throw new AttacheError("ATT_XDS_BAD_REQUEST", `the stream carries ${implied}, not ${typeUrl}`)
  }
  return typeUrl
}

function readNode(node: { cluster: string; id: string } | undefined): ClientNode | undefined {
  if (node === undefined || (node.cluster === "" && node.id === "")) return undefined
  return { cluster: node.cluster, id: node.id }
}
