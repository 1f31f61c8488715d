// One xDS listener and its filter chains.

import type { AddressSchema } from "@attache/envoy-api/gen/envoy/config/core/v3/address_pb"
import { SocketAddress_Protocol } from "@attache/envoy-api/gen/envoy/config/core/v3/address_pb"
import type {
  FilterChainSchema,
  ListenerFilterSchema,
} from "@attache/envoy-api/gen/envoy/config/listener/v3/listener_components_pb"
import type { ListenerSchema } from "@attache/envoy-api/gen/envoy/config/listener/v3/listener_pb"
import { TlsInspectorSchema } from "@attache/envoy-api/gen/envoy/extensions/filters/listener/tls_inspector/v3/tls_inspector_pb"
import { TcpProxySchema } from "@attache/envoy-api/gen/envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy_pb"
import { RouteSchema as UdpRouteSchema } from "@attache/envoy-api/gen/envoy/extensions/filters/udp/udp_proxy/v3/route_pb"
import { UdpProxyConfigSchema } from "@attache/envoy-api/gen/envoy/extensions/filters/udp/udp_proxy/v3/udp_proxy_pb"
import { isSniForwarded, sniForwardProxy } from "../features/dynamic-resolver/sni-forward-proxy.ts"
import type { HttpFilterPart, ListenerContext, ListenerContribution } from "../features/feature.ts"
import { features } from "../features/index.ts"
import { readyListener } from "../features/ready-listener/ready-listener.ts"
import type { HttpListener, L4Listener, L4Route, ProxyOptions } from "../plan/index.ts"
import { clusterNameOf, clusterOf } from "./cluster-spec.ts"
import { httpConnectionManager } from "./http-connection-manager.ts"
import type { XdsListener } from "./listener-plan.ts"
import { emptyCluster, plainHttpName } from "./names.ts"
import { type Filled, settle } from "./precedence.ts"
import { defined, type Init, typed } from "./wire.ts"

/** What of the plan a listener reads beside itself. */
export interface ListenerReads {
  /** HTTP filters that routes of a listener need. */
  readonly routeFilters: (listener: HttpListener) => readonly HttpFilterPart[]
  readonly hasGrpcRoute: (listener: HttpListener) => boolean
  readonly l4Routes: (listener: L4Listener) => readonly L4Route[]
}

type Chain = Init<typeof FilterChainSchema>
type Parts = readonly { readonly feature: string; readonly part: ListenerContribution }[]

/** The listener. */
export function listenerMessage(
  listener: XdsListener,
  options: ProxyOptions,
  reads: ListenerReads,
): Init<typeof ListenerSchema> {
  switch (listener.type) {
    case "ready":
      if (options.ready === undefined) throw new Error("ready listener without an address")
      return readyListener(options.ready)
    case "udp":
      return udpListener(listener, options, reads)
    case "tcp":
      return tcpListener(listener, options, reads)
  }
}

function tcpListener(
  listener: Extract<XdsListener, { type: "tcp" }>,
  options: ProxyOptions,
  reads: ListenerReads,
): Init<typeof ListenerSchema> {
  const [plain] = listener.plain
  const l4 = listener.l4.map((part) => ({ part, routes: reads.l4Routes(part) }))
  const https = listener.https.map((part) => httpsChain(part, options, reads))
  const tcp = l4.flatMap(({ part, routes }) => routes.map((route) => tcpChain(part, route, options)))
  // Envoy takes no listener without chains.
  const isEmpty = l4.some(({ routes }) => routes.length === 0)
  const empty = isEmpty ? [emptyChain(listener.l4, options)] : []
  const chains = [...https, ...tcp, ...empty]
  const hasServerNames =
    chains.some(({ filterChainMatch }) => (filterChainMatch?.serverNames?.length ?? 0) > 0) ||
    l4.some(({ routes }) => routes.some(({ destination }) => isSniForwarded(destination)))
  return defined({
    name: listener.name,
    address: address(listener.first, SocketAddress_Protocol.TCP),
    perConnectionBufferLimitBytes: 32_768,
    maxConnectionsToAcceptPerSocketEvent: 1,
    ...settle("listener", slot(contributions(contextOf(listener.first, options, reads)), "listener")),
    listenerFilters: hasServerNames ? [tlsInspector] : [],
    filterChains: chains,
    defaultFilterChain: plain === undefined ? undefined : plainChain(plain, listener.plain, options, reads),
  })
}

const tlsInspector: Init<typeof ListenerFilterSchema> = {
  name: "envoy.filters.listener.tls_inspector",
  configType: { case: "typedConfig", value: typed(TlsInspectorSchema, {}) },
}

/** Plain HTTP cannot be told apart before it is read, so all of a port is one chain. */
function plainChain(
  first: HttpListener,
  all: readonly HttpListener[],
  options: ProxyOptions,
  reads: ListenerReads,
): Chain {
  const name = plainHttpName(first, options.isNameSchemeV2)
  const parts = contributions(contextOf(first, options, reads))
  return {
    name,
    filters: [
      httpConnectionManager({
        options,
        first,
        routeConfigName: name,
        parts,
        filters: all.flatMap((listener) => filtersOf(listener, options, reads)),
      }),
    ],
  }
}

function httpsChain(listener: HttpListener, options: ProxyOptions, reads: ListenerReads): Chain {
  const parts = contributions(contextOf(listener, options, reads))
  return {
    name: listener.name,
    ...serverNames([listener.hostname]),
    filters: [
      httpConnectionManager({
        options,
        first: listener,
        routeConfigName: listener.name,
        parts,
        filters: filtersOf(listener, options, reads),
      }),
    ],
    ...settle("filter-chain", slot(parts, "filterChain")),
  }
}

function filtersOf(listener: HttpListener, options: ProxyOptions, reads: ListenerReads): readonly HttpFilterPart[] {
  const own = contributions(contextOf(listener, options, reads)).flatMap(({ part }) => part.httpFilters ?? [])
  return [...own, ...reads.routeFilters(listener)]
}

function tcpChain(listener: L4Listener, route: L4Route, options: ProxyOptions): Chain {
  const parts = contributions({ protocol: "tcp", options, listener })
  const cluster = clusterNameOf(route.destination)
  const statPrefix = `${statKind(listener)}-${listener.port}`
  const forward = isSniForwarded(route.destination)
    ? sniForwardProxy(clusterOf(route.destination, false, listener.origin), statPrefix)
    : []
  return {
    name: route.name,
    ...serverNames(route.hosts),
    filters: [...forward, tcpProxy(parts, statPrefix, cluster)],
    ...settle("filter-chain", slot(parts, "filterChain")),
  }
}

function statKind({ protocol, tls }: L4Listener): string {
  if (tls !== undefined) return "tls-terminate"
  return protocol === "TLS" ? "tls-passthrough" : "tcp"
}

function emptyChain(listeners: readonly L4Listener[], options: ProxyOptions): Chain {
  const [first] = listeners
  if (first === undefined) throw new Error("empty filter chain without a listener")
  const parts = contributions({ protocol: "tcp", options, listener: first })
  return { name: emptyCluster, filters: [tcpProxy(parts, `tcp-${first.port}`, emptyCluster)] }
}

function tcpProxy(parts: Parts, statPrefix: string, cluster: string): NonNullable<Chain["filters"]>[number] {
  return {
    name: "envoy.filters.network.tcp_proxy",
    configType: {
      case: "typedConfig",
      value: typed(TcpProxySchema, {
        statPrefix,
        clusterSpecifier: { case: "cluster", value: cluster },
        ...settle("tcp-proxy", slot(parts, "tcpProxy")),
      }),
    },
  }
}

function udpListener(
  { name, first }: Extract<XdsListener, { type: "udp" }>,
  options: ProxyOptions,
  reads: ListenerReads,
): Init<typeof ListenerSchema> {
  const [route] = reads.l4Routes(first)
  const cluster = route === undefined ? emptyCluster : clusterNameOf(route.destination)
  const parts = contributions({ protocol: "udp", options, listener: first })
  const proxy = typed(UdpProxyConfigSchema, {
    statPrefix: "service",
    routeSpecifier: {
      case: "matcher",
      value: {
        onNoMatch: {
          onMatch: { case: "action", value: { name: "route", typedConfig: typed(UdpRouteSchema, { cluster }) } },
        },
      },
    },
    ...settle("udp-proxy", slot(parts, "udpProxy")),
  })
  return {
    name,
    address: address(first, SocketAddress_Protocol.UDP),
    ...settle("listener", slot(parts, "listener")),
    listenerFilters: [
      { name: "envoy.filters.udp_listener.udp_proxy", configType: { case: "typedConfig", value: proxy } },
    ],
  }
}

/** A chain without names takes every connection. */
function serverNames(hosts: readonly string[]): Pick<Chain, "filterChainMatch"> {
  return hosts.length === 0 || hosts[0] === "*" || hosts[0] === ""
    ? {}
    : { filterChainMatch: { serverNames: [...hosts] } }
}

function address(
  listener: { readonly address: string; readonly port: number; readonly isIpv4Compatible?: boolean },
  protocol: SocketAddress_Protocol,
): Init<typeof AddressSchema> {
  return {
    address: {
      case: "socketAddress",
      value: {
        protocol,
        address: listener.address,
        portSpecifier: { case: "portValue", value: listener.port },
        ...(listener.isIpv4Compatible === true ? { ipv4Compat: true } : {}),
      },
    },
  }
}

function contextOf(listener: HttpListener | L4Listener, options: ProxyOptions, reads: ListenerReads): ListenerContext {
  return "protocol" in listener
    ? { protocol: "tcp", options, listener }
    : { protocol: "http", options, listener, hasGrpcRoute: reads.hasGrpcRoute(listener) }
}

function contributions(context: ListenerContext): Parts {
  return features.flatMap((feature) => {
    const part = feature.contributeListener?.(context)
    return part === undefined ? [] : [{ feature: feature.name, part }]
  })
}

function slot(
  parts: Parts,
  name: Extract<keyof ListenerContribution, "listener" | "tcpProxy" | "udpProxy" | "filterChain">,
): readonly Filled[] {
  return parts.flatMap(({ feature, part }) => {
    const fields = part[name]
    return fields === undefined ? [] : [{ feature, fields: fields as Filled["fields"] }]
  })
}
