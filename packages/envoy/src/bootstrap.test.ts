import { describe, expect, it } from "vitest"
import { adminConfig, createBootstrap } from "./bootstrap.ts"

const base = { nodeId: "n", nodeCluster: "default/eg" }

describe("createBootstrap", () => {
  it("reaches the xDS server over a Unix socket and speaks delta", () => {
    const bootstrap = createBootstrap({ ...base, xds: { socketPath: "/run/xds.sock" } })
    const overAds = { ads: {}, initial_fetch_timeout: "0s", resource_api_version: "V3" }
    expect(bootstrap).toMatchObject({
      node: { id: "n", cluster: "default/eg" },
      dynamic_resources: {
        ads_config: {
          api_type: "DELTA_GRPC",
          transport_api_version: "V3",
          grpc_services: [{ envoy_grpc: { cluster_name: "xds_cluster" } }],
          set_node_on_first_message_only: true,
        },
        lds_config: overAds,
        cds_config: overAds,
      },
      static_resources: {
        clusters: [
          {
            name: "xds_cluster",
            type: "STATIC",
            load_assignment: {
              endpoints: [{ lb_endpoints: [{ endpoint: { address: { pipe: { path: "/run/xds.sock" } } } }] }],
            },
          },
        ],
      },
    })
    expect(bootstrap).not.toHaveProperty("admin")
  })

  it("takes state of the world, TCP, limits and static parts", () => {
    const bootstrap = createBootstrap({
      ...base,
      xds: { host: "localhost", port: 18000 },
      variant: "sotw",
      maxDownstreamConnections: 7,
      zone: "z",
      nodeMetadata: { a: 1 },
      admin: { host: "127.0.0.1", port: 19000 },
      staticClusters: [{ name: "more" }],
      staticListeners: [{ name: "l" }],
    })
    expect(bootstrap).toMatchObject({
      node: { metadata: { a: 1 }, locality: { zone: "z" } },
      admin: { address: { socket_address: { address: "127.0.0.1", port_value: 19000 } } },
      dynamic_resources: { ads_config: { api_type: "GRPC" } },
      static_resources: { listeners: [{ name: "l" }], clusters: [{ type: "STRICT_DNS" }, { name: "more" }] },
      overload_manager: { resource_monitors: [{ typed_config: { max_active_downstream_connections: 7 } }] },
    })
  })

  it("keeps the admin socket private", () => {
    expect(adminConfig({ socketPath: "/a" })).toEqual({ address: { pipe: { path: "/a", mode: 0o600 } } })
  })
})
