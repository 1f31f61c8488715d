export { type BodyChunk, type BodyMode, bodyModes } from "./body.ts"
export { codes, type ExtProcCode } from "./codes.ts"
export type { Exchange, JsonObject, JsonValue, ModeOverride } from "./exchange.ts"
export {
  type Handler,
  type HandlerResult,
  type Handlers,
  type ImmediateResponse,
  type ReplacedMessage,
  type RespondOptions,
  replaceBody,
  respond,
} from "./handlers.ts"
export type { HttpHeaders } from "./headers.ts"
export {
  createExtProcServer,
  type ExtProcServer,
  type ExtProcServerOptions,
  type ListenAddress,
  type ServerTls,
} from "./server.ts"
