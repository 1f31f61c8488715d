import { Status } from "./abi/status.ts"
import { byteString, toBytes } from "./byte-string.ts"
import type { PropertyResult } from "./context.ts"
import type { HeaderMap } from "./http/header-map.ts"
import { grpcStatusOf } from "./http/local-reply.ts"
import type { StreamInfo } from "./http/stream-info.ts"
import { encodePairs, type Pair } from "./pairs.ts"
import type { Plugin } from "./plugin.ts"

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

/** A value on its way to bytes. Texts are byte strings; maps are walked by the rest of the path. */
type Value =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "int"; readonly value: bigint }
  | { readonly kind: "double"; readonly value: number }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "map"; readonly get: (key: string) => Value | undefined }
  | { readonly kind: "json"; readonly value: unknown }

const text = (value: string | undefined): Value | undefined =>
  value === undefined ? undefined : { kind: "text", text: value }
const int = (value: number | bigint | undefined): Value | undefined =>
  value === undefined ? undefined : { kind: "int", value: BigInt(value) }
const map = (get: (key: string) => Value | undefined): Value => ({ kind: "map", get })

/**
 * The serialized value of a property.
 *
 * NOT_FOUND when absent, SERIALIZATION_FAILURE when the path ends before a value. Source: Envoy `Context::getProperty`, `serializeValue`.
 */
export function readProperty(path: readonly string[], source: PropertySource): PropertyResult {
  if (path.length === 0 || (path.length === 1 && path[0] === "")) return { status: Status.SerializationFailure }
  let value: Value | undefined = rootValue(path[0] ?? "", source)
  for (const segment of path.slice(1)) {
    value = value === undefined ? undefined : step(value, segment)
  }
  if (value === undefined) return { status: Status.NotFound }
  return serialize(value) ?? { status: Status.SerializationFailure }
}

function rootValue(name: string, source: PropertySource): Value | undefined {
  const { stream, plugin } = source
  if (name === "plugin_name") return text(byteString(plugin.name))
  if (name === "plugin_root_id") return text(byteString(plugin.rootId))
  if (name === "plugin_vm_id") return text(byteString(plugin.vmId))
  if (name === "xds") return map((key) => xdsValue(key, source))
  if (stream === undefined) return undefined
  if (name === "connection_id") return int(stream.connectionId)
  if (name === "request") return source.isHttp === true ? map((key) => requestValue(key, source, stream)) : undefined
  if (name === "response") return source.isHttp === true ? map((key) => responseValue(key, source, stream)) : undefined
  if (name === "connection") return map((key) => connectionValue(key, stream))
  if (name === "upstream") return map((key) => upstreamValue(key, stream))
  if (name === "source") return map((key) => addressValue(key, stream.source))
  if (name === "destination") return map((key) => addressValue(key, stream.destination))
  if (name === "metadata") return { kind: "json", value: { filter_metadata: {} } }
  if (name === "filter_state") return map((key) => bytesOf(stream.filterState.get(key)))
  return bytesOf(stream.filterState.get(`wasm.${name}`))
}

const bytesOf = (bytes: Uint8Array | undefined): Value | undefined =>
  bytes === undefined ? undefined : { kind: "bytes", bytes }

function requestValue(key: string, source: PropertySource, info: StreamInfo): Value | undefined {
  const headers = source.requestHeaders
  const path = headers?.get(":path")
  const query = path?.indexOf("?") ?? -1
  switch (key) {
    case "protocol":
      return text("HTTP/1.1")
    case "time":
      return int(BigInt(Math.round((source.epochMs + info.startMs) * 1000)) * 1000n)
    case "duration":
      return info.endMs === undefined ? undefined : int(BigInt(Math.round((info.endMs - info.startMs) * 1000)) * 1000n)
    case "size":
      return int(requestSize(headers, info))
    case "total_size":
      return int(info.requestBytes + (headers?.byteSize() ?? 0))
    case "headers_bytes":
      return headers === undefined ? undefined : int(headers.byteSize())
    case "headers":
      return headers === undefined ? undefined : headerValues(headers)
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

function responseValue(key: string, source: PropertySource, info: StreamInfo): Value | undefined {
  const { responseHeaders: headers, responseTrailers: trailers } = source
  switch (key) {
    case "code":
      return int(info.responseCode)
    case "code_details":
      return text(info.details)
    case "flags":
      return int(0)
    case "grpc_status": {
      const own = trailers?.get("grpc-status") ?? headers?.get("grpc-status")
      if (own !== undefined) return int(Number(own))
      return info.responseCode === undefined ? undefined : int(grpcStatusOf(info.responseCode))
    }
    case "headers":
      return headers === undefined ? undefined : headerValues(headers)
    case "headers_bytes":
      return headers === undefined ? undefined : int(headers.byteSize())
    case "trailers":
      return trailers === undefined ? undefined : headerValues(trailers)
    case "size":
      return int(info.responseBytes)
    case "total_size":
      return int(info.responseBytes + (headers?.byteSize() ?? 0) + (trailers?.byteSize() ?? 0))
    case "backend_latency":
      return undefined
  }
  return undefined
}

function connectionValue(key: string, info: StreamInfo): Value | undefined {
  if (key === "id") return int(info.connectionId)
  // Present and empty on a connection without TLS. Source: observed on Envoy 1.40.
  if (key === "requested_server_name") return text("")
  return key === "mtls" ? { kind: "bool", value: false } : undefined
}

function upstreamValue(key: string, info: StreamInfo): Value | undefined {
  switch (key) {
    case "request_attempt_count":
      return int(info.attempts)
    case "num_endpoints":
      return int(1)
    case "transport_failure_reason":
      return text(info.upstreamAddress === undefined ? undefined : "")
    case "address":
      return text(info.upstreamAddress)
    case "port":
      return int(info.upstreamAddress === undefined ? undefined : Number(info.upstreamAddress.split(":")[1]))
    case "local_address":
      return text(info.upstreamAddress === undefined ? undefined : "127.0.0.1:40000")
  }
  return undefined
}

function addressValue(key: string, address: string): Value | undefined {
  if (key === "address") return text(address)
  return key === "port" ? int(Number(address.split(":")[1])) : undefined
}

function xdsValue(key: string, source: PropertySource): Value | undefined {
  const route = source.stream?.route
  const isHttp = source.isHttp === true
  switch (key) {
    case "node":
      return {
        kind: "json",
        value: { id: source.node.id, cluster: source.node.cluster, metadata: source.node.metadata },
      }
    case "listener_direction":
      return int(source.listenerDirection)
    case "filter_chain_name":
      return source.stream === undefined ? undefined : text("")
    case "listener_metadata":
      return { kind: "json", value: { filter_metadata: {} } }
    case "cluster_name":
      return text(route === undefined ? undefined : byteString(route.cluster))
    case "route_name":
      return isHttp && route !== undefined ? text(byteString(route.name)) : undefined
    case "virtual_host_name":
      return isHttp && route !== undefined ? text("v") : undefined
    case "route_metadata":
      return isHttp && route !== undefined ? { kind: "json", value: { filter_metadata: route.metadata } } : undefined
  }
  return undefined
}

function headerValues(headers: HeaderMap): Value {
  return map((name) => {
    const values = headers.getAll(name)
    return values.length === 0 ? undefined : text(values.join(","))
  })
}

function step(value: Value, segment: string): Value | undefined {
  if (value.kind === "map") return value.get(segment)
  if (value.kind !== "json") return undefined
  const inner = value.value
  if (Array.isArray(inner)) return jsonValue(inner[Number(segment)])
  if (typeof inner !== "object" || inner === null) return undefined
  return jsonValue((inner as Readonly<Record<string, unknown>>)[segment])
}

function jsonValue(value: unknown): Value | undefined {
  if (value === undefined) return undefined
  if (typeof value === "string") return text(byteString(value))
  if (typeof value === "number") return { kind: "double", value }
  if (typeof value === "boolean") return { kind: "bool", value }
  return { kind: "json", value }
}

function serialize(value: Value): Uint8Array | undefined {
  switch (value.kind) {
    case "bytes":
      return value.bytes
    case "text":
      return toBytes(value.text)
    case "bool":
      return Uint8Array.of(Number(value.value))
    case "int":
    case "double": {
      const out = new Uint8Array(8)
      const view = new DataView(out.buffer)
      if (value.kind === "int") view.setBigUint64(0, BigInt.asUintN(64, value.value), true)
      else view.setFloat64(0, value.value, true)
      return out
    }
    case "json":
      return serializeJson(value.value)
    case "map":
      return undefined
  }
}

function serializeJson(value: unknown): Uint8Array | undefined {
  if (value === null || typeof value !== "object") return undefined
  const entries: readonly (readonly [unknown, unknown])[] = Array.isArray(value)
    ? value.map((one) => [one, undefined])
    : Object.entries(value)
  const pairs: Pair[] = []
  for (const [key, one] of entries) {
    const name = typeof key === "string" ? byteString(key) : elementOf(key)
    const bytes = one === undefined ? "" : elementOf(one)
    if (name === undefined || bytes === undefined) return undefined
    pairs.push([name, bytes])
  }
  return encodePairs(pairs)
}

function elementOf(value: unknown): string | undefined {
  const inner = jsonValue(value)
  const bytes = inner === undefined ? undefined : serialize(inner)
  return bytes === undefined ? undefined : [...bytes].map((b) => String.fromCharCode(b)).join("")
}
