import { textOf } from "../byte-string.ts"
import type { HeaderMap } from "./header-map.ts"

/** A route of the proxy. */
export interface Route {
  readonly name: string
  readonly cluster: string
  /** Request header that names the cluster instead. */
  readonly clusterHeader: string | undefined
  readonly prefix: string
  readonly isPluginDisabled: boolean
  readonly directResponse: { readonly status: number; readonly body?: string } | undefined
  /** `metadata.filter_metadata` of the route. */
  readonly metadata: Readonly<Record<string, unknown>>
}

/** Facts of one stream that properties and the access log show. */
export interface StreamInfo {
  readonly connectionId: number
  readonly startMs: number
  /** `address:port` of the client. */
  readonly source: string
  readonly destination: string
  route: Route | undefined
  responseCode: number | undefined
  details: string | undefined
  readonly flags: Set<string>
  requestBytes: number
  responseBytes: number
  attempts: number
  endMs: number | undefined
  upstreamAddress: string | undefined
  /** Name of the cluster the request goes to; absent where none is. */
  cluster: string | undefined
  /** Whether the route's cluster exists. */
  hasCluster: boolean
  /** Whether there is a connection to the upstream. */
  isConnected: boolean
  /** Why no connection came to be; empty when there is no reason. */
  transportFailure: string
  requestHeaders: HeaderMap | undefined
  responseHeaders: HeaderMap | undefined
  responseTrailers: HeaderMap | undefined
  /** Filter state by key, as `proxy_set_property` leaves it. */
  readonly filterState: Map<string, Uint8Array>
}

/** Bits of the response flags a host can meet. Source: Envoy `StreamInfo::CoreResponseFlag`. */
const flagBits: Readonly<Record<string, number>> = {
  UF: 5,
  UC: 6,
  NR: 8,
  DC: 14,
  DPE: 18,
  UPE: 23,
  NC: 24,
}

/** The number `response.flags` shows. */
export function responseFlags(info: StreamInfo): number {
  return [...info.flags].reduce((mask, flag) => mask + 2 ** (flagBits[flag] ?? 0), 0)
}

/** A line of the access log, format `%RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS%`. */
export function printAccessLog(info: StreamInfo): string {
  const flags = info.flags.size === 0 ? "-" : [...info.flags].join(",")
  return `${info.responseCode ?? 0} ${flags} ${textOf(info.details ?? "-")}`
}
