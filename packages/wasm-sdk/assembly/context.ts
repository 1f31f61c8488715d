import {
  proxy_close_stream, proxy_continue_stream, proxy_done, proxy_send_local_response, proxy_set_tick_period_milliseconds,
} from "./abi"
import { Body, requestBody, responseBody } from "./body"
import { ConnectionContext } from "./connection"
import { Action } from "./enums"
import {
  Header, HeaderMap, putHeaders, requestHeaders, requestTrailers, responseHeaders, responseTrailers, roomForHeaders,
} from "./headers"
import { watchHeldStreams } from "./held-streams"
import { Context } from "./living-contexts"
import { begin, end, ok, putText, roomFor } from "./memory"

/**
 * One plugin on one worker thread: configuration, timer, queue, and the maker of streams.
 *
 * Envoy starts it more than once per process (a trial, the main thread, each worker), and side effects repeat with it.
 */
export class RootContext extends Context {
  /** The plugin's configuration as text; JSON when the configuration was written as an object. */
  configuration: string = ""

  /** First callback. False refuses the configuration in Envoy. */
  onStart(vmConfiguration: string): bool {
    return true
  }

  /** The plugin's configuration. False refuses it in Envoy; log the reason. */
  onConfigure(configuration: string): bool {
    return true
  }

  /** The object that gets the callbacks of a new request. */
  createStream(): StreamContext {
    return new StreamContext(this)
  }

  /** The object that gets the callbacks of a new TCP connection; null in a plugin for HTTP. */
  createConnection(): ConnectionContext | null {
    return null
  }

  /** After each period of {@link setTickPeriod}. */
  onTick(): void {}

  /** An item lies in a queue that this plugin registered. */
  onQueueReady(queue: u32): void {}

  /** The last stream has gone. False keeps the plugin until {@link finish}. */
  onDone(): bool {
    return true
  }

  /** Milliseconds from the end of one tick to the next; 0 stops. */
  setTickPeriod(milliseconds: u32): bool {
    watchHeldStreams()
    return this.activate() && ok(proxy_set_tick_period_milliseconds(milliseconds))
  }

  /** Ends a plugin whose `onDone` answered false. */
  finish(): bool {
    return this.activate() && ok(proxy_done())
  }
}

/** One HTTP request with its response. Override what is of interest; only overridden callbacks are exported. */
export class StreamContext extends Context {
  constructor(public root: RootContext) {
    super()
  }

  onRequestHeaders(count: u32, endOfStream: bool): Action {
    return Action.Continue
  }
  /** `size` bytes are readable: the chunk, or everything kept while paused. */
  onRequestBody(size: u32, endOfStream: bool): Action {
    return Action.Continue
  }
  onRequestTrailers(count: u32): Action {
    return Action.Continue
  }
  onResponseHeaders(count: u32, endOfStream: bool): Action {
    return Action.Continue
  }
  onResponseBody(size: u32, endOfStream: bool): Action {
    return Action.Continue
  }
  onResponseTrailers(count: u32): Action {
    return Action.Continue
  }
  /** After the response, before {@link onDone}; request headers, response headers and response trailers are readable. */
  onLog(): void {}
  /** The stream is over; calls of this object are not delivered any more. */
  onDone(): void {}

  get requestHeaders(): HeaderMap {
    return requestHeaders
  }
  get requestTrailers(): HeaderMap {
    return requestTrailers
  }
  get responseHeaders(): HeaderMap {
    return responseHeaders
  }
  get responseTrailers(): HeaderMap {
    return responseTrailers
  }
  get requestBody(): Body {
    return requestBody
  }
  get responseBody(): Body {
    return responseBody
  }

  /**
   * Answers in place of the upstream, or replaces a response whose headers have not gone out.
   *
   * @param grpcStatus for gRPC requests; -1 for none
   * @param details shown as the response code details in access logs
   * @returns the action to return from the callback
   */
  respond(status: u32, body: string = "", headers: Header[] = [], grpcStatus: i32 = -1, details: string = ""): Action {
    if (!this.activate()) return Action.Pause
    begin(roomFor(changetype<usize>(details)) + roomFor(changetype<usize>(body)) + roomForHeaders(headers))
    const why = putText(changetype<usize>(details))
    const text = putText(changetype<usize>(body))
    const pairs = putHeaders(headers)
    const sent = ok(proxy_send_local_response(status, why, text - why, text, pairs - text, pairs, end() - pairs, grpcStatus))
    if (sent) this.requestHeld = false
    return Action.Pause
  }

  /**
   * Lets a held request go on. False when it is not held.
   *
   * Inside a callback of the request itself return `Action.Continue` instead: Envoy 1.40 sends a request twice that is
   * both resumed and continued.
   */
  resumeRequest(): bool {
    if (!this.requestHeld || !this.activate()) return false
    this.requestHeld = false
    return ok(proxy_continue_stream(0))
  }

  /** Lets a held response go on. False when it is not held. */
  resumeResponse(): bool {
    if (!this.responseHeld || !this.activate()) return false
    this.responseHeld = false
    return ok(proxy_continue_stream(1))
  }

  /** Resets the stream. */
  reset(): bool {
    return this.activate() && ok(proxy_close_stream(0))
  }
}
