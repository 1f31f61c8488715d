import { describe, expect, it } from "vitest"
import { backendSetting, clusterJson } from "../../emit/test-plan.ts"
import type { LoadBalancerSpec } from "./load-balancer-spec.ts"

const setting = backendSetting("c/backend/0", "cart")
const weighted = { zoneAware: { weightedZones: [{ zone: "a", weight: 80 }] } }
const local = { localityWeightedLbConfig: {} }

/** The policy of a cluster as `[name, settings]`, policies inside it likewise. */
function policy(spec: LoadBalancerSpec, more: Parameters<typeof clusterJson>[1] = {}) {
  return unfold(clusterJson([setting], { traffic: { loadBalancer: { ...spec } }, ...more }).loadBalancingPolicy)
}

function unfold(json: unknown): unknown {
  const [{ typedExtensionConfig: chosen } = { typedExtensionConfig: undefined }] = (
    json as { policies: { typedExtensionConfig: { name: string; typedConfig: Record<string, unknown> } }[] }
  ).policies
  const { "@type": type, ...config } = chosen?.typedConfig ?? {}
  const name = chosen?.name.replace("envoy.load_balancing_policies.", "") ?? ""
  // A name and a type that do not belong together are refused by Envoy.
  expect(String(type)).toContain(`.${name}.v3.`)
  for (const inner of ["fallbackPolicy", "endpointPickingPolicy"])
    if (config[inner] !== undefined) config[inner] = unfold(config[inner])
  return [name, config]
}

describe("the load balancer", () => {
  it.each<readonly [string, LoadBalancerSpec, unknown]>([
    ["nothing", {}, ["least_request", { localityLbConfig: local }]],
    [
      "a slow start",
      { type: "LeastRequest", slowStart: { window: "1m" } },
      ["least_request", { localityLbConfig: local, slowStartConfig: { slowStartWindow: "60s" } }],
    ],
    [
      "round robin with a slow start",
      { type: "RoundRobin", slowStart: { window: "300s" } },
      ["round_robin", { localityLbConfig: local, slowStartConfig: { slowStartWindow: "300s" } }],
    ],
    ["chance", { type: "Random" }, ["random", { localityLbConfig: local }]],
    ["zones by weight", { type: "Random", ...weighted }, ["random", { localityLbConfig: local }]],
    ["hashes", { type: "ConsistentHash", consistentHash: { type: "SourceIP" } }, ["maglev", {}]],
    [
      "hashes and a table",
      { type: "ConsistentHash", consistentHash: { type: "SourceIP", tableSize: 524_287 } },
      ["maglev", { tableSize: "524287" }],
    ],
    [
      "hashes and zones by weight",
      { type: "ConsistentHash", consistentHash: { type: "SourceIP" }, ...weighted },
      ["maglev", { localityWeightedLbConfig: {} }],
    ],
    [
      "its own zone first",
      {
        type: "RoundRobin",
        zoneAware: { preferLocal: { percentageEnabled: 40, force: {}, minEndpointsThreshold: 3 } },
      },
      [
        "round_robin",
        {
          localityLbConfig: {
            zoneAwareLbConfig: { routingEnabled: { value: 40 }, minClusterSize: "3", forceLocalZone: { minSize: 1 } },
          },
        },
      ],
    ],
    [
      "a dynamic module, of which nothing is made",
      { type: "DynamicModule" },
      ["least_request", { localityLbConfig: local }],
    ],
    ["reported loads", { type: "BackendUtilization" }, ["client_side_weighted_round_robin", {}]],
    [
      "reported loads and all their settings",
      {
        type: "BackendUtilization",
        slowStart: { window: "5s" },
        backendUtilization: {
          blackoutPeriod: "10s",
          weightExpirationPeriod: "3m",
          weightUpdatePeriod: "0s",
          errorUtilizationPenaltyPercent: 150,
          metricNamesForComputingUtilization: ["named_metrics.foo", "cpu_utilization"],
        },
      },
      [
        "client_side_weighted_round_robin",
        {
          blackoutPeriod: "10s",
          weightExpirationPeriod: "180s",
          errorUtilizationPenalty: 1.5,
          metricNamesForComputingUtilization: ["named_metrics.foo", "cpu_utilization"],
          slowStartConfig: { slowStartWindow: "5s" },
        },
      ],
    ],
    [
      "loads reported over streams",
      { type: "BackendUtilization", backendUtilization: { outOfBand: {} } },
      ["client_side_weighted_round_robin", { enableOobLoadReport: true }],
    ],
    [
      "loads reported by a neighbour",
      {
        type: "BackendUtilization",
        backendUtilization: { outOfBand: { reportingPeriod: "5s", port: 9090, authority: "orca.test" } },
      },
      [
        "client_side_weighted_round_robin",
        {
          enableOobLoadReport: true,
          oobReportingPeriod: "5s",
          oobReportingConfig: { portValue: 9090, authority: "orca.test" },
        },
      ],
    ],
    [
      "reported loads in zones by weight",
      { type: "BackendUtilization", backendUtilization: { blackoutPeriod: "10s" }, ...weighted },
      ["wrr_locality", { endpointPickingPolicy: ["client_side_weighted_round_robin", { blackoutPeriod: "10s" }] }],
    ],
    [
      "endpoints out of headers",
      {
        type: "RoundRobin",
        slowStart: { window: "5s" },
        endpointOverride: { extractFrom: [{ header: "x-a" }, { header: "x-b" }] },
      },
      [
        "override_host",
        { overrideHostSources: [{ header: "x-a" }, { header: "x-b" }], fallbackPolicy: ["round_robin", {}] },
      ],
    ],
    [
      "endpoints out of headers, else by hash",
      {
        type: "ConsistentHash",
        consistentHash: { type: "SourceIP", tableSize: 65_537 },
        endpointOverride: { extractFrom: [{ header: "x-a" }] },
      },
      ["override_host", { overrideHostSources: [{ header: "x-a" }], fallbackPolicy: ["maglev", {}] }],
    ],
    [
      "endpoints out of headers, else by reported loads in zones",
      {
        type: "BackendUtilization",
        backendUtilization: { blackoutPeriod: "10s" },
        endpointOverride: { extractFrom: [{ header: "x-a" }] },
        ...weighted,
      },
      [
        "override_host",
        {
          overrideHostSources: [{ header: "x-a" }],
          fallbackPolicy: [
            "wrr_locality",
            { endpointPickingPolicy: ["client_side_weighted_round_robin", { blackoutPeriod: "10s" }] },
          ],
        },
      ],
    ],
  ])("goes by %s", (_, spec, expected) => {
    expect(policy(spec)).toEqual(expected)
  })

  it("takes the zones of a Service that is the only backend, and of none among several", () => {
    const own = { ...setting, zoneAware: { minClusterSize: 3 } }
    const policyOf = (settings: Parameters<typeof clusterJson>[0]) => unfold(clusterJson(settings).loadBalancingPolicy)
    const zoneAware = { localityLbConfig: { zoneAwareLbConfig: { minClusterSize: "3" } } }
    expect(policyOf([own])).toEqual(["least_request", zoneAware])
    expect(policyOf([own, setting])).toEqual(["least_request", { localityLbConfig: local }])
  })

  it("hashes in the cluster where no route says what is hashed", () => {
    const spec = {
      type: "ConsistentHash",
      consistentHash: { type: "Headers", headers: [{ name: "a" }, { name: "b" }] },
    }
    const hashed = (isRouteCluster: boolean) =>
      JSON.stringify(clusterJson([setting], { isRouteCluster, traffic: { loadBalancer: spec } }))
    expect(hashed(false)).toContain('"hashPolicy":[{"header":{"headerName":"a"}},{"header":{"headerName":"b"}}]')
    expect(hashed(true)).not.toContain("hashPolicy")
  })
})
