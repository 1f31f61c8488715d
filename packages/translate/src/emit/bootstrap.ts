// The bootstrap of a proxy in Kubernetes, as Envoy Gateway 1.9 renders it.
import { decode, encode, toJson } from "@attache/envoy-api"
import { BootstrapSchema } from "@attache/envoy-api/gen/envoy/config/bootstrap/v3/bootstrap_pb"
import { ApiConfigSource_ApiType, ApiVersion } from "@attache/envoy-api/gen/envoy/config/core/v3/config_source_pb"
import type { ResourceMonitorSchema } from "@attache/envoy-api/gen/envoy/config/overload/v3/overload_pb"
import { FileAccessLogSchema } from "@attache/envoy-api/gen/envoy/extensions/access_loggers/file/v3/file_pb"
import { DownstreamConnectionsConfigSchema } from "@attache/envoy-api/gen/envoy/extensions/resource_monitors/downstream_connections/v3/downstream_connections_pb"
import { FixedHeapConfigSchema } from "@attache/envoy-api/gen/envoy/extensions/resource_monitors/fixed_heap/v3/fixed_heap_pb"
import type { JsonValue } from "@bufbuild/protobuf"
import type { MetricsPlan } from "../plan/index.ts"
import { localCluster, metricSinkCluster, prometheusCluster, xdsCluster } from "./bootstrap-clusters.ts"
import { prometheusListener, statsConfig, statsSink } from "./bootstrap-stats.ts"
import { adsWithoutTimeout } from "./config-source.ts"
import { extension, type Init, typed } from "./wire.ts"

/** What a bootstrap depends on. */
export interface BootstrapOptions {
  /** Name of the cluster of the proxy's own Service: its key. */
  readonly serviceCluster: string
  /** Where the control plane serves xDS. */
  readonly xds: { readonly host: string; readonly port: number }
  /** Absent: the Prometheus endpoint and nothing else. */
  readonly metrics?: MetricsPlan
  /** True: bind to `::` and have the admin interface on `::1`. */
  readonly isIpv6?: boolean
  /** Bytes of heap at which Envoy first frees memory (95 %), then takes no more requests (98 %). Absent: no limit. */
  readonly maxHeapBytes?: number
}

/** Port of the admin interface. */
const adminPort = 19_000
/** Connections of all listeners together. */
const maxDownstreamConnections = 50_000n

/** The bootstrap. */
export function bootstrap(options: BootstrapOptions): Init<typeof BootstrapSchema> {
  const metrics = options.metrics ?? { hasPrometheus: true, sinks: [] }
  const admin = { host: options.isIpv6 === true ? "::1" : "127.0.0.1", port: adminPort }
  const { matches } = metrics
  return {
    admin: {
      accessLog: [
        {
          name: "envoy.access_loggers.file",
          configType: { case: "typedConfig", value: typed(FileAccessLogSchema, { path: "/dev/null" }) },
        },
      ],
      address: {
        address: {
          case: "socketAddress",
          value: { address: admin.host, portSpecifier: { case: "portValue", value: admin.port } },
        },
      },
    },
    clusterManager: { localClusterName: options.serviceCluster },
    // Whoever starts the proxy puts the zone in place of the text.
    node: { locality: { zone: "$(ENVOY_SERVICE_ZONE)" } },
    deferredStatOptions: { enableDeferredCreationStats: true },
    statsConfig: statsConfig(matches ?? []),
    layeredRuntime: {
      layers: [
        {
          name: "global_config",
          layerSpecifier: {
            case: "staticLayer",
            value: { "re2.max_program_size.error_level": 4_294_967_295, "re2.max_program_size.warn_level": 1000 },
          },
        },
      ],
    },
    dynamicResources: {
      adsConfig: {
        apiType: ApiConfigSource_ApiType.DELTA_GRPC,
        transportApiVersion: ApiVersion.V3,
        grpcServices: [{ targetSpecifier: { case: "envoyGrpc", value: { clusterName: "xds_cluster" } } }],
        setNodeOnFirstMessageOnly: true,
      },
      ldsConfig: adsWithoutTimeout,
      cdsConfig: adsWithoutTimeout,
    },
    statsSinks: metrics.sinks.map(statsSink),
    staticResources: {
      listeners: metrics.hasPrometheus
        ? [prometheusListener(options.isIpv6 === true ? "::" : "0.0.0.0", metrics.prometheusCompression)]
        : [],
      clusters: [
        ...(metrics.hasPrometheus ? [prometheusCluster(admin)] : []),
        ...metrics.sinks.map(metricSinkCluster),
        localCluster(options.serviceCluster),
        xdsCluster(options.xds),
      ],
    },
    overloadManager: overloadManager(options.maxHeapBytes),
  }
}

/** The bootstrap as protobuf JSON, for `--config-yaml` and `--config-path`. */
export function bootstrapJson(options: BootstrapOptions): JsonValue {
  return toJson(BootstrapSchema, decode(BootstrapSchema, encode(BootstrapSchema, bootstrap(options))))
}

function overloadManager(
  maxHeapBytes: number | undefined,
): NonNullable<Init<typeof BootstrapSchema>["overloadManager"]> {
  const connections = monitor(
    extension("envoy.resource_monitors.global_downstream_max_connections", DownstreamConnectionsConfigSchema, {
      maxActiveDownstreamConnections: maxDownstreamConnections,
    }),
  )
  const refreshInterval = { seconds: 0n, nanos: 250_000_000 }
  if (maxHeapBytes === undefined) return { refreshInterval, resourceMonitors: [connections] }
  const heap = "envoy.resource_monitors.fixed_heap"
  return {
    refreshInterval,
    resourceMonitors: [
      monitor(extension(heap, FixedHeapConfigSchema, { maxHeapSizeBytes: BigInt(maxHeapBytes) })),
      connections,
    ],
    actions: [
      action("envoy.overload_actions.shrink_heap", heap, 0.95),
      action("envoy.overload_actions.stop_accepting_requests", heap, 0.98),
    ],
  }
}

function monitor({ name, typedConfig }: ReturnType<typeof extension>): Init<typeof ResourceMonitorSchema> {
  return { name, configType: { case: "typedConfig", value: typedConfig } }
}

function action(name: string, trigger: string, value: number) {
  return { name, triggers: [{ name: trigger, triggerOneof: { case: "threshold" as const, value: { value } } }] }
}
