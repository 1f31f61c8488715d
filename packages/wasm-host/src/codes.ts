/** Cause and cure of every code of this package; the documentation and `attache explain` print them. */
export const codes = {
  ATT_WASM_START_SECTION_CALL: {
    cause: "the module calls the host from its Wasm start section, before it has a memory the host knows",
    cure: "export the top-level code as `_initialize` (AssemblyScript: --exportStart _initialize) instead of a start section",
  },
  ATT_WASM_CONTINUE_TWICE: {
    cause:
      "a request or response was continued with proxy_continue_stream inside a callback that then returned Continue",
    cure: "return Pause from a callback that continues the stream itself, or leave the call out",
  },
  ATT_WASM_CONTINUE_RESPONSE_EARLY: {
    cause: "the response was continued with proxy_continue_stream before there was one",
    cure: "continue the response only from or after the response headers callback",
  },
  ATT_WASM_CALL_RESPONSE_GONE: {
    cause: "the response of a call-out is read after it was given up, as the module exports no callback for it",
    cure: "export proxy_on_http_call_response, and read the response only there",
  },
  ATT_WASM_STREAM_IS_OVER: {
    cause: "a stream was closed before its first callback, or closed, answered or continued after it had ended",
    cure: "close or answer a stream once, from its request or response callbacks but not from the response trailers",
  },
  ATT_WASM_GRPC_TARGET: {
    cause: "a gRPC call names its target by a GrpcService message that has none; an empty text is such a message",
    cure: "give the name of a cluster, or a GrpcService with envoy_grpc",
  },
  ATT_WASM_FAIL_OPEN_ANSWERS_503: {
    cause: "the module trapped under failure_policy FAIL_OPEN, and the stream that trapped was still answered with 503",
    cure: "do not rely on FAIL_OPEN for the trapping stream; the legacy field fail_open lets it pass",
  },
  ATT_WASM_STRUCT_CONFIGURATION: {
    cause: "the configuration is a Struct, which the module receives as protobuf bytes and not as JSON",
    cure: "send a StringValue with the JSON text",
  },
  ATT_WASM_STALE_CONTENT_LENGTH: {
    cause: "the body no longer has the length its content-length announces",
    cure: "remove content-length in the headers callback when the body may change",
  },
  ATT_WASM_MAP_OUT_OF_PHASE: {
    cause: "headers or trailers were asked for in a callback in which Envoy no longer, or not yet, has them",
    cure: "read what you need in the callback that carries it and keep it; a map is gone once its callback returned Continue",
  },
  ATT_WASM_REPLY_TWICE: {
    cause: "proxy_send_local_response was called twice for one stream",
    cure: "send one local reply and return",
  },
  ATT_WASM_STREAM_LEFT_PAUSED: {
    cause: "a stream was paused and never continued, answered or closed",
    cure: "call proxy_continue_stream or proxy_send_local_response when the work is done; to read the body of a paused request set allow_on_headers_stop_iteration",
  },
  ATT_WASM_ENDLESS_CALL: {
    cause: "a call into the module did not come back within the deadline",
    cure: "look for an endless loop in the callback named",
  },
  ATT_WASM_ENDLESS_EVENTS: {
    cause: "the module keeps causing events, at the same moment or faster than they end",
    cure: "do not enqueue from the callback of the same queue, and bound what one callback starts",
  },
  ATT_WASM_TOO_MUCH_DATA: {
    cause: "the module handed the host more data in one callback than the limit, or made it keep more",
    cure: "look for a loop that writes, or raise limits.callBytes",
  },
  ATT_WASM_TRAPPED: {
    cause: "the module trapped",
    cure: "read the line of the log with the engine's reason and the frames below it",
  },
  ATT_WASM_START_REFUSED: {
    cause: "the module did not start: its start-up code trapped, or a start-up callback answered false",
    cure: "read the module's own log lines; Envoy refuses the configuration under every failure policy",
  },
  ATT_WASM_FILE_TOO_LARGE: {
    cause: "the module is larger than the limit",
    cure: "strip it, or raise limits.moduleBytes",
  },
  ATT_WASM_LOG_OVERFLOW: {
    cause: "the module logged more lines than the limit; further ones were dropped",
    cure: "log less, or raise limits.logLines",
  },
  ATT_WASM_NOT_WASM: {
    cause: "the file is not a WebAssembly module of version 1, or it is broken",
    cure: "build it again, and check that the file is the module itself and not an archive or a component",
  },
  ATT_WASM_DOES_NOT_LOAD: {
    cause: "Envoy refuses to load the module under every failure policy",
    cure: "read Envoy's reason: a missing ABI marker, an import Envoy does not offer, or an export of another type",
  },
  ATT_WASM_START_SECTION: {
    cause: "the module has a Wasm start section; a host call made from it crashes Envoy",
    cure: "export top-level code as `_initialize` (AssemblyScript: --exportStart _initialize)",
  },
  ATT_WASM_UNKNOWN_CALLBACK: {
    cause: "an export looks like a callback and Envoy never calls it",
    cure: "compare its name with the ABI; it is most likely misspelt in the SDK",
  },
  ATT_WASM_START_IGNORED: {
    cause: "the module exports both `_initialize` and `_start`, and Envoy calls only the first",
    cure: "build a reactor: keep `_initialize` and drop `_start`",
  },
  ATT_WASM_MEMORY_TOO_LARGE: {
    cause: "the memory starts larger than the 1 GiB Envoy allows",
    cure: "lower the initial memory",
  },
  ATT_WASM_NO_NAMES: {
    cause: "the module has no function names, so Envoy prints no backtrace for a trap",
    cure: 'keep the name section when stripping (Rust: strip = "debuginfo", AssemblyScript: --debug)',
  },
  ATT_WASM_SOURCE_MAP: {
    cause: "the source map cannot be read",
    cure: "give the text of the .map file that was written beside the module (AssemblyScript: --sourceMap)",
  },
  ATT_WASM_WORKER_FAILED: {
    cause: "a script given to runWithDeadline threw, or its worker ended early",
    cure: "read the cause; the script must catch what may fail in it",
  },
} as const

/** One of the keys of {@link codes}. */
export type WasmHostCode = keyof typeof codes
