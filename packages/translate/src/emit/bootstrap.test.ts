import { describe, expect, it } from "vitest"
import { bootstrapJson } from "./bootstrap.ts"
import { backendSetting } from "./test-plan.ts"

const options = { serviceCluster: "infra/edge", xds: { host: "envoy-gateway.infra.svc.cluster.local.", port: 18000 } }

describe("the bootstrap", () => {
  it("takes everything over delta ADS and serves statistics", () => {
    expect(bootstrapJson(options)).toMatchObject({
      admin: { address: { socketAddress: { address: "127.0.0.1", portValue: 19000 } } },
      clusterManager: { localClusterName: "infra/edge" },
      node: { locality: { zone: "$(ENVOY_SERVICE_ZONE)" } },
      dynamicResources: {
        adsConfig: { apiType: "DELTA_GRPC", transportApiVersion: "V3", setNodeOnFirstMessageOnly: true },
        ldsConfig: { ads: {}, initialFetchTimeout: "0s", resourceApiVersion: "V3" },
      },
      layeredRuntime: {
        layers: [{ staticLayer: { "re2.max_program_size.error_level": 4294967295 } }],
      },
      staticResources: {
        listeners: [{ name: "envoy-gateway-proxy-stats-0.0.0.0-19001" }],
        clusters: [
          { name: "prometheus_stats" },
          { name: "infra/edge", type: "EDS" },
          { name: "xds_cluster", type: "STRICT_DNS" },
        ],
      },
      overloadManager: { resourceMonitors: [{ typedConfig: { maxActiveDownstreamConnections: "50000" } }] },
    })
  })

  it("keeps the statistics that are asked for, sends them on, and guards its heap", () => {
    const json = bootstrapJson({
      ...options,
      isIpv6: true,
      maxHeapBytes: 1_000_000,
      metrics: {
        hasPrometheus: false,
        matches: [
          { type: "RegularExpression", value: "a.*" },
          { type: "Exact", value: "b" },
        ],
        sinks: [
          {
            name: "otel_metric_sink_0",
            authority: "otel.test",
            destination: {
              name: "otel_metric_sink_0",
              settings: [
                backendSetting("x", "otel", {
                  endpoints: {
                    type: "fixed",
                    endpoints: [{ address: { type: "socket", host: "otel.test", port: 4317 } }],
                  },
                }),
              ],
            },
            spec: { reportCountersAsDeltas: true },
          },
        ],
      },
    })
    expect(json).toMatchObject({
      admin: { address: { socketAddress: { address: "::1" } } },
      statsConfig: {
        statsMatcher: { inclusionList: { patterns: [{ exact: "b" }, { safeRegex: { regex: "a.*" } }] } },
      },
      statsSinks: [
        {
          name: "envoy.stat_sinks.open_telemetry",
          typedConfig: {
            grpcService: { envoyGrpc: { clusterName: "otel_metric_sink_0", authority: "otel.test" } },
            reportCountersAsDeltas: true,
          },
        },
      ],
      staticResources: { clusters: [{ name: "otel_metric_sink_0" }, { name: "infra/edge" }, { name: "xds_cluster" }] },
      overloadManager: {
        actions: [
          { name: "envoy.overload_actions.shrink_heap", triggers: [{ threshold: { value: 0.95 } }] },
          { name: "envoy.overload_actions.stop_accepting_requests", triggers: [{ threshold: { value: 0.98 } }] },
        ],
      },
    })
  })
})
