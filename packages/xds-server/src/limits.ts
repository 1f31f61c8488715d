import { AttacheError } from "@attache/base"
import type { StreamState } from "./stream-state.ts"

/** Bounds on what clients may make the server hold. */
export interface XdsLimits {
  /** Streams open at once, over all addresses. Default 10,000. Beyond: ATT_XDS_TOO_MANY_STREAMS. */
  readonly streams: number
  /** Resource types on one aggregated stream. Default 32. Beyond: ATT_XDS_TOO_MANY_TYPES. */
  readonly types: number
  /** Names one stream subscribes to per type. Default 100,000. Beyond: ATT_XDS_TOO_MANY_NAMES. */
  readonly names: number
  /** Bytes of one request. Default 32 MiB, as in Envoy Gateway 1.9. */
  readonly requestBytes: number
}

/** The defaults of {@link XdsLimits}. */
export const defaultLimits: XdsLimits = { streams: 10_000, types: 32, names: 100_000, requestBytes: 32 * 1024 * 1024 }

/**
 * Refuses a request that would make a stream hold too much, before it is taken.
 *
 * @param names how many names the request asks for in addition
 */
export function checkLimits(stream: StreamState, limits: XdsLimits, typeUrl: string, names: number): void {
  const state = stream.types.get(typeUrl)
  if (state === undefined && stream.types.size >= limits.types) {
    throw new AttacheError("ATT_XDS_TOO_MANY_TYPES", `the stream asks for more than ${limits.types} resource types`, {
      facts: { typeUrl, limit: limits.types },
    })
  }
  const held = stream.variant === "delta" ? (state?.subscription.names.size ?? 0) : 0
  if (held + names > limits.names) {
    throw new AttacheError(
      "ATT_XDS_TOO_MANY_NAMES",
      `the stream subscribes to more than ${limits.names} names of ${typeUrl}`,
      {
        facts: { typeUrl, limit: limits.names },
      },
    )
  }
}
