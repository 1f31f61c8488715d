import type { BodyMode } from "./body.ts"
import type { HttpHeaders } from "./headers.ts"

/** A value as in JSON. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue }

/** A JSON object. */
export type JsonObject = { readonly [key: string]: JsonValue }

/** What Envoy shall send from now on in this exchange; what is absent stays as configured. */
export interface ModeOverride {
  readonly requestBody?: BodyMode
  readonly responseBody?: BodyMode
  readonly responseHeaders?: "send" | "skip"
  readonly requestTrailers?: "send" | "skip"
  readonly responseTrailers?: "send" | "skip"
}

/** One HTTP request with its response, as Envoy shows it on one stream. */
export interface Exchange<State> {
  /** What `createState` made for this exchange. */
  readonly state: State
  /** Request headers as sent, with changes; empty while Envoy has not sent any. */
  readonly requestHeaders: HttpHeaders
  /** Response headers; empty until they arrive. */
  readonly responseHeaders: HttpHeaders
  /** Attributes the filter is configured to send, by name (`request.path`). */
  readonly attributes: Readonly<Record<string, JsonValue>>
  /** Dynamic metadata the filter forwards, by namespace. */
  readonly metadata: Readonly<Record<string, JsonObject>>
  /** The filter only copies traffic to us: answers are not sent. */
  readonly isObserved: boolean
  /** Aborted when Envoy closes the stream. */
  readonly signal: AbortSignal
  /** Adds to the dynamic metadata in the next answer. Envoy keeps namespaces that the filter may write. */
  setMetadata(namespace: string, value: JsonObject): void
  /** Route again after the header changes of the next answer. */
  clearRouteCache(): void
  /** Changes what Envoy sends. Honoured in answers to headers, when the filter allows mode overrides. */
  overrideMode(mode: ModeOverride): void
  /** Asks for more time for the message in hand, at most the filter's `max_message_timeout`; at most once a message. */
  extendTimeout(milliseconds: number): void
  /** `full-duplex-streamed` only: sends a chunk of the request body. */
  writeRequestBody(content: string | Uint8Array, endOfStream?: boolean): void
  /** `full-duplex-streamed` only: sends a chunk of the response body. */
  writeResponseBody(content: string | Uint8Array, endOfStream?: boolean): void
}
