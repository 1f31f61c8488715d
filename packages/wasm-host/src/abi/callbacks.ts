import type { AbiVersion } from "./host-functions.ts"
import { parseSignature, type Signature } from "./signature.ts"

/** A function the host looks up among the exports of a module. */
export interface Callback {
  readonly name: string
  readonly signature: Signature
}

const table: readonly (readonly [name: string, signature: string, versions?: "0.1" | "0.2"])[] = [
  ["_initialize", "void -> void"],
  ["_start", "void -> void"],
  ["main", "i32 i32 -> i32"],
  ["__main_void", "void -> i32"],
  ["malloc", "i32 -> i32"],
  ["proxy_on_memory_allocate", "i32 -> i32"],
  ["proxy_validate_configuration", "i32 i32 -> i32"],
  ["proxy_on_vm_start", "i32 i32 -> i32"],
  ["proxy_on_configure", "i32 i32 -> i32"],
  ["proxy_on_tick", "i32 -> void"],
  ["proxy_on_context_create", "i32 i32 -> void"],
  ["proxy_on_new_connection", "i32 -> i32"],
  ["proxy_on_downstream_data", "i32 i32 i32 -> i32"],
  ["proxy_on_upstream_data", "i32 i32 i32 -> i32"],
  ["proxy_on_downstream_connection_close", "i32 i32 -> void"],
  ["proxy_on_upstream_connection_close", "i32 i32 -> void"],
  ["proxy_on_request_headers", "i32 i32 -> i32", "0.1"],
  ["proxy_on_response_headers", "i32 i32 -> i32", "0.1"],
  ["proxy_on_request_headers", "i32 i32 i32 -> i32", "0.2"],
  ["proxy_on_response_headers", "i32 i32 i32 -> i32", "0.2"],
  ["proxy_on_foreign_function", "i32 i32 i32 -> void", "0.2"],
  ["proxy_on_request_body", "i32 i32 i32 -> i32"],
  ["proxy_on_request_trailers", "i32 i32 -> i32"],
  ["proxy_on_request_metadata", "i32 i32 -> i32"],
  ["proxy_on_response_body", "i32 i32 i32 -> i32"],
  ["proxy_on_response_trailers", "i32 i32 -> i32"],
  ["proxy_on_response_metadata", "i32 i32 -> i32"],
  ["proxy_on_http_call_response", "i32 i32 i32 i32 i32 -> void"],
  ["proxy_on_grpc_receive", "i32 i32 i32 -> void"],
  ["proxy_on_grpc_close", "i32 i32 i32 -> void"],
  ["proxy_on_grpc_receive_initial_metadata", "i32 i32 i32 -> void"],
  ["proxy_on_grpc_receive_trailing_metadata", "i32 i32 i32 -> void"],
  ["proxy_on_queue_ready", "i32 i32 -> void"],
  ["proxy_on_done", "i32 -> i32"],
  ["proxy_on_log", "i32 -> void"],
  ["proxy_on_delete", "i32 -> void"],
  ["envoy_on_resolve_dns", "i32 i32 i32 -> void"],
  ["envoy_on_stats_update", "i32 i32 -> void"],
]

/** What the host looks up in a module of an ABI version, in the order Envoy does: the first wrong type is the one it reports. */
export function callbacksOf(version: AbiVersion): readonly Callback[] {
  const minor = version.slice(0, 3)
  return table.flatMap(([name, text, only]) =>
    only === undefined || only === minor ? [{ name, signature: parseSignature(text) }] : [],
  )
}

/** Names of exports that declare an ABI version, `proxy_abi_version_0_2_1` and the like. */
export function abiMarker(version: AbiVersion): string {
  return `proxy_abi_version_${version.replaceAll(".", "_")}`
}
