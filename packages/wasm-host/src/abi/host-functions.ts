import { parseSignature, type Signature } from "./signature.ts"

/** ABI versions the host speaks. */
export const abiVersions = ["0.1.0", "0.2.0", "0.2.1"] as const

/** One of {@link abiVersions}. */
export type AbiVersion = (typeof abiVersions)[number]

/** When a host call may be made besides ordinary callbacks: `start` during `_initialize` or `_start`, `allocator` inside the allocator. */
export type EarlyPhase = "start" | "allocator"

/** A function the host offers. */
export interface HostFunction {
  readonly signature: Signature
  readonly versions: readonly AbiVersion[]
  readonly early: readonly EarlyPhase[]
}

const v01: readonly AbiVersion[] = ["0.1.0"]
const v02: readonly AbiVersion[] = ["0.2.0", "0.2.1"]
const v021: readonly AbiVersion[] = ["0.2.1"]
const both: readonly EarlyPhase[] = ["start", "allocator"]
const start: readonly EarlyPhase[] = ["start"]

function offer(
  text: string,
  versions: readonly AbiVersion[] = abiVersions,
  early: readonly EarlyPhase[] = [],
): HostFunction {
  return { signature: parseSignature(text), versions, early }
}

const i32s = (n: number): string => `${Array.from({ length: n }, () => "i32").join(" ") || "void"} -> i32`

/** Host calls of module `env` as Envoy 1.40 offers them. */
export const envFunctions: ReadonlyMap<string, HostFunction> = new Map([
  ["proxy_log", offer(i32s(3), abiVersions, both)],
  ["proxy_get_log_level", offer(i32s(1), v021)],
  ["proxy_get_status", offer(i32s(3))],
  ["proxy_get_current_time_nanoseconds", offer(i32s(1))],
  ["proxy_set_tick_period_milliseconds", offer(i32s(1))],
  ["proxy_get_property", offer(i32s(4))],
  ["proxy_set_property", offer(i32s(4))],
  ["proxy_get_buffer_bytes", offer(i32s(5))],
  ["proxy_get_buffer_status", offer(i32s(3))],
  ["proxy_set_buffer_bytes", offer(i32s(5))],
  ["proxy_get_header_map_value", offer(i32s(5))],
  ["proxy_add_header_map_value", offer(i32s(5))],
  ["proxy_replace_header_map_value", offer(i32s(5))],
  ["proxy_remove_header_map_value", offer(i32s(3))],
  ["proxy_get_header_map_pairs", offer(i32s(3))],
  ["proxy_set_header_map_pairs", offer(i32s(3))],
  ["proxy_get_header_map_size", offer(i32s(2))],
  ["proxy_continue_stream", offer(i32s(1), v02)],
  ["proxy_close_stream", offer(i32s(1), v02)],
  ["proxy_continue_request", offer(i32s(0), v01)],
  ["proxy_continue_response", offer(i32s(0), v01)],
  ["proxy_clear_route_cache", offer(i32s(0), v01)],
  ["proxy_get_configuration", offer(i32s(2), v01)],
  ["proxy_send_local_response", offer(i32s(8))],
  ["proxy_http_call", offer(i32s(10))],
  ["proxy_grpc_call", offer(i32s(12))],
  ["proxy_grpc_stream", offer(i32s(9))],
  ["proxy_grpc_send", offer(i32s(4))],
  ["proxy_grpc_cancel", offer(i32s(1))],
  ["proxy_grpc_close", offer(i32s(1))],
  ["proxy_get_shared_data", offer(i32s(5))],
  ["proxy_set_shared_data", offer(i32s(5))],
  ["proxy_register_shared_queue", offer(i32s(3))],
  ["proxy_resolve_shared_queue", offer(i32s(5))],
  ["proxy_enqueue_shared_queue", offer(i32s(3))],
  ["proxy_dequeue_shared_queue", offer(i32s(3))],
  ["proxy_define_metric", offer(i32s(4))],
  ["proxy_increment_metric", offer("i32 i64 -> i32")],
  ["proxy_record_metric", offer("i32 i64 -> i32")],
  ["proxy_get_metric", offer(i32s(2))],
  ["proxy_set_effective_context", offer(i32s(1))],
  ["proxy_done", offer(i32s(0))],
  ["proxy_call_foreign_function", offer(i32s(6))],
  ["envoy_resolve_dns", offer(i32s(3))],
  ["emscripten_notify_memory_growth", offer("i32 -> void", abiVersions, start)],
  ["pthread_equal", offer(i32s(2))],
])

/** The two module names under which the WASI subset is offered. */
export const wasiModules = ["wasi_snapshot_preview1", "wasi_unstable"] as const

/** The WASI subset of Envoy 1.40. `path_link` and `path_symlink` are narrower than WASI's own, as in Envoy. */
export const wasiFunctions: ReadonlyMap<string, HostFunction> = new Map([
  ["args_get", offer(i32s(2), abiVersions, start)],
  ["args_sizes_get", offer(i32s(2), abiVersions, start)],
  ["clock_res_get", offer(i32s(2), abiVersions, start)],
  ["clock_time_get", offer("i32 i64 i32 -> i32", abiVersions, both)],
  ["environ_get", offer(i32s(2), abiVersions, start)],
  ["environ_sizes_get", offer(i32s(2), abiVersions, start)],
  ["fd_advise", offer("i32 i64 i64 i32 -> i32", abiVersions, start)],
  ["fd_allocate", offer("i32 i64 i64 -> i32", abiVersions, start)],
  ["fd_close", offer(i32s(1))],
  ["fd_datasync", offer(i32s(1), abiVersions, start)],
  ["fd_fdstat_get", offer(i32s(2), abiVersions, start)],
  ["fd_fdstat_set_flags", offer(i32s(2), abiVersions, start)],
  ["fd_fdstat_set_rights", offer("i32 i64 i64 -> i32", abiVersions, start)],
  ["fd_filestat_get", offer(i32s(2), abiVersions, start)],
  ["fd_filestat_set_size", offer("i32 i64 -> i32", abiVersions, start)],
  ["fd_filestat_set_times", offer("i32 i64 i64 i32 -> i32", abiVersions, start)],
  ["fd_pread", offer("i32 i32 i32 i64 i32 -> i32", abiVersions, start)],
  ["fd_prestat_dir_name", offer(i32s(3), abiVersions, start)],
  ["fd_prestat_get", offer(i32s(2), abiVersions, start)],
  ["fd_pwrite", offer("i32 i32 i32 i64 i32 -> i32", abiVersions, start)],
  ["fd_read", offer(i32s(4))],
  ["fd_readdir", offer("i32 i32 i32 i64 i32 -> i32", abiVersions, start)],
  ["fd_renumber", offer(i32s(2), abiVersions, start)],
  ["fd_seek", offer("i32 i64 i32 i32 -> i32")],
  ["fd_sync", offer(i32s(1), abiVersions, start)],
  ["fd_tell", offer(i32s(2), abiVersions, start)],
  ["fd_write", offer(i32s(4), abiVersions, both)],
  ["path_create_directory", offer(i32s(3), abiVersions, start)],
  ["path_filestat_get", offer(i32s(5), abiVersions, start)],
  ["path_filestat_set_times", offer("i32 i32 i32 i32 i64 i64 i32 -> i32", abiVersions, start)],
  ["path_link", offer(i32s(6), abiVersions, start)],
  ["path_open", offer("i32 i32 i32 i32 i32 i64 i64 i32 i32 -> i32")],
  ["path_readlink", offer(i32s(6), abiVersions, start)],
  ["path_remove_directory", offer(i32s(3), abiVersions, start)],
  ["path_rename", offer(i32s(6), abiVersions, start)],
  ["path_symlink", offer(i32s(4), abiVersions, start)],
  ["path_unlink_file", offer(i32s(3), abiVersions, start)],
  ["poll_oneoff", offer(i32s(4), abiVersions, both)],
  ["proc_exit", offer("i32 -> void")],
  ["random_get", offer(i32s(2), abiVersions, start)],
  ["sched_yield", offer(i32s(0))],
  ["sock_accept", offer(i32s(3), abiVersions, start)],
  ["sock_recv", offer(i32s(6), abiVersions, start)],
  ["sock_send", offer(i32s(5), abiVersions, start)],
  ["sock_shutdown", offer(i32s(2), abiVersions, start)],
])

/** The function offered under a module and name to a module of an ABI version, or undefined when linking fails. */
export function offeredFunction(module: string, name: string, version: AbiVersion): HostFunction | undefined {
  const table = module === "env" ? envFunctions : wasiModules.some((m) => m === module) ? wasiFunctions : undefined
  const found = table?.get(name)
  return found?.versions.includes(version) === true ? found : undefined
}
