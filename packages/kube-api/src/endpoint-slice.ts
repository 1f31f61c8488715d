import type { KubeObject } from "./kube-object.ts"
import { isRecord } from "./record.ts"
import type { Finding } from "./validate-object.ts"

/** Warnings about loopback addresses: an API server refuses them in an EndpointSlice, while files can have them. */
export function endpointFindings(object: KubeObject): readonly Finding[] {
  const { endpoints } = object as unknown as { readonly endpoints?: unknown }
  if (!Array.isArray(endpoints)) return []
  return endpoints.flatMap((endpoint: unknown, i) => {
    const addresses: unknown = isRecord(endpoint) ? endpoint.addresses : undefined
    return Array.isArray(addresses) ? addresses.flatMap((address: unknown, j) => loopback(address, i, j)) : []
  })
}

function loopback(address: unknown, endpoint: number, index: number): readonly Finding[] {
  if (typeof address !== "string" || !(address.startsWith("127.") || address === "::1")) return []
  return [
    {
      kind: "schema",
      code: "ATT_RESOURCE_LOOPBACK_ENDPOINT",
      severity: "warning",
      path: ["endpoints", endpoint, "addresses", index],
      field: `endpoints[${endpoint}].addresses[${index}]`,
      message: `loopback address ${address}: an API server refuses it in an EndpointSlice`,
      isBlocking: false,
      hint: "use a Backend object for loopback addresses",
    },
  ]
}
