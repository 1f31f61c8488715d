// Names of xDS resources in Envoy Gateway's two schemes: by listener (v1, default) and by port (v2, runtime flag
// XDSNameSchemeV2). EnvoyPatchPolicies and dashboards refer to them.
import { sha256Hex } from "@attache/base"

/** Cluster that a share of requests is sent to when its backends are invalid. It must not exist: Envoy answers 500 or 503. */
export const invalidBackendCluster = "invalid-backend-cluster"

/** Cluster without endpoints behind a TCP or UDP listener that has no routes. */
export const emptyCluster = "EmptyCluster"

/** Cluster of the server that hands out Wasm modules. */
export const wasmCluster = "wasm_cluster"

/** Secret of the proxy's own system certificate bundle. */
export const systemCaSecret = "system_ca_certificates"

interface Port {
  readonly name: string
  readonly externalPort: number
}

/** Name of the xDS listener that the first of several listeners of one TCP port creates. */
export function tcpListenerName(first: Port, isV2: boolean): string {
  return isV2 ? `tcp-${first.externalPort}` : first.name
}

/** Name of the xDS listener of a UDP route. */
export function udpListenerName(listener: Port, isV2: boolean): string {
  return isV2 ? `udp-${listener.externalPort}` : listener.name
}

/** Name of the filter chain and route configuration that all plain HTTP listeners of a port share. */
export function plainHttpName(first: Port, isV2: boolean): string {
  return isV2 ? `http-${first.externalPort}` : first.name
}

/** `stat_prefix` of an HTTP connection manager; scheme v1 has the bound port. */
export function hcmStatPrefix(
  listener: { readonly externalPort: number; readonly port: number; readonly tls?: unknown },
  isV2: boolean,
): string {
  return `${listener.tls === undefined ? "http" : "https"}-${isV2 ? listener.externalPort : listener.port}`
}

/** Name of a virtual host. */
export function virtualHostName(listenerName: string, host: string, isV2: boolean): string {
  const escaped = host.replaceAll(".", "_")
  return isV2 ? escaped : `${listenerName}/${escaped}`
}

/** Name of the listener that answers readiness probes. */
export function readyListenerName(address: string, port: number): string {
  return `envoy-gateway-proxy-ready-${address}-${port}`
}

/** Name that ties an endpoint to its TLS settings. */
export function tlsMatchName(cluster: string, setting: number): string {
  return `${cluster}/tls/${setting}`
}

/** Cluster of an SDS server on a Unix socket; readable part of at most 48 bytes, then a digest of the path. */
export function sdsClusterName(path: string): string {
  const readable = path.replace(/^\/+/, "").replaceAll("/", "_").slice(0, 48)
  return `sds_${readable}_${sha256Hex(path).slice(0, 32)}`
}

/** Cluster of an HTTP server that Envoy itself fetches from. */
export function urlClusterName(url: URL): string {
  return `${url.hostname.replaceAll(".", "_")}_${urlPort(url)}`
}

/** Port of a URL: its own, else 443 for https and 80 for http. */
export function urlPort(url: URL): number {
  if (url.port !== "") return Number(url.port)
  return url.protocol === "https:" ? 443 : 80
}
