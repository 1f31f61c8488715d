// Clusters that a proxy has from its start.
import {
  Cluster_DiscoveryType,
  Cluster_LbPolicy,
  type ClusterSchema,
} from "@attache/envoy-api/gen/envoy/config/cluster/v3/cluster_pb"
import type { DataSourceSchema } from "@attache/envoy-api/gen/envoy/config/core/v3/base_pb"
import { ApiVersion } from "@attache/envoy-api/gen/envoy/config/core/v3/config_source_pb"
import { LeastRequestSchema } from "@attache/envoy-api/gen/envoy/extensions/load_balancing_policies/least_request/v3/least_request_pb"
import { TlsParameters_TlsProtocol } from "@attache/envoy-api/gen/envoy/extensions/transport_sockets/tls/v3/common_pb"
import type { SdsSecretConfigSchema } from "@attache/envoy-api/gen/envoy/extensions/transport_sockets/tls/v3/secret_pb"
import { UpstreamTlsContextSchema } from "@attache/envoy-api/gen/envoy/extensions/transport_sockets/tls/v3/tls_pb"
import { HttpProtocolOptionsSchema } from "@attache/envoy-api/gen/envoy/extensions/upstreams/http/v3/http_protocol_options_pb"
import type { Any } from "@bufbuild/protobuf/wkt"
import type { MetricsPlan, UpstreamTls } from "../plan/index.ts"
import { adsWithDefaultTimeout } from "./config-source.ts"
import { duration } from "./duration.ts"
import { httpProtocolOptionsKey } from "./http-protocol-options.ts"
import { systemCaFile } from "./secrets.ts"
import { extension, type Init, typed } from "./wire.ts"

type Cluster = Init<typeof ClusterSchema>
type Address = { readonly host: string; readonly port: number }

/** The proxy's own statistics, behind its admin interface. */
export function prometheusCluster(admin: Address): Cluster {
  return {
    name: "prometheus_stats",
    connectTimeout: duration("0.250s"),
    clusterDiscoveryType: { case: "type", value: Cluster_DiscoveryType.STATIC },
    lbPolicy: Cluster_LbPolicy.ROUND_ROBIN,
    loadAssignment: { clusterName: "prometheus_stats", endpoints: [{ lbEndpoints: [endpoint(admin)] }] },
  }
}

/** A collector of metrics, resolved by name. */
export function metricSinkCluster({ destination }: MetricsPlan["sinks"][number], index: number): Cluster {
  const name = `otel_metric_sink_${index}`
  const addresses = destination.settings.flatMap(({ endpoints }) =>
    endpoints.type === "fixed"
      ? endpoints.endpoints.flatMap(({ address }) => (address.type === "socket" ? [address] : []))
      : [],
  )
  const tls = destination.settings[0]?.tls
  return {
    name,
    connectTimeout: duration("0.250s"),
    clusterDiscoveryType: { case: "type", value: Cluster_DiscoveryType.STRICT_DNS },
    lbPolicy: Cluster_LbPolicy.ROUND_ROBIN,
    typedExtensionProtocolOptions: { [httpProtocolOptionsKey]: http2({}) },
    loadAssignment: { clusterName: name, endpoints: [{ lbEndpoints: addresses.map(endpoint) }] },
    ...(tls === undefined ? {} : { transportSocket: sinkSocket(tls) }),
  }
}

/** The proxy's own Service, by which it knows its zone. */
export function localCluster(name: string): Cluster {
  return {
    name,
    connectTimeout: duration("10s"),
    clusterDiscoveryType: { case: "type", value: Cluster_DiscoveryType.EDS },
    edsClusterConfig: { edsConfig: adsWithDefaultTimeout, serviceName: name },
    loadBalancingPolicy: {
      policies: [
        {
          typedExtensionConfig: extension("envoy.load_balancing_policies.least_request", LeastRequestSchema, {
            localityLbConfig: {
              localityConfigSpecifier: { case: "zoneAwareLbConfig", value: { minClusterSize: 1n } },
            },
          }),
        },
      ],
    },
  }
}

/** The control plane, over mutual TLS with certificates from files that are watched. */
export function xdsCluster(xds: Address): Cluster {
  return {
    name: "xds_cluster",
    connectTimeout: duration("10s"),
    clusterDiscoveryType: { case: "type", value: Cluster_DiscoveryType.STRICT_DNS },
    loadAssignment: {
      clusterName: "xds_cluster",
      endpoints: [{ loadBalancingWeight: 1, lbEndpoints: [{ ...endpoint(xds), loadBalancingWeight: 1 }] }],
    },
    typedExtensionProtocolOptions: {
      [httpProtocolOptionsKey]: http2({
        connectionKeepalive: { interval: duration("30s"), timeout: duration("5s") },
      }),
    },
    transportSocket: {
      name: "envoy.transport_sockets.tls",
      configType: {
        case: "typedConfig",
        value: typed(UpstreamTlsContextSchema, {
          commonTlsContext: {
            tlsParams: { tlsMaximumProtocolVersion: TlsParameters_TlsProtocol.TLSv1_3 },
            tlsCertificateSdsSecretConfigs: [fileSecret("xds_certificate", "/sds/xds-certificate.json")],
            validationContextType: {
              case: "validationContextSdsSecretConfig",
              value: fileSecret("xds_trusted_ca", "/sds/xds-trusted-ca.json"),
            },
          },
        }),
      },
    },
  }
}

function fileSecret(name: string, path: string): Init<typeof SdsSecretConfigSchema> {
  return {
    name,
    sdsConfig: {
      configSourceSpecifier: { case: "pathConfigSource", value: { path } },
      resourceApiVersion: ApiVersion.V3,
    },
  }
}

function sinkSocket({ sni, ca }: UpstreamTls): NonNullable<Cluster["transportSocket"]> {
  const trustedCa: Init<typeof DataSourceSchema> =
    ca?.type === "inline"
      ? { specifier: { case: "inlineBytes", value: ca.certificate } }
      : { specifier: { case: "filename", value: systemCaFile } }
  return {
    name: "envoy.transport_sockets.tls",
    configType: {
      case: "typedConfig",
      value: typed(UpstreamTlsContextSchema, {
        ...(sni === undefined ? {} : { sni }),
        commonTlsContext: { validationContextType: { case: "validationContext", value: { trustedCa } } },
      }),
    },
  }
}

function http2(value: { readonly connectionKeepalive?: { readonly interval: object; readonly timeout: object } }): Any {
  return typed(HttpProtocolOptionsSchema, {
    upstreamProtocolOptions: {
      case: "explicitHttpConfig",
      value: { protocolConfig: { case: "http2ProtocolOptions", value } },
    },
  })
}

function endpoint({ host, port }: Address) {
  return {
    hostIdentifier: {
      case: "endpoint" as const,
      value: {
        address: {
          address: {
            case: "socketAddress" as const,
            value: { address: host, portSpecifier: { case: "portValue" as const, value: port } },
          },
        },
      },
    },
  }
}
