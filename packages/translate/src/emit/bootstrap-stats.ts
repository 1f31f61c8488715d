// Statistics of a proxy from its start: tags, what is kept, where it is sent, and the Prometheus endpoint.
import type { ListenerSchema } from "@attache/envoy-api/gen/envoy/config/listener/v3/listener_pb"
import type { StatsConfigSchema, StatsSinkSchema } from "@attache/envoy-api/gen/envoy/config/metrics/v3/stats_pb"
import type { VirtualHostSchema } from "@attache/envoy-api/gen/envoy/config/route/v3/route_components_pb"
import { BrotliSchema } from "@attache/envoy-api/gen/envoy/extensions/compression/brotli/compressor/v3/brotli_pb"
import { GzipSchema } from "@attache/envoy-api/gen/envoy/extensions/compression/gzip/compressor/v3/gzip_pb"
import { ZstdSchema } from "@attache/envoy-api/gen/envoy/extensions/compression/zstd/compressor/v3/zstd_pb"
import { CompressorSchema } from "@attache/envoy-api/gen/envoy/extensions/filters/http/compressor/v3/compressor_pb"
import { RouterSchema } from "@attache/envoy-api/gen/envoy/extensions/filters/http/router/v3/router_pb"
import { HttpConnectionManagerSchema } from "@attache/envoy-api/gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb"
import { SinkConfigSchema } from "@attache/envoy-api/gen/envoy/extensions/stat_sinks/open_telemetry/v3/open_telemetry_pb"
import { StaticConfigResourceDetectorConfigSchema } from "@attache/envoy-api/gen/envoy/extensions/tracers/opentelemetry/resource_detectors/v3/static_config_resource_detector_pb"
import type { StringMatcherSchema } from "@attache/envoy-api/gen/envoy/type/matcher/v3/string_pb"
import type { MetricsPlan } from "../plan/index.ts"
import { extension, type Init, typed } from "./wire.ts"

const prometheusPort = 19_001

/** Tags that are cut out of statistics' names beside Envoy's own. */
const statsTags: readonly { readonly tagName: string; readonly regex: string }[] = [
  { tagName: "from_zone", regex: String.raw`\.zone(\.(([^\.]+)\.))` },
  { tagName: "to_zone", regex: String.raw`\.zone\.[^\.]+\.(([^\.]+)\.)` },
  { tagName: "socket_match_name", regex: String.raw`^cluster(\..+\.(.+))\.total_match_count$` },
  { tagName: "priority", regex: String.raw`circuit_breakers\.((.+?)\.).+` },
]

const matchOrder = ["Exact", "Prefix", "Suffix", "RegularExpression"] as const

/** Tags and kept statistics. */
export function statsConfig(matches: NonNullable<MetricsPlan["matches"]>): Init<typeof StatsConfigSchema> {
  return {
    useAllDefaultTags: true,
    statsTags: statsTags.map(({ tagName, regex }) => ({ tagName, tagValue: { case: "regex" as const, value: regex } })),
    ...statsMatcher(matches),
  }
}

/** Kept statistics alone; without any, all are kept. */
export function statsMatcher(matches: NonNullable<MetricsPlan["matches"]>): Init<typeof StatsConfigSchema> {
  const patterns = matchOrder.flatMap((type) => matches.filter((match) => match.type === type).map(pattern))
  if (patterns.length === 0) return {}
  return { statsMatcher: { statsMatcher: { case: "inclusionList", value: { patterns } } } }
}

function pattern({ type, value }: NonNullable<MetricsPlan["matches"]>[number]): Init<typeof StringMatcherSchema> {
  switch (type) {
    case "Exact":
      return { matchPattern: { case: "exact", value } }
    case "Prefix":
      return { matchPattern: { case: "prefix", value } }
    case "Suffix":
      return { matchPattern: { case: "suffix", value } }
    case "RegularExpression":
      return {
        matchPattern: {
          case: "safeRegex",
          value: { engineType: { case: "googleRe2", value: {} }, regex: value },
        },
      }
  }
}

interface SinkSpec {
  readonly reportCountersAsDeltas?: boolean
  readonly reportHistogramsAsDeltas?: boolean
  readonly headers?: readonly { readonly name: string; readonly value: string }[]
  readonly resourceAttributes?: Readonly<Record<string, string>>
}

/** An OpenTelemetry collector of metrics. */
export function statsSink(
  { authority, spec }: MetricsPlan["sinks"][number],
  index: number,
): Init<typeof StatsSinkSchema> {
  const { headers = [], resourceAttributes = {}, ...deltas } = spec as SinkSpec
  const attributes = Object.entries(resourceAttributes).sort(([a], [b]) => (a < b ? -1 : 1))
  const { name, typedConfig } = extension("envoy.stat_sinks.open_telemetry", SinkConfigSchema, {
    protocolSpecifier: {
      case: "grpcService",
      value: {
        targetSpecifier: { case: "envoyGrpc", value: { clusterName: `otel_metric_sink_${index}`, authority } },
        initialMetadata: headers.map((header) => ({ key: header.name, value: header.value })),
      },
    },
    reportCountersAsDeltas: deltas.reportCountersAsDeltas ?? false,
    reportHistogramsAsDeltas: deltas.reportHistogramsAsDeltas ?? false,
    resourceDetectors:
      attributes.length === 0
        ? []
        : [
            extension(
              "envoy.tracers.opentelemetry.resource_detectors.static_config",
              StaticConfigResourceDetectorConfigSchema,
              { attributes: Object.fromEntries(attributes) },
            ),
          ],
  })
  return { name, configType: { case: "typedConfig", value: typedConfig } }
}

/** The listener that hands the proxy's statistics to Prometheus. */
export function prometheusListener(
  address: string,
  compression: MetricsPlan["prometheusCompression"],
): Init<typeof ListenerSchema> {
  const httpFilters = [
    ...(compression === undefined ? [] : [["envoy.filters.http.compressor", compressor(compression)] as const]),
    ["envoy.filters.http.router", typed(RouterSchema, {})] as const,
  ]
  const connectionManager = typed(HttpConnectionManagerSchema, {
    statPrefix: "eg-stats-http",
    normalizePath: true,
    routeSpecifier: { case: "routeConfig", value: { name: "local_route", virtualHosts: [statsHost()] } },
    httpFilters: httpFilters.map(([name, value]) => ({
      name,
      configType: { case: "typedConfig" as const, value },
    })),
  })
  return {
    name: `envoy-gateway-proxy-stats-${address}-${prometheusPort}`,
    address: {
      address: {
        case: "socketAddress",
        value: { address, portSpecifier: { case: "portValue", value: prometheusPort } },
      },
    },
    bypassOverloadManager: true,
    filterChains: [
      {
        filters: [
          {
            name: "envoy.filters.network.http_connection_manager",
            configType: { case: "typedConfig", value: connectionManager },
          },
        ],
      },
    ],
  }
}

function statsHost(): Init<typeof VirtualHostSchema> {
  return {
    name: "prometheus_stats",
    domains: ["*"],
    routes: [
      {
        match: {
          pathSpecifier: { case: "path", value: "/stats/prometheus" },
          headers: [
            {
              name: ":method",
              headerMatchSpecifier: {
                case: "stringMatch",
                value: { matchPattern: { case: "exact", value: "GET" } },
              },
            },
          ],
        },
        action: { case: "route", value: { clusterSpecifier: { case: "cluster", value: "prometheus_stats" } } },
      },
    ],
  }
}

function compressor(type: NonNullable<MetricsPlan["prometheusCompression"]>): ReturnType<typeof typed> {
  const library = {
    Gzip: () => typed(GzipSchema, {}),
    Brotli: () => typed(BrotliSchema, {}),
    Zstd: () => typed(ZstdSchema, {}),
  }[type]()
  return typed(CompressorSchema, { compressorLibrary: { name: "text_optimized", typedConfig: library } })
}
