import type { BodyChunk } from "./body.ts"
import type { Exchange } from "./exchange.ts"
import type { HttpHeaders } from "./headers.ts"

/** An answer in place of the upstream's, or in place of a response that has not gone out. */
export interface ImmediateResponse {
  readonly kind: "immediate"
  /** HTTP status, 200 to 599. */
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
  /** Makes it a gRPC answer with this status; undefined for plain HTTP. */
  readonly grpcStatus: number | undefined
  /** Shown as the response code details in access logs. */
  readonly details: string
}

/** Continues with another body; the original body is dropped. For header handlers only. */
export interface ReplacedMessage {
  readonly kind: "replaced"
  readonly body: string | Uint8Array
}

/** What a handler answers: nothing to continue. */
// biome-ignore lint/suspicious/noConfusingVoidType: a handler without a return statement is the usual one
export type HandlerResult = ImmediateResponse | ReplacedMessage | undefined | void

/** One handler: changes its message in place and continues, or answers otherwise; a promise delays Envoy until it settles. */
export type Handler<Message, State> = (
  message: Message,
  exchange: Exchange<State>,
) => HandlerResult | Promise<HandlerResult>

/** The handlers of a server. One that is absent lets its message pass unchanged. */
export interface Handlers<State> {
  readonly onRequestHeaders?: Handler<HttpHeaders, State>
  readonly onRequestBody?: Handler<BodyChunk, State>
  readonly onRequestTrailers?: Handler<HttpHeaders, State>
  readonly onResponseHeaders?: Handler<HttpHeaders, State>
  readonly onResponseBody?: Handler<BodyChunk, State>
  readonly onResponseTrailers?: Handler<HttpHeaders, State>
  /** Envoy has closed the stream, in whatever way. Called once; the place to free what the state holds. */
  readonly onEnd?: (exchange: Exchange<State>) => void
}

/** What {@link respond} may add to a status. */
export interface RespondOptions {
  readonly headers?: Readonly<Record<string, string>>
  /** Default empty. */
  readonly body?: string | Uint8Array
  readonly grpcStatus?: number
  readonly details?: string
}

/** The result with which a handler answers the request itself: `return respond(403, { body: "no" })`. */
export function respond(status: number, options: RespondOptions = {}): ImmediateResponse {
  const { headers = {}, body = "", grpcStatus, details = "" } = options
  return { kind: "immediate", status, headers, body, grpcStatus, details }
}

/** The result with which a header handler continues with a body of its own. */
export function replaceBody(body: string | Uint8Array): ReplacedMessage {
  return { kind: "replaced", body }
}
