// One cluster: where its endpoints come from, and what features add.

import type { Cluster_TransportSocketMatchSchema } from "@attache/envoy-api/gen/envoy/config/cluster/v3/cluster_pb"
import {
  Cluster_DiscoveryType,
  Cluster_DnsLookupFamily,
  type ClusterSchema,
} from "@attache/envoy-api/gen/envoy/config/cluster/v3/cluster_pb"
import { DnsClusterSchema } from "@attache/envoy-api/gen/envoy/extensions/clusters/dns/v3/dns_cluster_pb"
import { ClusterConfigSchema } from "@attache/envoy-api/gen/envoy/extensions/clusters/dynamic_forward_proxy/v3/cluster_pb"
import type { ClusterContribution, Feature } from "../features/feature.ts"
import { features } from "../features/index.ts"
import { placeholderSocket } from "../features/upstream-tls/sni.ts"
import type { BackendCluster, ClusterSpec } from "./cluster-spec.ts"
import { adsWithDefaultTimeout } from "./config-source.ts"
import { defaultDnsRefresh, dnsCacheConfig } from "./dns-cache.ts"
import { commonDnsFamily, type DnsFamily, dnsFamilyOf } from "./dns-family.ts"
import { duration } from "./duration.ts"
import { loadAssignment, type ResolveEndpoints } from "./endpoints.ts"
import { httpProtocolOptions, httpProtocolOptionsKey } from "./http-protocol-options.ts"
import { resourceMetadata } from "./metadata.ts"
import { type Filled, settle } from "./precedence.ts"
import { extension, type Init } from "./wire.ts"

type ClusterInit = Init<typeof ClusterSchema>

const contributors = features.filter(
  (feature): feature is Feature & Required<Pick<Feature, "contributeCluster">> =>
    feature.contributeCluster !== undefined,
)

/** The cluster. Endpoints are read only when they decide its type or stand in it. */
export function clusterMessage(spec: ClusterSpec, resolve: ResolveEndpoints): ClusterInit {
  switch (spec.type) {
    case "empty":
      return { name: spec.name, clusterDiscoveryType: { case: "type", value: Cluster_DiscoveryType.STATIC } }
    case "sds":
      return sdsMessage(spec.name, spec.path)
    case "backends":
      return backendsMessage(spec, resolve)
  }
}

/** Whether a cluster's endpoints are a resource of their own. */
export function isEds(spec: ClusterSpec, resolve: ResolveEndpoints): spec is BackendCluster {
  return spec.type === "backends" && discoveryOf(spec, resolve) === "eds"
}

function discoveryOf({ settings }: BackendCluster, resolve: ResolveEndpoints): "eds" | "dns" | "dynamic" {
  const [first] = settings
  if (first?.addressType === "dynamic-resolver") return "dynamic"
  return first?.addressType === "fqdn" && resolve(first.endpoints).length > 0 ? "dns" : "eds"
}

function backendsMessage(spec: BackendCluster, resolve: ResolveEndpoints): ClusterInit {
  const parts = contributors.flatMap((feature) => {
    const part = feature.contributeCluster(spec)
    return part === undefined ? [] : [{ name: feature.name, part }]
  })
  const family = dnsFamilyOf(spec)
  const metadata = resourceMetadata(spec.metadata)
  const httpOptions = httpProtocolOptions(spec, filled(parts, "httpOptions"))
  return wrapSockets(
    {
      name: spec.name,
      ...(spec.statName === undefined ? {} : { altStatName: spec.statName }),
      dnsLookupFamily: Cluster_DnsLookupFamily[family],
      ignoreHealthOnHostRemoval: true,
      ...(metadata === undefined ? {} : { metadata }),
      ...discovery(spec, family, resolve),
      ...settle("cluster", filled(parts, "cluster")),
      ...(httpOptions === undefined
        ? {}
        : { typedExtensionProtocolOptions: { [httpProtocolOptionsKey]: httpOptions } }),
    },
    parts.flatMap(({ part }) => (part.wrapSocket === undefined ? [] : [part.wrapSocket])),
  )
}

function filled(
  parts: readonly { readonly name: string; readonly part: ClusterContribution }[],
  slot: "cluster" | "httpOptions",
): readonly Filled[] {
  return parts.flatMap(({ name, part }) => {
    const fields = part[slot]
    return fields === undefined ? [] : [{ feature: name, fields: fields as Filled["fields"] }]
  })
}

function discovery(spec: BackendCluster, family: DnsFamily, resolve: ResolveEndpoints): ClusterInit {
  const dns = spec.traffic?.dns
  const refresh = dns?.refreshRate ?? defaultDnsRefresh
  switch (discoveryOf(spec, resolve)) {
    case "eds":
      return {
        clusterDiscoveryType: { case: "type", value: Cluster_DiscoveryType.EDS },
        edsClusterConfig: { edsConfig: adsWithDefaultTimeout, serviceName: spec.name },
      }
    case "dns":
      return {
        clusterDiscoveryType: {
          case: "clusterType",
          value: extension("envoy.cluster.dns", DnsClusterSchema, {
            dnsRefreshRate: duration(refresh),
            respectDnsTtl: dns?.respectTtl ?? true,
            dnsLookupFamily: commonDnsFamily(family),
          }),
        },
        loadAssignment: loadAssignment(spec, resolve),
      }
    case "dynamic":
      return {
        clusterDiscoveryType: {
          case: "clusterType",
          value: extension("envoy.clusters.dynamic_forward_proxy", ClusterConfigSchema, {
            clusterImplementationSpecifier: {
              case: "dnsCacheConfig",
              value: dnsCacheConfig(spec, family),
            },
          }),
        },
      }
  }
}

/** An SDS server on this machine; Envoy Gateway gives it none of the usual options. */
function sdsMessage(name: string, path: string): ClusterInit {
  return {
    name,
    connectTimeout: duration("10s"),
    clusterDiscoveryType: { case: "type", value: Cluster_DiscoveryType.STATIC },
    http2ProtocolOptions: {},
    loadAssignment: {
      clusterName: name,
      endpoints: [
        {
          lbEndpoints: [
            {
              hostIdentifier: {
                case: "endpoint",
                value: { address: { address: { case: "pipe", value: { path } } } },
              },
            },
          ],
        },
      ],
    },
  }
}

function wrapSockets(
  cluster: ClusterInit,
  wraps: readonly NonNullable<ClusterContribution["wrapSocket"]>[],
): ClusterInit {
  let wrapped = cluster
  for (const wrap of wraps) wrapped = wrapSocket(wrapped, wrap)
  return wrapped
}

function wrapSocket(cluster: ClusterInit, wrap: NonNullable<ClusterContribution["wrapSocket"]>): ClusterInit {
  const own = cluster.transportSocket?.name === placeholderSocket ? undefined : cluster.transportSocket
  const matches = (cluster.transportSocketMatches ?? []).map((match) => ({
    ...(match as Init<typeof Cluster_TransportSocketMatchSchema>),
    transportSocket: wrap(match.transportSocket),
  }))
  return {
    ...cluster,
    ...(matches.length === 0 ? {} : { transportSocketMatches: matches }),
    transportSocket: wrap(own),
  }
}
