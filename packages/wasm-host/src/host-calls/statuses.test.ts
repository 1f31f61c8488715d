import { describe, expect, it } from "vitest"
import { envFunctions } from "../abi/host-functions.ts"
import { createHost } from "../host.ts"
import type { HostOptions } from "../options.ts"
import { encodePairs } from "../pairs.ts"
import { buildGuest, type GuestCall } from "../testing/guest.ts"

const callHeaders = encodePairs([
  [":method", "GET"],
  [":path", "/c"],
  [":authority", "a"],
])
const far = 0xffff_fff0
/** Addresses: 16 `:path`, 32 `x-w`, 40 `1`, 48 `upstream`, 64 `nope`, 80 `plugin_name`, 96 the headers of a call, 1024 and on results. */
const data = {
  16: ":path",
  32: "x-w",
  40: "1",
  48: "upstream",
  64: "nope",
  80: "plugin_name",
  96: callHeaders,
  256: "a\0b",
  272: "compress",
}
const at = 1024

type Phase = "root" | "reqh" | "reqb" | "resh" | "resb" | "log"
const callbackOf: Readonly<Record<Phase, string>> = {
  root: "proxy_on_configure",
  reqh: "proxy_on_request_headers",
  reqb: "proxy_on_request_body",
  resh: "proxy_on_response_headers",
  resb: "proxy_on_response_body",
  log: "proxy_on_log",
}

/** Statuses of calls made in a phase of a POST that is echoed, first run of the callback. */
function statuses(
  phase: Phase,
  calls: readonly GuestCall[],
  options: Partial<HostOptions> = {},
  marker?: string,
): readonly number[] {
  const module = buildGuest({
    callbacks: { [callbackOf[phase]]: calls },
    data,
    ...(marker === undefined ? {} : { marker }),
  })
  const host = createHost({
    module,
    plugin: { configuration: "abcdef" },
    clusters: { upstream: (request) => ({ headers: { "content-type": "text/plain" }, body: request.body }) },
    ...options,
  })
  expect(host.start()).toEqual({ isStarted: true })
  host.send({ method: "POST", path: "/echo", body: "ab" })
  return host
    .trace()
    .flatMap((line) => /\[vm<-host\] \S+ return: (\d+)$/.exec(line)?.[1] ?? [])
    .slice(0, calls.length)
    .map(Number)
}

const maps = (phase: Phase, call: (id: number) => GuestCall): readonly number[] =>
  statuses(phase, [0, 1, 2, 3, 4, 5, 6, 7, 8].map(call))

describe("header maps by phase", () => {
  const get = (id: number): GuestCall => ["proxy_get_header_map_value", id, 16, 5, at, at + 4]
  const pairs = (id: number): GuestCall => ["proxy_get_header_map_pairs", id, at, at + 4]
  const size = (id: number): GuestCall => ["proxy_get_header_map_size", id, at]
  const add = (id: number): GuestCall => ["proxy_add_header_map_value", id, 32, 3, 40, 1]
  const all2 = [2, 2, 2, 2, 2, 2, 2, 2, 2]
  const rows: readonly (readonly [phase: Phase, get: number[], pairs: number[], size: number[], add: number[]])[] = [
    ["root", all2, [0, 0, 0, 0, 0, 0, 0, 0, 2], all2, all2],
    [
      "reqh",
      [0, 2, 2, 2, 2, 2, 2, 2, 2],
      [0, 0, 0, 0, 0, 0, 0, 0, 2],
      [0, 2, 2, 2, 2, 2, 2, 2, 2],
      [0, 2, 2, 2, 2, 2, 2, 2, 2],
    ],
    ["reqb", all2, [0, 0, 0, 0, 0, 0, 0, 0, 2], all2, all2],
    [
      "resh",
      [2, 2, 1, 2, 2, 2, 2, 2, 2],
      [0, 0, 0, 0, 0, 0, 0, 0, 2],
      [2, 2, 0, 2, 2, 2, 2, 2, 2],
      [2, 2, 0, 2, 2, 2, 2, 2, 2],
    ],
    ["resb", all2, [0, 0, 0, 0, 0, 0, 0, 0, 2], all2, all2],
    ["log", [0, 1, 1, 1, 1, 1, 1, 1, 2], [0, 0, 0, 0, 0, 0, 0, 0, 2], all2, all2],
  ]
  it.each(rows)("%s", (phase, wantGet, wantPairs, wantSize, wantAdd) => {
    expect(maps(phase, get)).toEqual(wantGet)
    expect(maps(phase, pairs)).toEqual(wantPairs)
    expect(maps(phase, size)).toEqual(wantSize)
    expect(maps(phase, add)).toEqual(wantAdd)
  })
})

describe("buffers by phase", () => {
  const read = (id: number): GuestCall => ["proxy_get_buffer_bytes", id, 0, 100, at, at + 4]
  const status = (id: number): GuestCall => ["proxy_get_buffer_status", id, at, at + 4]
  const write = (id: number): GuestCall => ["proxy_set_buffer_bytes", id, 0, 1, 40, 1]
  const ids = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
  const rows: readonly (readonly [phase: Phase, read: number[], write: number[]])[] = [
    ["root", [0, 0, 0, 0, 1, 0, 0, 0, 0, 2], [2, 2, 2, 2, 1, 2, 2, 2, 2, 2]],
    ["reqh", [0, 0, 0, 0, 1, 0, 0, 1, 0, 2], [2, 2, 2, 2, 1, 2, 2, 1, 2, 2]],
    ["reqb", [0, 0, 0, 0, 1, 0, 0, 1, 0, 2], [0, 2, 2, 2, 1, 2, 2, 1, 2, 2]],
    ["resb", [0, 0, 0, 0, 1, 0, 0, 1, 0, 2], [2, 0, 2, 2, 1, 2, 2, 1, 2, 2]],
    ["log", [0, 0, 0, 0, 1, 0, 0, 1, 0, 2], [2, 2, 2, 2, 1, 2, 2, 1, 2, 2]],
  ]
  it.each(rows)("%s", (phase, wantRead, wantWrite) => {
    expect(statuses(phase, ids.map(read))).toEqual(wantRead)
    expect(statuses(phase, ids.map(status))).toEqual(wantRead)
    expect(statuses(phase, ids.map(write))).toEqual(wantWrite)
  })
})

describe("arguments", () => {
  const rows: readonly (readonly [call: GuestCall, status: number, phase?: Phase])[] = [
    [["proxy_log", 2, 16, 5], 0],
    [["proxy_log", 6, 16, 5], 2],
    [["proxy_get_log_level", at], 0],
    [["proxy_get_current_time_nanoseconds", at], 0],
    [["proxy_get_status", at, at + 4, at + 8], 0],
    [["proxy_set_tick_period_milliseconds", 0], 0],
    [["proxy_get_property", 80, 11, at, at + 4], 0],
    [["proxy_get_property", 64, 4, at, at + 4], 1],
    [["proxy_get_property", 64, 0, at, at + 4], 3],
    [["proxy_set_property", 256, 3, 40, 1], 0],
    [["proxy_set_property", 256, 3, 40, 1], 1, "root"],
    [["proxy_get_header_map_value", 0, 64, 4, at, at + 4], 1],
    [["proxy_replace_header_map_value", 0, 32, 3, 40, 1], 0],
    [["proxy_remove_header_map_value", 0, 64, 4], 0],
    [["proxy_set_header_map_pairs", 2, 96, callHeaders.length], 2],
    [["proxy_continue_stream", 2], 0],
    [["proxy_continue_stream", 3], 12],
    [["proxy_continue_stream", 4], 2],
    [["proxy_continue_stream", 0], 0, "root"],
    [["proxy_close_stream", 4], 2],
    [["proxy_close_stream", 3], 0],
    [["proxy_send_local_response", 200, 0, 0, 0, 0, 0, 0, -1], 0],
    [["proxy_http_call", 48, 8, 96, callHeaders.length, 0, 0, 0, 0, 100, at], 0],
    [["proxy_http_call", 64, 4, 96, callHeaders.length, 0, 0, 0, 0, 100, at], 2],
    [["proxy_http_call", 48, 8, 96, callHeaders.length, 0, 0, 0, 0, -1, at], 2],
    [["proxy_http_call", 48, 8, 0, 0, 0, 0, 0, 0, 100, at], 2],
    [["proxy_grpc_call", 64, 4, 16, 5, 16, 5, 0, 0, 0, 0, 100, at], 4],
    [["proxy_grpc_call", 48, 8, 16, 5, 16, 5, 0, 0, 0, 0, 100, at], 0],
    [["proxy_grpc_stream", 48, 8, 16, 5, 16, 5, 0, 0, at], 0],
    [["proxy_grpc_stream", 64, 4, 16, 5, 16, 5, 0, 0, at], 4],
    [["proxy_grpc_send", 0xff00, 0, 0, 0], 2],
    [["proxy_grpc_send", 0xff01, 0, 0, 0], 2],
    [["proxy_grpc_send", 0xff02, 0, 0, 0], 1],
    [["proxy_grpc_cancel", 0xff00], 2],
    [["proxy_grpc_cancel", 0xff01], 1],
    [["proxy_grpc_close", 0xff02], 1],
    [["proxy_get_shared_data", 64, 4, at, at + 4, at + 8], 1],
    [["proxy_set_shared_data", 64, 4, 40, 1, 9], 0],
    [["proxy_register_shared_queue", 64, 4, at], 0],
    [["proxy_resolve_shared_queue", 0, 0, 64, 4, at], 1],
    [["proxy_enqueue_shared_queue", 9, 40, 1], 1],
    [["proxy_dequeue_shared_queue", 9, at, at + 4], 1],
    [["proxy_define_metric", 0, 64, 4, at], 0],
    [["proxy_define_metric", 3, 64, 4, at], 2],
    [["proxy_increment_metric", 4, 1n], 1],
    [["proxy_increment_metric", 6, 1n], 2],
    [["proxy_record_metric", 6, 1n], 1],
    [["proxy_get_metric", 4, at], 1],
    [["proxy_get_metric", 6, at], 2],
    [["proxy_set_effective_context", 99], 2],
    [["proxy_set_effective_context", 1], 0],
    [["proxy_done"], 1],
    [["proxy_call_foreign_function", 64, 4, 0, 0, at, at + 4], 1],
    [["proxy_call_foreign_function", 272, 8, 16, 5, at, at + 4], 0],
    [["pthread_equal", 7, 7], 1],
    [["pthread_equal", 7, 8], 0],
    [["envoy_resolve_dns", 16, 5, at], 0],
  ]
  it.each(rows.map(([call, status, phase = "reqh"]) => ({ label: call.join(" "), call, status, phase })))(
    "$label in $phase gives $status",
    ({ call, status, phase }) => {
      expect(statuses(phase, [call])[0]).toBe(status)
    },
  )
  it("covers every call of the table", () => {
    const named = new Set([
      ...rows.map(([call]) => call[0]),
      "proxy_get_header_map_pairs",
      "proxy_get_header_map_size",
      "proxy_add_header_map_value",
      "proxy_get_buffer_bytes",
      "proxy_get_buffer_status",
      "proxy_set_buffer_bytes",
    ])
    const others = [
      "proxy_continue_request",
      "proxy_continue_response",
      "proxy_clear_route_cache",
      "proxy_get_configuration",
      "emscripten_notify_memory_growth",
    ]
    expect([...envFunctions.keys()].filter((name) => !named.has(name) && !others.includes(name))).toEqual([])
  })
})

describe("addresses outside the memory", () => {
  const rows: readonly GuestCall[] = [
    ["proxy_log", 2, far, 32],
    ["proxy_get_log_level", far],
    ["proxy_get_current_time_nanoseconds", far],
    ["proxy_get_status", far, at, at],
    ["proxy_get_property", far, 32, at, at],
    ["proxy_get_property", 80, 11, far, at],
    ["proxy_set_property", far, 32, 40, 1],
    ["proxy_get_header_map_value", 0, far, 32, at, at],
    ["proxy_get_header_map_value", 0, 16, 5, far, at],
    ["proxy_get_header_map_pairs", 0, far, at],
    ["proxy_get_header_map_size", 0, far],
    ["proxy_add_header_map_value", 0, far, 32, 40, 1],
    ["proxy_replace_header_map_value", 0, 32, 3, far, 32],
    ["proxy_remove_header_map_value", 0, far, 32],
    ["proxy_set_header_map_pairs", 0, far, 32],
    ["proxy_get_buffer_bytes", 0, 0, 1, far, at],
    ["proxy_get_buffer_status", 0, far, at],
    ["proxy_set_buffer_bytes", 0, 0, 0, far, 32],
    ["proxy_send_local_response", 200, 0, 0, far, 32, 0, 0, -1],
    ["proxy_http_call", 48, 8, 96, callHeaders.length, 0, 0, 0, 0, 100, far],
    ["proxy_grpc_call", far, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, at],
    ["proxy_grpc_stream", far, 32, 0, 0, 0, 0, 0, 0, at],
    ["proxy_grpc_send", 6, far, 32, 0],
    ["proxy_get_shared_data", far, 32, at, at, at],
    ["proxy_set_shared_data", far, 32, 0, 0, 0],
    ["proxy_register_shared_queue", 64, 4, far],
    ["proxy_resolve_shared_queue", far, 32, 0, 0, at],
    ["proxy_enqueue_shared_queue", 1, far, 32],
    ["proxy_define_metric", 0, 64, 4, far],
    ["proxy_call_foreign_function", far, 32, 0, 0, at, at],
  ]
  it.each(rows.map((call) => ({ label: call.join(" "), call })))("$label gives 6", ({ call }) => {
    expect(statuses("reqh", [call])[0]).toBe(6)
  })
})

describe("ABI 0.1.0", () => {
  it("answers an absent key with an empty value and offers the old calls", () => {
    const calls: readonly GuestCall[] = [
      ["proxy_get_header_map_value", 0, 64, 4, at, at + 4],
      ["proxy_clear_route_cache"],
      ["proxy_get_configuration", at, at + 4],
    ]
    expect(statuses("reqh", calls, {}, "proxy_abi_version_0_1_0")).toEqual([0, 0, 0])
  })
})

describe("WASI", () => {
  const rows: readonly (readonly [call: GuestCall, errno: number])[] = [
    [["fd_write", 3, 0, 0, at], 8],
    [["fd_write", 1, far, 1, at], 21],
    [["fd_write", 1, 0, 0, at], 0],
    [["clock_time_get", 0, 0n, at], 0],
    [["clock_time_get", 2, 0n, at], 58],
    [["clock_res_get", 1, at], 0],
    [["clock_res_get", 2, at], 58],
    [["random_get", at, 65536], 0],
    [["random_get", at, 65537], 28],
    [["random_get", far, 0], 0],
    [["random_get", far, 32], 21],
    [["environ_sizes_get", at, at + 4], 0],
    [["args_sizes_get", at, at + 4], 0],
    [["fd_fdstat_get", 1, at], 0],
    [["fd_fdstat_get", 0, at], 8],
    [["fd_fdstat_set_flags", 1, 4], 52],
    [["fd_read", 0, 0, 0, at], 52],
    [["fd_prestat_get", 3, at], 8],
    [["fd_filestat_get", 1, at], 8],
    [["fd_close", 1], 0],
    [["fd_seek", 1, 0n, 0, at], 0],
    [["path_open", 3, 0, 0, 0, 0, 0n, 0n, 0, at], 44],
    [["path_filestat_get", 3, 0, 0, 0, at], 58],
    [["fd_readdir", 3, 0, 0, 0n, at], 20],
    [["sock_shutdown", 3, 0], 58],
    [["fd_advise", 9, 0n, 0n, 0], 0],
    [["fd_sync", 1], 0],
    [["fd_sync", 3], 8],
    [["poll_oneoff", 0, 0, 0, at], 0],
    [["sched_yield"], 0],
  ]
  it.each(rows.map(([call, errno]) => ({ label: call.join(" "), call, errno })))(
    "$label gives $errno",
    ({ call, errno }) => {
      expect(statuses("reqh", [call])[0]).toBe(errno)
    },
  )
})
