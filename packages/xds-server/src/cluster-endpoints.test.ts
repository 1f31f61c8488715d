import { encode } from "@attache/envoy-api"
import { ClusterSchema } from "@attache/envoy-api/gen/envoy/config/cluster/v3/cluster_pb"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { endpointsOf } from "./cluster-endpoints.ts"

const cluster = (bytes: Uint8Array) => ({ name: "c", version: "1", bytes })
const timeout = { connectTimeout: { seconds: 300n, nanos: 0 }, altStatName: "é".repeat(100) }
const type = (value: 0 | 3) => ({ clusterDiscoveryType: { case: "type", value } }) as const

describe("the endpoints a cluster asks for", () => {
  it.each([
    ["its own name", encode(ClusterSchema, { name: "c", ...timeout, ...type(3), edsClusterConfig: {} }), "c"],
    ["without EDS configuration", encode(ClusterSchema, { name: "c", ...type(3) }), "c"],
    [
      "its service name",
      encode(ClusterSchema, { name: "c", ...timeout, ...type(3), edsClusterConfig: { serviceName: "s" } }),
      "s",
    ],
    [
      "none when static",
      encode(ClusterSchema, { name: "c", ...type(0), edsClusterConfig: { serviceName: "s" } }),
      undefined,
    ],
    ["none of no cluster", Uint8Array.of(0xff, 0xff, 0xff), undefined],
    ["none of nothing", new Uint8Array(), undefined],
  ])("%s", (_, bytes, want) => {
    const resource = cluster(bytes)
    expect(endpointsOf(resource)).toBe(want)
    expect(endpointsOf(resource)).toBe(want)
  })

  it("never throws on any bytes", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => void endpointsOf(cluster(bytes))))
  })
})
