import { describe, expect, it } from "vitest"
import { assignmentJson, backendSetting, endpoint } from "./test-plan.ts"

const setting = backendSetting("c/backend/0", "cart")
const tls = { subjectAltNames: [], parameters: {}, clientCertificates: [] }

describe("load assignments", () => {
  it("have a locality for each backend, weighted as the route says", () => {
    const { metadata: _, ...bare } = setting
    expect(
      assignmentJson(
        [
          { ...bare, weight: 9 },
          { ...bare, name: "c/backend/1", priority: 1 },
        ],
        [endpoint("10.0.0.1")],
      ),
    ).toEqual({
      clusterName: "c",
      endpoints: [
        {
          locality: { region: "c/backend/0" },
          loadBalancingWeight: 9,
          lbEndpoints: [
            {
              endpoint: { address: { socketAddress: { address: "10.0.0.1", portValue: 8080 } } },
              loadBalancingWeight: 1,
            },
          ],
        },
        {
          locality: { region: "c/backend/1" },
          loadBalancingWeight: 1,
          priority: 1,
          lbEndpoints: [
            {
              endpoint: { address: { socketAddress: { address: "10.0.0.1", portValue: 8080 } } },
              loadBalancingWeight: 1,
            },
          ],
        },
      ],
    })
  })

  it("keep endpoints that drain, host names, sockets and TLS apart", () => {
    const endpoints = [
      { ...endpoint("10.0.0.1"), isDraining: true, hostname: "a.test" },
      { address: { type: "pipe" as const, path: "/run/cart.sock" } },
    ]
    expect(assignmentJson([{ ...setting, tls }], endpoints).endpoints).toMatchObject([
      {
        lbEndpoints: [
          {
            healthStatus: "DRAINING",
            endpoint: { hostname: "a.test" },
            metadata: { filterMetadata: { "envoy.transport_socket_match": { name: "c/tls/0" } } },
          },
          { endpoint: { address: { pipe: { path: "/run/cart.sock" } } } },
        ],
      },
    ])
  })

  it("group endpoints by zone without the backend's weight", () => {
    const endpoints = [
      { ...endpoint("10.0.0.1"), zone: "b" },
      { ...endpoint("10.0.0.2"), zone: "a" },
    ]
    expect(assignmentJson([{ ...setting, zoneAware: { minClusterSize: 1 } }], endpoints).endpoints).toMatchObject([
      { locality: { zone: "a" }, lbEndpoints: [{ endpoint: { address: { socketAddress: { address: "10.0.0.2" } } } }] },
      { locality: { zone: "b" } },
    ])
    const mixed = assignmentJson(
      [
        { ...setting, zoneAware: {} },
        { ...setting, name: "c/backend/1" },
      ],
      endpoints,
    )
    expect(mixed.endpoints).toMatchObject([
      { locality: { zone: "a" } },
      { locality: { zone: "b" } },
      { locality: { region: "c/backend/1" } },
    ])
    const weighted = { loadBalancer: { zoneAware: { weightedZones: [{ zone: "a", weight: 7 }] } } }
    expect(assignmentJson([setting], endpoints, { traffic: weighted }).endpoints).toMatchObject([
      { locality: { zone: "a" }, loadBalancingWeight: 7 },
      { locality: { zone: "b" }, loadBalancingWeight: 1 },
    ])
  })

  it("ask another port for health where the user says so", () => {
    const traffic = { healthCheck: { active: { overrides: { port: 9090 } } } }
    expect(JSON.stringify(assignmentJson([setting], [endpoint("10.0.0.1")], { traffic }))).toContain(
      '"healthCheckConfig":{"portValue":9090}',
    )
  })
})
