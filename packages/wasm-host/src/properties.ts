import { type Attribute, int, map, text } from "./attribute.ts"
import { byteString, joinBytes, utf8 } from "./byte-string.ts"
import { structBytes } from "./configuration.ts"
import { createHeaderMap, type HeaderMap } from "./http/header-map.ts"
import { grpcStatusOf } from "./http/local-reply.ts"
import { responseFlags, type StreamInfo } from "./http/stream-info.ts"
import type { Plugin } from "./plugin.ts"
import { writeField } from "./protobuf.ts"

/** Who the proxy is: `node` of its bootstrap. */
export interface ProxyNode {
  readonly id: string
  readonly cluster: string
  readonly metadata: Readonly<Record<string, unknown>>
}

/** Where attributes come from. Absent parts make their attributes absent. */
export interface PropertySource {
  readonly plugin: Plugin
  readonly node: ProxyNode
  readonly nowMs: number
  readonly epochMs: number
  /** 0 unspecified, 1 inbound, 2 outbound. */
  readonly listenerDirection: number
  readonly stream?: StreamInfo
  readonly isHttp?: boolean
  readonly requestHeaders?: HeaderMap | undefined
  readonly responseHeaders?: HeaderMap | undefined
  readonly responseTrailers?: HeaderMap | undefined
}

/** The attribute of a first name; undefined when there is none. Source: Envoy `Context::findValue`. */
export function rootAttribute(name: string, source: PropertySource): Attribute | undefined {
  const { stream, plugin } = source
  if (name === "plugin_name") return text(byteString(plugin.name))
  if (name === "plugin_root_id") return text(byteString(plugin.rootId))
  if (name === "plugin_vm_id") return text(byteString(plugin.vmId))
  if (name === "xds") return map((key) => xdsValue(key, source))
  if (stream === undefined) return undefined
  if (name === "connection_id") return int(stream.connectionId)
  if (name === "request") return map((key) => requestValue(key, source, stream))
  if (name === "response") return map((key) => responseValue(key, source, stream))
  if (name === "connection") return map((key) => connectionValue(key, stream))
  if (name === "upstream") return map((key) => upstreamValue(key, stream, source.isHttp === true))
  if (name === "source") return map((key) => addressValue(key, stream.source))
  if (name === "destination") return map((key) => addressValue(key, stream.destination))
  if (name === "metadata") return metadataOf({})
  if (name === "upstream_filter_state") return stream.isConnected ? unprintable : undefined
  if (name === "filter_state") return map((key) => bytesOf(stream.filterState.get(key)))
  return bytesOf(stream.filterState.get(`wasm.${name}`))
}

/** `envoy.config.core.v3.Metadata`: a message as a whole, walked as JSON. */
const metadataOf = (metadata: Readonly<Record<string, unknown>>): Attribute => ({
  kind: "json",
  value: { filter_metadata: metadata },
  message: joinBytes(
    Object.entries(metadata).map(([key, value]) =>
      writeField(
        1,
        joinBytes([writeField(1, utf8(key)), writeField(2, structBytes(value as Record<string, unknown>))]),
      ),
    ),
  ),
})

const bytesOf = (bytes: Uint8Array | undefined): Attribute | undefined =>
  bytes === undefined ? undefined : { kind: "bytes", bytes }

const nanos = (ms: number): bigint => BigInt(Math.round(ms * 1000)) * 1000n

function requestValue(key: string, source: PropertySource, info: StreamInfo): Attribute | undefined {
  const headers = source.requestHeaders
  const path = headers?.get(":path")
  const query = path?.indexOf("?") ?? -1
  switch (key) {
    case "protocol":
      return source.isHttp === true ? text("HTTP/1.1") : undefined
    case "time":
      return { kind: "timestamp", value: nanos(source.epochMs + info.startMs) }
    case "duration":
      return info.endMs === undefined ? undefined : { kind: "duration", value: nanos(info.endMs - info.startMs) }
    case "size":
      return int(requestSize(headers, info))
    case "total_size":
      return int(info.requestBytes + (headers?.byteSize() ?? 0))
    case "headers_bytes":
      return int(headers?.byteSize() ?? 0)
    case "headers":
      return headerValues(headers)
    case "path":
      return text(path)
    case "url_path":
      return text(path === undefined ? undefined : query < 0 ? path : path.slice(0, query))
    case "query":
      return path === undefined ? undefined : text(query < 0 ? "" : path.slice(query + 1))
  }
  const names: Readonly<Record<string, string>> = {
    host: ":authority",
    scheme: ":scheme",
    method: ":method",
    referer: "referer",
    useragent: "user-agent",
    id: "x-request-id",
  }
  const name = names[key]
  return name === undefined ? undefined : text(headers?.get(name))
}

/** Announced length when there is one, else what arrived. */
function requestSize(headers: HeaderMap | undefined, info: StreamInfo): number {
  const announced = headers?.get("content-length")
  return announced === undefined ? info.requestBytes : Number(announced) || 0
}

function responseValue(key: string, source: PropertySource, info: StreamInfo): Attribute | undefined {
  const { responseHeaders: headers, responseTrailers: trailers } = source
  switch (key) {
    case "code":
      return int(info.responseCode)
    case "code_details":
      return text(info.details)
    case "flags":
      return int(responseFlags(info))
    case "grpc_status": {
      const own = trailers?.get("grpc-status") ?? headers?.get("grpc-status")
      if (own !== undefined) return int(Number(own))
      return info.responseCode === undefined ? undefined : int(grpcStatusOf(info.responseCode))
    }
    case "headers":
      return headerValues(headers)
    case "headers_bytes":
      return int(headers?.byteSize() ?? 0)
    case "trailers":
      return headerValues(trailers)
    case "size":
      return int(info.responseBytes)
    case "total_size":
      return int(info.responseBytes + (headers?.byteSize() ?? 0) + (trailers?.byteSize() ?? 0))
    case "backend_latency":
      return undefined
  }
  return undefined
}

function connectionValue(key: string, info: StreamInfo): Attribute | undefined {
  if (key === "id") return int(info.connectionId)
  // Present and empty on a connection without TLS. Source: observed on Envoy 1.40.
  if (key === "requested_server_name") return text("")
  return key === "mtls" ? { kind: "bool", value: false } : undefined
}

function upstreamValue(key: string, info: StreamInfo, isHttp: boolean): Attribute | undefined {
  switch (key) {
    case "request_attempt_count":
      return int(info.attempts)
    case "num_endpoints":
      return info.hasCluster ? int(1) : undefined
    case "transport_failure_reason":
      return text(info.upstreamAddress === undefined && isHttp ? undefined : info.transportFailure)
    case "address":
      return text(info.upstreamAddress)
    case "port":
      return int(info.upstreamAddress === undefined ? undefined : Number(info.upstreamAddress.split(":")[1]))
    case "local_address":
      return text(info.upstreamAddress === undefined ? undefined : "127.0.0.1:40000")
  }
  return undefined
}

function addressValue(key: string, address: string): Attribute | undefined {
  if (key === "address") return text(address)
  return key === "port" ? int(Number(address.split(":")[1])) : undefined
}

function xdsValue(key: string, source: PropertySource): Attribute | undefined {
  const route = source.stream?.route
  const isHttp = source.isHttp === true
  switch (key) {
    case "node":
      return map((part) => nodeValue(part, source.node))
    case "listener_direction":
      return source.stream === undefined ? undefined : int(source.listenerDirection)
    case "filter_chain_name":
      return source.stream === undefined ? undefined : text("")
    case "listener_metadata":
      return source.stream === undefined ? undefined : metadataOf({})
    case "cluster_name":
      return text(source.stream?.cluster === undefined ? undefined : byteString(source.stream.cluster))
    case "cluster_metadata":
      return source.stream?.hasCluster === true ? emptyMessage : undefined
    case "upstream_host_metadata":
    case "upstream_host_locality_metadata":
      return source.stream?.upstreamAddress === undefined ? undefined : unprintable
    case "virtual_host_metadata":
      return isHttp ? emptyMessage : undefined
    case "route_name":
      return isHttp && route !== undefined ? text(byteString(route.name)) : undefined
    case "virtual_host_name":
      return isHttp ? text("v") : undefined
    case "route_metadata":
      return isHttp && route !== undefined ? metadataOf(route.metadata) : undefined
  }
  return undefined
}

function nodeValue(key: string, node: ProxyNode): Attribute | undefined {
  if (key === "id") return text(byteString(node.id))
  if (key === "cluster") return text(byteString(node.cluster))
  if (key === "metadata") return { kind: "json", value: node.metadata }
  return key === "locality" ? emptyMessage : undefined
}

/** A message without fields, and something that is there but cannot be written down. */
const emptyMessage: Attribute = { kind: "json", value: {}, message: new Uint8Array(0) }
const unprintable: Attribute = map(() => undefined)

/** Headers by name; none are an empty map. */
function headerValues(headers: HeaderMap = createHeaderMap()): Attribute {
  const joined = (name: string): string | undefined => {
    const values = headers.getAll(name)
    return values.length === 0 ? undefined : values.join(",")
  }
  return {
    kind: "map",
    get: (name) => text(joined(name)),
    entries: () =>
      [...new Set(headers.pairs().map(([name]) => name))].map((name) => [name, joined(name) ?? ""] as const),
  }
}
