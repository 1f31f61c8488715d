// Every host call of `env` with valid and invalid arguments.
import { encodePairs, type GuestCall } from "@attache/wasm-host/guest"

/** Headers of a call-out, and a set of pairs to write. */
const callHeaders = encodePairs([
  [":method", "GET"],
  [":path", "/bytes/3"],
  [":authority", "a"],
])
const lameHeaders = encodePairs([[":method", "GET"]])
const truncatedPairs = callHeaders.slice(0, 20)

/** A serialized GrpcService: `envoy_grpc { cluster_name: "grpc" }`. */
const grpcService = Uint8Array.of(0x0a, 6, 0x0a, 4, ...new TextEncoder().encode("grpc"))

const texts = {
  path: ":path",
  header: "x-w",
  one: "1",
  callout: "callout",
  nope: "nope",
  plugin: "plugin_name",
  pairs: callHeaders,
  lame: lameHeaders,
  truncated: truncatedPairs,
  split: "a\0b",
  deep: "request\0path",
  compress: "compress",
  uncompress: "uncompress",
  clear: "clear_route_cache",
  create: "expr_create",
  evaluate: "expr_evaluate",
  erase: "expr_delete",
  state: "set_envoy_filter_state",
  declare: "declare_property",
  expression: "request.path",
  badExpression: "1 +",
  zeroToken: Uint8Array.of(0, 0, 0, 0),
  otherToken: Uint8Array.of(9, 0, 0, 0),
  badMessage: Uint8Array.of(0xff, 0xff),
  grpc: "grpc",
  grpcService,
  service: "echo.Echo",
  method: "Say",
  failing: "Fail",
  queue: "q",
  vm: "vm",
  host: "127.0.0.1",
  reason: "why not",
} as const

type TextName = keyof typeof texts

/** Where each text lies in a guest's memory. */
const places = new Map<TextName, readonly [address: number, size: number]>()
const encoded: [number, Uint8Array][] = []
let next = 64
for (const [name, value] of Object.entries(texts) as [TextName, string | Uint8Array][]) {
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value
  places.set(name, [next, bytes.length])
  encoded.push([next, bytes])
  next += Math.ceil((bytes.length + 1) / 8) * 8
}

/** Memory of every probe. */
export const probeData: Readonly<Record<number, Uint8Array>> = Object.fromEntries(encoded)

/** Pages of every probe's memory. */
export const probePages = 4

const at = (name: TextName): readonly [number, number] => places.get(name) ?? [0, 0]
/** Results go here. */
const out = 4096
/** Outside the memory, and a range that would wrap around. */
const far = 0xffff_fff0
/** Starts inside the memory and ends outside. */
const edge = probePages * 65536 - 2
const none = [0, 0] as const

/** Addresses that are no good: outside the memory, and across its end. */
export const wild = { far, edge } as const

/** What is called, and a name for a table. */
export interface NamedCall {
  readonly label: string
  readonly call: GuestCall
}

const ids = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i)

function headerCalls(): readonly NamedCall[] {
  const perMap = ids(9).flatMap((id): NamedCall[] => [
    { label: `get value, map ${id}`, call: ["proxy_get_header_map_value", id, ...at("path"), out, out + 4] },
    { label: `get absent value, map ${id}`, call: ["proxy_get_header_map_value", id, ...at("nope"), out, out + 4] },
    { label: `get pairs, map ${id}`, call: ["proxy_get_header_map_pairs", id, out, out + 4] },
    { label: `get size, map ${id}`, call: ["proxy_get_header_map_size", id, out] },
    { label: `add, map ${id}`, call: ["proxy_add_header_map_value", id, ...at("header"), ...at("one")] },
    { label: `replace, map ${id}`, call: ["proxy_replace_header_map_value", id, ...at("header"), ...at("one")] },
    { label: `remove, map ${id}`, call: ["proxy_remove_header_map_value", id, ...at("header")] },
  ])
  return [
    ...perMap,
    { label: "get value, wild key", call: ["proxy_get_header_map_value", 0, far, 32, out, out + 4] },
    { label: "get value, wild result", call: ["proxy_get_header_map_value", 0, ...at("path"), far, out] },
    { label: "get value, wild size", call: ["proxy_get_header_map_value", 0, ...at("path"), out, far] },
    { label: "get value, empty key", call: ["proxy_get_header_map_value", 0, 0, 0, out, out + 4] },
    { label: "get pairs, wild result", call: ["proxy_get_header_map_pairs", 0, edge, out] },
    { label: "get size, wild result", call: ["proxy_get_header_map_size", 0, far] },
    { label: "add, wild key", call: ["proxy_add_header_map_value", 0, edge, 8, ...at("one")] },
    { label: "add, wild value", call: ["proxy_add_header_map_value", 0, ...at("header"), far, 32] },
    { label: "add, no value", call: ["proxy_add_header_map_value", 0, ...at("header"), ...none] },
    { label: "replace, wild value", call: ["proxy_replace_header_map_value", 0, ...at("header"), edge, 8] },
    { label: "remove, wild key", call: ["proxy_remove_header_map_value", 0, far, 32] },
    { label: "set pairs, map 8", call: ["proxy_set_header_map_pairs", 8, ...at("pairs")] },
    { label: "set pairs, wild", call: ["proxy_set_header_map_pairs", 1, far, 32] },
    ...[1, 3, 4, 5, 6, 7].map(
      (id): NamedCall => ({ label: `set pairs, map ${id}`, call: ["proxy_set_header_map_pairs", id, ...at("pairs")] }),
    ),
  ]
}

function bufferCalls(): readonly NamedCall[] {
  const perBuffer = ids(10).flatMap((id): NamedCall[] => [
    { label: `get bytes, buffer ${id}`, call: ["proxy_get_buffer_bytes", id, 0, 100, out, out + 4] },
    { label: `get status, buffer ${id}`, call: ["proxy_get_buffer_status", id, out, out + 4] },
    { label: `set bytes, buffer ${id}`, call: ["proxy_set_buffer_bytes", id, 0, 1, ...at("one")] },
  ])
  return [
    ...perBuffer,
    ...[0, 1, 2, 3].flatMap((id): NamedCall[] => [
      { label: `get part, buffer ${id}`, call: ["proxy_get_buffer_bytes", id, 1, 1, out, out + 4] },
      { label: `get beyond end, buffer ${id}`, call: ["proxy_get_buffer_bytes", id, 1000, 1, out, out + 4] },
      { label: `get huge length, buffer ${id}`, call: ["proxy_get_buffer_bytes", id, 1, 0xffff_ffff, out, out + 4] },
      { label: `get wild result, buffer ${id}`, call: ["proxy_get_buffer_bytes", id, 0, 1, far, out] },
      { label: `get wild size, buffer ${id}`, call: ["proxy_get_buffer_bytes", id, 0, 1, out, edge] },
      { label: `set wild, buffer ${id}`, call: ["proxy_set_buffer_bytes", id, 0, 0, far, 32] },
      { label: `set at 1, buffer ${id}`, call: ["proxy_set_buffer_bytes", id, 1, 1, ...at("one")] },
      { label: `prepend, buffer ${id}`, call: ["proxy_set_buffer_bytes", id, 0, 0, ...at("one")] },
      { label: `append, buffer ${id}`, call: ["proxy_set_buffer_bytes", id, 0xffff_ffff, 0, ...at("one")] },
    ]),
    { label: "status, wild length", call: ["proxy_get_buffer_status", 0, far, out] },
    { label: "status, wild flags", call: ["proxy_get_buffer_status", 0, out, far] },
  ]
}

function plainCalls(): readonly NamedCall[] {
  const property = (name: string, ...text: readonly [number, number]): NamedCall => ({
    label: `get property, ${name}`,
    call: ["proxy_get_property", ...text, out, out + 4],
  })
  return [
    ...ids(7).map((level): NamedCall => ({ label: `log at ${level}`, call: ["proxy_log", level, ...at("one")] })),
    { label: "log nothing", call: ["proxy_log", 2, 0, 0] },
    { label: "log, wild", call: ["proxy_log", 2, far, 32] },
    { label: "log, over the edge", call: ["proxy_log", 2, edge, 3] },
    { label: "log level", call: ["proxy_get_log_level", out] },
    { label: "log level, wild", call: ["proxy_get_log_level", far] },
    { label: "time", call: ["proxy_get_current_time_nanoseconds", out] },
    { label: "time, wild", call: ["proxy_get_current_time_nanoseconds", edge] },
    { label: "status", call: ["proxy_get_status", out, out + 4, out + 8] },
    { label: "status, wild code", call: ["proxy_get_status", far, out, out] },
    { label: "status, wild text", call: ["proxy_get_status", out, far, out] },
    { label: "tick period 0", call: ["proxy_set_tick_period_milliseconds", 0] },
    property("plugin_name", ...at("plugin")),
    property("request.path", ...at("deep")),
    property("unknown", ...at("nope")),
    property("empty", 0, 0),
    property("wild", far, 32),
    { label: "get property, wild result", call: ["proxy_get_property", ...at("plugin"), far, out] },
    { label: "set property", call: ["proxy_set_property", ...at("nope"), ...at("one")] },
    { label: "set property of two segments", call: ["proxy_set_property", ...at("split"), ...at("one")] },
    { label: "set property, no name", call: ["proxy_set_property", 0, 0, ...at("one")] },
    { label: "set property, wild name", call: ["proxy_set_property", far, 32, ...at("one")] },
    { label: "set property, wild value", call: ["proxy_set_property", ...at("nope"), far, 32] },
    { label: "effective context 99", call: ["proxy_set_effective_context", 99] },
    { label: "continue stream 4", call: ["proxy_continue_stream", 4] },
    { label: "continue stream -1", call: ["proxy_continue_stream", 0xffff_ffff] },
    { label: "close stream 4", call: ["proxy_close_stream", 4] },
    { label: "done", call: ["proxy_done"] },
    { label: "equal threads", call: ["pthread_equal", 7, 7] },
    { label: "other threads", call: ["pthread_equal", 7, 8] },
    { label: "memory growth", call: ["emscripten_notify_memory_growth", 0] },
    { label: "resolve", call: ["envoy_resolve_dns", ...at("host"), out] },
    { label: "resolve, wild name", call: ["envoy_resolve_dns", far, 32, out] },
    { label: "resolve, wild token", call: ["envoy_resolve_dns", ...at("host"), far] },
    { label: "reply, wild details", call: ["proxy_send_local_response", 200, far, 32, 0, 0, 0, 0, -1] },
    { label: "reply, wild body", call: ["proxy_send_local_response", 200, 0, 0, far, 32, 0, 0, -1] },
    { label: "reply, wild headers", call: ["proxy_send_local_response", 200, 0, 0, 0, 0, edge, 32, -1] },
  ]
}

function sharedCalls(): readonly NamedCall[] {
  return [
    { label: "get shared, absent", call: ["proxy_get_shared_data", ...at("nope"), out, out + 4, out + 8] },
    { label: "get shared, wild key", call: ["proxy_get_shared_data", far, 32, out, out + 4, out + 8] },
    { label: "set shared, fresh with cas", call: ["proxy_set_shared_data", ...at("queue"), ...at("one"), 9] },
    { label: "set shared, stale", call: ["proxy_set_shared_data", ...at("queue"), ...at("one"), 9999] },
    { label: "set shared", call: ["proxy_set_shared_data", ...at("queue"), ...at("one"), 0] },
    { label: "set shared, empty value", call: ["proxy_set_shared_data", ...at("vm"), 0, 0, 0] },
    { label: "set shared, wild key", call: ["proxy_set_shared_data", far, 32, ...at("one"), 0] },
    { label: "set shared, wild value", call: ["proxy_set_shared_data", ...at("queue"), far, 32, 0] },
    { label: "get shared", call: ["proxy_get_shared_data", ...at("queue"), out, out + 4, out + 8] },
    { label: "get shared, empty value", call: ["proxy_get_shared_data", ...at("vm"), out, out + 4, out + 8] },
    { label: "get shared, wild result", call: ["proxy_get_shared_data", ...at("queue"), far, out, out] },
    { label: "get shared, wild cas", call: ["proxy_get_shared_data", ...at("queue"), out, out + 4, far] },
    { label: "resolve queue, absent", call: ["proxy_resolve_shared_queue", ...at("vm"), ...at("nope"), out] },
    { label: "resolve queue, other vm", call: ["proxy_resolve_shared_queue", ...at("nope"), ...at("queue"), out] },
    { label: "register queue", call: ["proxy_register_shared_queue", ...at("queue"), out] },
    { label: "register queue again", call: ["proxy_register_shared_queue", ...at("queue"), out] },
    { label: "register queue, wild name", call: ["proxy_register_shared_queue", far, 32, out] },
    { label: "register queue, wild token", call: ["proxy_register_shared_queue", ...at("queue"), far] },
    { label: "resolve queue, own vm", call: ["proxy_resolve_shared_queue", 0, 0, ...at("queue"), out] },
    { label: "resolve queue, named vm", call: ["proxy_resolve_shared_queue", ...at("vm"), ...at("queue"), out] },
    { label: "resolve queue, wild vm", call: ["proxy_resolve_shared_queue", far, 32, ...at("queue"), out] },
    { label: "resolve queue, wild token", call: ["proxy_resolve_shared_queue", 0, 0, ...at("queue"), far] },
    { label: "dequeue nothing", call: ["proxy_dequeue_shared_queue", 1, out, out + 4] },
    { label: "enqueue", call: ["proxy_enqueue_shared_queue", 1, ...at("one")] },
    { label: "enqueue again", call: ["proxy_enqueue_shared_queue", 1, ...at("one")] },
    { label: "enqueue, unknown", call: ["proxy_enqueue_shared_queue", 9, ...at("one")] },
    { label: "enqueue, wild", call: ["proxy_enqueue_shared_queue", 1, far, 32] },
    { label: "dequeue", call: ["proxy_dequeue_shared_queue", 1, out, out + 4] },
    { label: "dequeue, wild result", call: ["proxy_dequeue_shared_queue", 1, far, out] },
    { label: "dequeue, after a wild one", call: ["proxy_dequeue_shared_queue", 1, out, out + 4] },
    { label: "dequeue, unknown", call: ["proxy_dequeue_shared_queue", 9, out, out + 4] },
  ]
}

function metricCalls(): readonly NamedCall[] {
  return [
    ...[0, 1, 2].map(
      (kind): NamedCall => ({ label: `define kind ${kind}`, call: ["proxy_define_metric", kind, ...at("nope"), out] }),
    ),
    { label: "define kind 3", call: ["proxy_define_metric", 3, ...at("nope"), out] },
    { label: "define, wild name", call: ["proxy_define_metric", 0, far, 32, out] },
    { label: "define, wild id", call: ["proxy_define_metric", 0, ...at("nope"), far] },
    ...[4, 5, 6, 7, 400, 401, 402, 403].flatMap((id): NamedCall[] => [
      { label: `increment ${id}`, call: ["proxy_increment_metric", id, 2n] },
      { label: `increment ${id} by 0`, call: ["proxy_increment_metric", id, 0n] },
      { label: `increment ${id} by -1`, call: ["proxy_increment_metric", id, -1n] },
      { label: `record ${id}`, call: ["proxy_record_metric", id, 3n] },
      { label: `get metric ${id}`, call: ["proxy_get_metric", id, out] },
    ]),
    { label: "get metric, wild", call: ["proxy_get_metric", 4, far] },
  ]
}

function callOutCalls(): readonly NamedCall[] {
  const http = (
    label: string,
    cluster: TextName,
    headers: readonly [number, number],
    rest: readonly number[] = [],
  ): NamedCall => {
    const [body = 0, bodySize = 0, trailers = 0, trailersSize = 0, timeout = 1000, token = out] = rest
    return {
      label: `http call, ${label}`,
      call: ["proxy_http_call", ...at(cluster), ...headers, body, bodySize, trailers, trailersSize, timeout, token],
    }
  }
  const unary = (label: string, cluster: readonly [number, number], rest: readonly number[] = []): NamedCall => {
    const [message = 0, size = 0, timeout = 1000, token = out] = rest
    return {
      label: `grpc call, ${label}`,
      call: ["proxy_grpc_call", ...cluster, ...at("service"), ...at("method"), ...none, message, size, timeout, token],
    }
  }
  return [
    http("plain", "callout", at("pairs")),
    http("with a body", "callout", at("pairs"), [...at("one"), ...none]),
    http("without time-out", "callout", at("pairs"), [0, 0, 0, 0, 0]),
    http("unknown cluster", "nope", at("pairs")),
    http("missing headers", "callout", at("lame")),
    http("no headers", "callout", none),
    http("broken headers", "callout", at("truncated")),
    http("negative time-out", "callout", at("pairs"), [0, 0, 0, 0, -1]),
    http("wild headers", "callout", [far, 32]),
    http("wild body", "callout", at("pairs"), [far, 32]),
    http("wild trailers", "callout", at("pairs"), [0, 0, far, 32]),
    http("wild token", "callout", at("pairs"), [0, 0, 0, 0, 1000, far]),
    unary("by name", at("grpc")),
    unary("by message", at("grpcService")),
    unary("unknown cluster", at("nope")),
    unary("wild cluster", [far, 32]),
    unary("wild message", at("grpc"), [far, 32]),
    unary("wild token", at("grpc"), [0, 0, 1000, far]),
    {
      label: "grpc stream",
      call: ["proxy_grpc_stream", ...at("grpc"), ...at("service"), ...at("method"), ...none, out],
    },
    {
      label: "grpc stream, unknown cluster",
      call: ["proxy_grpc_stream", ...at("nope"), ...at("service"), ...at("method"), ...none, out],
    },
    {
      label: "grpc stream, wild token",
      call: ["proxy_grpc_stream", ...at("grpc"), ...at("service"), ...at("method"), ...none, far],
    },
    ...[0xff00, 0xff01, 0xff02, 0xff03].flatMap((token): NamedCall[] => [
      { label: `grpc send, kind ${token & 3}`, call: ["proxy_grpc_send", token, 0, 0, 0] },
      { label: `grpc cancel, kind ${token & 3}`, call: ["proxy_grpc_cancel", token] },
      { label: `grpc close, kind ${token & 3}`, call: ["proxy_grpc_close", token] },
    ]),
    { label: "grpc send, wild", call: ["proxy_grpc_send", 0xff02, far, 32, 0] },
  ]
}

function foreignCalls(): readonly NamedCall[] {
  const call = (
    label: string,
    name: TextName,
    args: readonly [number, number],
    result: readonly [number, number] = [out, out + 4],
  ): NamedCall => ({
    label: `foreign, ${label}`,
    call: ["proxy_call_foreign_function", ...at(name), ...args, ...result],
  })
  return [
    call("unknown", "nope", none),
    call("compress", "compress", at("service")),
    call("compress nothing", "compress", none),
    call("result not wanted", "compress", at("service"), [0, 0]),
    call("wild arguments", "compress", [far, 32]),
    call("wild result", "compress", at("service"), [far, out]),
    call("uncompress rubbish", "uncompress", at("service")),
    call("clear_route_cache", "clear", none),
    call("bad filter state", "state", at("badMessage")),
    call("bad declaration", "declare", at("badMessage")),
    call("bad expression", "create", at("badExpression")),
    call("create expression", "create", at("expression")),
    call("evaluate expression", "evaluate", at("zeroToken")),
    call("evaluate, unknown", "evaluate", at("otherToken")),
    call("evaluate, no token", "evaluate", at("one")),
    call("delete, unknown", "erase", at("otherToken")),
    call("delete expression", "erase", at("zeroToken")),
    call("delete, no token", "erase", none),
    { label: "foreign, wild name", call: ["proxy_call_foreign_function", far, 32, 0, 0, out, out + 4] },
  ]
}

/** Calls that leave the stream as it is: all of them are made one after the other in one callback. */
export const gentleCalls: readonly NamedCall[] = [
  ...plainCalls(),
  ...headerCalls(),
  ...bufferCalls(),
  ...sharedCalls(),
  ...metricCalls(),
  ...callOutCalls(),
  ...foreignCalls(),
]

/** Calls that end, replace or move a stream: each is made in a callback of its own. */
export const drasticCalls: readonly NamedCall[] = [
  ...[0, 1, 2, 3].map((id): NamedCall => ({ label: `continue stream ${id}`, call: ["proxy_continue_stream", id] })),
  ...[0, 1, 2, 3].map((id): NamedCall => ({ label: `close stream ${id}`, call: ["proxy_close_stream", id] })),
  { label: "effective context 0", call: ["proxy_set_effective_context", 0] },
  { label: "effective context 1", call: ["proxy_set_effective_context", 1] },
  { label: "reply", call: ["proxy_send_local_response", 418, ...at("reason"), ...at("one"), ...none, -1] },
  {
    label: "grpc call to nothing",
    call: ["proxy_grpc_call", 0, 0, ...at("service"), ...at("method"), 0, 0, 0, 0, 1000, out],
  },
  { label: "set pairs, map 0", call: ["proxy_set_header_map_pairs", 0, ...at("pairs")] },
  { label: "set pairs, map 2", call: ["proxy_set_header_map_pairs", 2, ...at("pairs")] },
]

/** A range of the probes' memory by name. */
export const placeOf = at
