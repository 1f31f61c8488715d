/** Answer of the host to a call. Absence and refusal are ordinary answers, never a reason to trap. */
export enum Status {
  Ok = 0,
  NotFound = 1,
  /** Also: the header map or buffer is not available in this phase. */
  BadArgument = 2,
  SerializationFailure = 3,
  ParseFailure = 4,
  BadExpression = 5,
  InvalidMemoryAccess = 6,
  Empty = 7,
  CasMismatch = 8,
  ResultMismatch = 9,
  InternalFailure = 10,
  BrokenConnection = 11,
  Unimplemented = 12,
}

/** What Envoy does after a callback. */
export enum Action {
  /** Goes on to the next filter. */
  Continue = 0,
  /**
   * Holds this direction until `resumeRequest` or `resumeResponse`.
   * In a body callback the data is kept by Envoy and the next callback shows everything kept so far.
   * In a headers callback no body callback comes while held, unless the plugin sets `allow_on_headers_stop_iteration`.
   */
  Pause = 1,
  /** Body only: held with back pressure, and the next callback shows the new chunk alone. */
  PauseWithWatermark = 2,
  /** Body only: held, and Envoy drops the chunk; keep a copy or it is lost. */
  PauseWithoutBuffer = 3,
  /** Headers only: `Pause` whatever `allow_on_headers_stop_iteration` says. */
  PauseAll = 4,
}

/** Who closed a connection. */
export enum Peer {
  Unknown = 0,
  /** Envoy. */
  Local = 1,
  /** The other side. */
  Remote = 2,
}

/** Levels of `proxy_log`; Envoy shows those at or above the level of its `wasm` logger. */
export enum LogLevel {
  Trace = 0,
  Debug = 1,
  Info = 2,
  Warn = 3,
  Error = 4,
  Critical = 5,
}
