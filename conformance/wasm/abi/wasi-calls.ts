// WASI's calls and those of ABI 0.1.0, with valid and invalid arguments.
import { type NamedCall, placeOf, wild } from "./calls.ts"

const out = 4096
const { far, edge } = wild
/** An io vector over a text lies here. */
const vector = 4200

/** Memory of WASI probes besides the texts: an io vector with one entry. */
export const wasiData: Readonly<Record<number, Uint8Array>> = {
  [vector]: new Uint8Array(new Uint32Array(placeOf("reason")).buffer),
  [vector + 16]: new Uint8Array(new Uint32Array([far, 32]).buffer),
}

/** Every WASI call Envoy offers; none depends on the callback it is made in. */
export const wasiCalls: readonly NamedCall[] = [
  ...[0, 1, 2, 3].flatMap((fd): NamedCall[] => [
    { label: `fd_write to ${fd}`, call: ["fd_write", fd, vector, 1, out] },
    { label: `fd_pwrite to ${fd}`, call: ["fd_pwrite", fd, vector, 1, 0n, out] },
    { label: `fd_fdstat_get of ${fd}`, call: ["fd_fdstat_get", fd, out] },
    { label: `fd_allocate of ${fd}`, call: ["fd_allocate", fd, 0n, 1n] },
    { label: `fd_datasync of ${fd}`, call: ["fd_datasync", fd] },
    { label: `fd_sync of ${fd}`, call: ["fd_sync", fd] },
    { label: `fd_tell of ${fd}`, call: ["fd_tell", fd, out] },
    { label: `fd_renumber of ${fd}`, call: ["fd_renumber", fd, 5] },
    { label: `fd_filestat_set_size of ${fd}`, call: ["fd_filestat_set_size", fd, 1n] },
    { label: `fd_filestat_set_times of ${fd}`, call: ["fd_filestat_set_times", fd, 1n, 1n, 0] },
    { label: `fd_fdstat_set_rights of ${fd}`, call: ["fd_fdstat_set_rights", fd, 0n, 0n] },
    { label: `fd_prestat_get of ${fd}`, call: ["fd_prestat_get", fd, out] },
    { label: `fd_filestat_get of ${fd}`, call: ["fd_filestat_get", fd, out] },
    { label: `fd_close of ${fd}`, call: ["fd_close", fd] },
  ]),
  { label: "fd_write of nothing", call: ["fd_write", 1, vector, 0, out] },
  { label: "fd_write, wild vector", call: ["fd_write", 1, far, 1, out] },
  { label: "fd_write, wild text", call: ["fd_write", 1, vector + 16, 1, out] },
  { label: "fd_write, wild count", call: ["fd_write", 1, vector, 1, far] },
  { label: "fd_fdstat_get, over the edge", call: ["fd_fdstat_get", 1, edge] },
  { label: "fd_fdstat_get, wild", call: ["fd_fdstat_get", 1, far] },
  { label: "fd_renumber of 1 to 2", call: ["fd_renumber", 1, 2] },
  { label: "fd_renumber of 5 to 1", call: ["fd_renumber", 5, 1] },
  ...[0, 1, 2, 3].flatMap((id): NamedCall[] => [
    { label: `clock_time_get of ${id}`, call: ["clock_time_get", id, 0n, out] },
    { label: `clock_res_get of ${id}`, call: ["clock_res_get", id, out] },
  ]),
  { label: "clock_time_get, wild", call: ["clock_time_get", 0, 0n, edge] },
  { label: "clock_res_get, wild", call: ["clock_res_get", 0, far] },
  { label: "random_get", call: ["random_get", out, 8] },
  { label: "random_get of nothing", call: ["random_get", far, 0] },
  { label: "random_get, most", call: ["random_get", 65536, 65536] },
  { label: "random_get, too much", call: ["random_get", 65536, 65537] },
  { label: "random_get, wild", call: ["random_get", far, 8] },
  { label: "environ_sizes_get", call: ["environ_sizes_get", out, out + 4] },
  { label: "environ_sizes_get, wild count", call: ["environ_sizes_get", far, out] },
  { label: "environ_sizes_get, wild size", call: ["environ_sizes_get", out, far] },
  { label: "environ_get", call: ["environ_get", out, out + 64] },
  { label: "environ_get, wild", call: ["environ_get", far, far] },
  { label: "args_sizes_get", call: ["args_sizes_get", out, out + 4] },
  { label: "args_sizes_get, wild count", call: ["args_sizes_get", far, out] },
  { label: "args_sizes_get, wild size", call: ["args_sizes_get", out, far] },
  { label: "args_get", call: ["args_get", out, out + 4] },
  { label: "args_get, wild", call: ["args_get", far, far] },
  { label: "poll_oneoff", call: ["poll_oneoff", out, out + 64, 1, out + 128] },
  { label: "poll_oneoff, wild", call: ["poll_oneoff", out, out + 64, 1, far] },
  { label: "sched_yield", call: ["sched_yield"] },
  { label: "fd_advise", call: ["fd_advise", 9, 0n, 0n, 0] },
  { label: "fd_read", call: ["fd_read", 0, vector, 1, out] },
  { label: "fd_pread", call: ["fd_pread", 0, vector, 1, 0n, out] },
  { label: "fd_readdir", call: ["fd_readdir", 3, out, 8, 0n, out] },
  { label: "fd_seek", call: ["fd_seek", 1, 0n, 0, out] },
  { label: "fd_seek, wild", call: ["fd_seek", 1, 0n, 0, far] },
  { label: "fd_fdstat_set_flags", call: ["fd_fdstat_set_flags", 1, 4] },
  { label: "fd_prestat_dir_name", call: ["fd_prestat_dir_name", 3, out, 8] },
  { label: "path_open", call: ["path_open", 3, 0, ...placeOf("nope"), 0, 0n, 0n, 0, out] },
  { label: "path_create_directory", call: ["path_create_directory", 3, ...placeOf("nope")] },
  { label: "path_filestat_get", call: ["path_filestat_get", 3, 0, ...placeOf("nope"), out] },
  { label: "path_filestat_set_times", call: ["path_filestat_set_times", 3, 0, ...placeOf("nope"), 0n, 0n, 0] },
  { label: "path_link", call: ["path_link", 3, 0, ...placeOf("nope"), 3, 0] },
  { label: "path_readlink", call: ["path_readlink", 3, ...placeOf("nope"), out, 8, out] },
  { label: "path_remove_directory", call: ["path_remove_directory", 3, ...placeOf("nope")] },
  { label: "path_rename", call: ["path_rename", 3, ...placeOf("nope"), 3, ...placeOf("nope")] },
  { label: "path_symlink", call: ["path_symlink", ...placeOf("nope"), 3, 0] },
  { label: "path_unlink_file", call: ["path_unlink_file", 3, ...placeOf("nope")] },
  { label: "sock_accept", call: ["sock_accept", 3, 0, out] },
  { label: "sock_recv", call: ["sock_recv", 3, vector, 1, 0, out, out] },
  { label: "sock_send", call: ["sock_send", 3, vector, 1, 0, out] },
  { label: "sock_shutdown", call: ["sock_shutdown", 3, 0] },
  { label: "sock_accept, wild", call: ["sock_accept", 3, 0, far] },
  { label: "sock_recv, wild length", call: ["sock_recv", 3, vector, 1, 0, far, out] },
  { label: "sock_recv, wild flags", call: ["sock_recv", 3, vector, 1, 0, out, far] },
  { label: "sock_send, wild", call: ["sock_send", 3, vector, 1, 0, far] },
  { label: "fd_readdir, wild buffer", call: ["fd_readdir", 3, far, 8, 0n, out] },
  { label: "fd_readdir, wild length", call: ["fd_readdir", 3, out, 8, 0n, far] },
  { label: "path_open, wild", call: ["path_open", 3, 0, far, 4, 0, 0n, 0n, 0, far] },
  { label: "path_readlink, wild", call: ["path_readlink", 3, far, 4, far, 8, far] },
  { label: "path_filestat_get, wild", call: ["path_filestat_get", 3, 0, far, 4, far] },
  { label: "path_rename, wild", call: ["path_rename", 3, far, 4, 3, far, 4] },
  { label: "fd_tell, wild", call: ["fd_tell", 1, far] },
  { label: "fd_read, wild", call: ["fd_read", 0, far, 1, far] },
  { label: "fd_pread, wild", call: ["fd_pread", 0, far, 1, 0n, far] },
  { label: "fd_prestat_get, wild", call: ["fd_prestat_get", 3, far] },
  { label: "fd_prestat_dir_name, wild", call: ["fd_prestat_dir_name", 3, far, 8] },
  { label: "fd_filestat_get, wild", call: ["fd_filestat_get", 1, far] },
  { label: "clock_time_get, wild and unknown", call: ["clock_time_get", 9, 0n, far] },
  { label: "proc_exit", call: ["proc_exit", 3] },
]

/** What only a module of ABI 0.1.0 may call, and what answers it otherwise. */
export const oldCalls: readonly NamedCall[] = [
  { label: "get value", call: ["proxy_get_header_map_value", 0, ...placeOf("path"), out, out + 4] },
  { label: "get absent value", call: ["proxy_get_header_map_value", 0, ...placeOf("nope"), out, out + 4] },
  {
    label: "get absent value of a response",
    call: ["proxy_get_header_map_value", 2, ...placeOf("nope"), out, out + 4],
  },
  { label: "get configuration", call: ["proxy_get_configuration", out, out + 4] },
  { label: "get configuration, wild", call: ["proxy_get_configuration", far, out] },
  { label: "clear route cache", call: ["proxy_clear_route_cache"] },
]

/** What moves a stream of a module of ABI 0.1.0. */
export const oldDrasticCalls: readonly NamedCall[] = [
  { label: "continue request", call: ["proxy_continue_request"] },
  { label: "continue response", call: ["proxy_continue_response"] },
]
