import { byteString, decodeUtf8, utf8 } from "../byte-string.ts"
import type { LocalReply } from "../context.ts"
import { createHeaderMap, type HeaderMap } from "./header-map.ts"

/** A reply ready for the response filters. */
export interface PreparedReply {
  readonly headers: HeaderMap
  /** Empty: the headers end the response. */
  readonly body: Uint8Array
}

const grpcByHttp: Readonly<Record<number, number>> = {
  400: 13,
  401: 16,
  403: 7,
  404: 12,
  429: 14,
  502: 14,
  503: 14,
  504: 14,
}

/** gRPC status for an HTTP status. Source: Envoy `Grpc::Utility::httpToGrpcStatus`. */
export function grpcStatusOf(httpStatus: number): number {
  return grpcByHttp[httpStatus] ?? 2
}

/** Whether request headers are a gRPC call's. */
export function isGrpcRequest(headers: HeaderMap | undefined): boolean {
  return /^application\/grpc($|\+|;)/.test(headers?.get("content-type") ?? "")
}

/**
 * Headers and body of a local reply: for a gRPC request 200 with `grpc-status` and `grpc-message`, else the reply's own status.
 *
 * Source: Envoy `Http::Utility::prepareLocalReply`.
 */
export function prepareLocalReply(reply: LocalReply, isGrpc: boolean, isHead: boolean): PreparedReply {
  const headers = createHeaderMap([[":status", String(reply.status)], ...reply.headers])
  if (isGrpc) {
    headers.set(":status", "200")
    headers.set("content-type", "application/grpc")
    if (headers.get("grpc-status") === undefined)
      headers.set("grpc-status", String(reply.grpcStatus ?? grpcStatusOf(reply.status)))
    if (reply.body.length > 0 && !isHead) headers.set("grpc-message", percentEncode(reply.body))
    headers.remove("content-length")
    return { headers, body: new Uint8Array(0) }
  }
  if (reply.body.length > 0) {
    headers.set("content-length", String(reply.body.length))
    if (headers.get("content-type") === undefined) headers.set("content-type", "text/plain")
  } else for (const name of ["content-length", "content-type"]) headers.remove(name)
  return { headers, body: isHead ? new Uint8Array(0) : reply.body }
}

/** Percent-encoding of a gRPC message. Source: gRPC over HTTP/2, "Responses". */
function percentEncode(bytes: Uint8Array): string {
  let out = ""
  for (const b of bytes)
    out +=
      b >= 0x20 && b <= 0x7e && b !== 0x25
        ? String.fromCharCode(b)
        : `%${b.toString(16).toUpperCase().padStart(2, "0")}`
  return out
}

/** A reply of the proxy itself. */
export function ownReply(status: number, body: string | Uint8Array, details: string, grpcStatus?: number): LocalReply {
  return {
    status,
    body: typeof body === "string" ? utf8(body) : body,
    headers: [],
    grpcStatus,
    details: byteString(details),
  }
}

/** Response code details as Envoy stores them: white space becomes underscores. */
export function cleanDetails(details: Uint8Array): string {
  return decodeUtf8(details).replace(/\s/g, "_")
}
