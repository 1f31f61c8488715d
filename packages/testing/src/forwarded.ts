import { fieldValue } from "./message.ts"
import type { ProxySetup, ReceivedRequest } from "./proxy.ts"

/** The request that a route sent on, among those that arrived meanwhile: call-outs carry a header of Envoy's. */
export function forwarded(setup: ProxySetup, arrived: readonly ReceivedRequest[]): ReceivedRequest | undefined {
  const clusters = new Set((setup.routes ?? [{}]).map(({ cluster }) => cluster ?? "upstream"))
  return arrived.find(
    ({ cluster, headers }) => clusters.has(cluster) && fieldValue(headers, "x-envoy-internal") === undefined,
  )
}
