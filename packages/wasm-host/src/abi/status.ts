/** Status codes of host calls by name. Source: proxy-wasm ABI 0.2.1; BAD_EXPRESSION is Envoy's addition. */
export const Status = {
  Ok: 0,
  NotFound: 1,
  BadArgument: 2,
  SerializationFailure: 3,
  ParseFailure: 4,
  BadExpression: 5,
  InvalidMemoryAccess: 6,
  Empty: 7,
  CasMismatch: 8,
  ResultMismatch: 9,
  InternalFailure: 10,
  BrokenConnection: 11,
  Unimplemented: 12,
} as const

/** One of the numbers of {@link Status}. */
export type Status = (typeof Status)[keyof typeof Status]

/** Header map ids. */
export const MapId = {
  RequestHeaders: 0,
  RequestTrailers: 1,
  ResponseHeaders: 2,
  ResponseTrailers: 3,
  GrpcInitialMetadata: 4,
  GrpcTrailingMetadata: 5,
  CallResponseHeaders: 6,
  CallResponseTrailers: 7,
} as const

/** Buffer ids. */
export const BufferId = {
  RequestBody: 0,
  ResponseBody: 1,
  DownstreamData: 2,
  UpstreamData: 3,
  CallResponseBody: 4,
  GrpcMessage: 5,
  VmConfiguration: 6,
  PluginConfiguration: 7,
  CallData: 8,
} as const

/** Stream ids of `proxy_continue_stream` and `proxy_close_stream`. */
export const StreamId = { Request: 0, Response: 1, Downstream: 2, Upstream: 3 } as const

/** Who closed a TCP connection. */
export const PeerId = { Unknown: 0, Local: 1, Remote: 2 } as const

/** How a VM failed; the numbers are the host library's. */
export const FailState = {
  Ok: 0,
  UnableToCreateVm: 1,
  UnableToCloneVm: 2,
  MissingFunction: 3,
  UnableToInitializeCode: 4,
  StartFailed: 5,
  ConfigureFailed: 6,
  RuntimeError: 7,
} as const

/** One of the numbers of {@link FailState}. */
export type FailState = (typeof FailState)[keyof typeof FailState]

/** Log levels as Envoy prints them, by the number a module passes. */
export const levelNames = ["trace", "debug", "info", "warning", "error", "critical"] as const

/** One of {@link levelNames}. */
export type LevelName = (typeof levelNames)[number]
