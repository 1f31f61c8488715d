/** Status codes of gRPC that are used here. */
export const grpcStatus = {
  ok: 0,
  invalidArgument: 3,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
} as const

/** One of {@link grpcStatus}. */
export type GrpcStatus = (typeof grpcStatus)[keyof typeof grpcStatus]

/** Trailers that end a call. Source: gRPC over HTTP/2, `Status-Message` is percent-encoded. */
export function statusTrailers(status: GrpcStatus, details: string): Readonly<Record<string, string>> {
  const text = Buffer.from(details, "utf8")
  const encoded = [...text].map((byte) =>
    byte >= 0x20 && byte <= 0x7e && byte !== 0x25
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`,
  )
  return { "grpc-status": String(status), ...(details === "" ? {} : { "grpc-message": encoded.join("") }) }
}
