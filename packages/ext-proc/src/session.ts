import type { ProcessingRequest } from "@attache/envoy-api/gen/envoy/service/ext_proc/v3/external_processor_pb"
import { type ChunkDecision, trackChunk } from "./body.ts"
import type { Handler, HandlerResult, Handlers } from "./handlers.ts"
import { type TrackedHeaders, trackHeaders } from "./headers.ts"
import { type Direction, OpenExchange } from "./open-exchange.ts"
import {
  bodyResponse,
  headersResponse,
  immediateResponse,
  type Phase,
  type ResponseInit,
  streamedBody,
  trailersResponse,
} from "./wire.ts"

/** Where a session's answers and failures go. */
export interface SessionOutput {
  send(response: ResponseInit): void
  /** The session is over: a handler threw, was rejected or took too long. Called at most once. */
  fail(failure: SessionFailure): void
}

/** Why a session failed. */
export interface SessionFailure {
  /** Such as `onRequestHeaders`. */
  readonly handler: string
  /** What was thrown; undefined when the time was up. */
  readonly reason: unknown
  readonly isTimeout: boolean
}

/** One exchange in progress: requests go in, in the order of the wire; answers come out in the same order. */
export interface Session {
  receive(request: ProcessingRequest): void
  /** Envoy sends nothing more; `then` is called when all answers are out. */
  finish(then: () => void): void
  /** The stream is gone. Safe to call twice. */
  end(): void
}

/** What a session needs to run. */
export interface SessionOptions<State> {
  readonly handlers: Handlers<State>
  readonly createState: () => State
  readonly handlerTimeoutMs: number
}

const keep: ChunkDecision = { kind: "keep" }

/** What a handler's answer becomes, once it has answered. */
interface Turn {
  readonly handler: string
  answer(result: HandlerResult): void
}

/** A session over one stream of Envoy's. */
export function createSession<State>(options: SessionOptions<State>, output: SessionOutput): Session {
  return new StreamSession(options, output)
}

class StreamSession<State> implements Session {
  readonly #handlers: Handlers<State>
  readonly #timeoutMs: number
  readonly #output: SessionOutput
  readonly #exchange: OpenExchange<State>
  readonly #waiting: ProcessingRequest[] = []
  #isBusy = false
  #isOver = false
  #whenDone: (() => void) | undefined

  constructor(options: SessionOptions<State>, output: SessionOutput) {
    this.#handlers = options.handlers
    this.#timeoutMs = options.handlerTimeoutMs
    this.#output = output
    this.#exchange = new OpenExchange(options.createState(), (response) => this.#send(response))
  }

  receive(request: ProcessingRequest): void {
    if (this.#isOver) return
    if (this.#isBusy) this.#waiting.push(request)
    else this.#step(request)
  }

  finish(then: () => void): void {
    if (this.#isBusy) this.#whenDone = then
    else then()
  }

  end(): void {
    if (this.#exchange.isClosed) return
    this.#isOver = true
    this.#waiting.length = 0
    this.#exchange.close()
    this.#handlers.onEnd?.(this.#exchange)
  }

  #send(response: ResponseInit): void {
    if (this.#isOver || this.#exchange.isObserved) return
    this.#output.send(response)
  }

  #step(request: ProcessingRequest): void {
    this.#exchange.learn(request)
    const { case: phase, value } = request.request
    switch (phase) {
      case "requestHeaders":
      case "responseHeaders":
        this.#onHeaders(phase, trackHeaders(value.headers))
        return
      case "requestBody":
      case "responseBody":
        this.#onBody(phase, value.body, value.endOfStream)
        return
      case "requestTrailers":
      case "responseTrailers":
        this.#onTrailers(phase, trackHeaders(value.trailers))
        return
      default:
      // A message with nothing to answer, for instance flow control of a later version.
    }
  }

  #onHeaders(phase: "requestHeaders" | "responseHeaders", tracked: TrackedHeaders): void {
    const exchange = this.#exchange
    const direction = directionOf(phase)
    exchange.headersArrived(direction, tracked)
    const handler = phase === "requestHeaders" ? "onRequestHeaders" : "onResponseHeaders"
    this.#run(handler, this.#handlers[handler], tracked.headers, (result) => {
      const body = result?.kind === "replaced" ? result.body : undefined
      if (body !== undefined) exchange.announceLength(direction, body)
      this.#answer(headersResponse(phase, tracked.takeChanges(), body, exchange.takeRouteCache()))
    })
  }

  #onBody(phase: "requestBody" | "responseBody", bytes: Uint8Array, endOfStream: boolean): void {
    const exchange = this.#exchange
    const direction = directionOf(phase)
    const handler = phase === "requestBody" ? "onRequestBody" : "onResponseBody"
    const mode = exchange.bodyMode(direction)
    const call = this.#handlers[handler]
    const tracked = call === undefined ? undefined : trackChunk(bytes, endOfStream, mode)
    this.#run(handler, call, tracked?.chunk, () => {
      const decision = tracked?.decision() ?? keep
      if (mode !== "full-duplex-streamed") {
        if (decision.kind === "replace" && mode === "buffered") exchange.announceLength(direction, decision.content)
        const changes = exchange.takeChanges(direction)
        this.#answer(bodyResponse(phase, changes, decision, exchange.takeRouteCache()))
      } else if (decision.kind !== "hold") {
        const content = decision.kind === "replace" ? decision.content : bytes
        this.#answer(streamedBody(phase, content, endOfStream))
      }
    })
  }

  #onTrailers(phase: "requestTrailers" | "responseTrailers", tracked: TrackedHeaders): void {
    const handler = phase === "requestTrailers" ? "onRequestTrailers" : "onResponseTrailers"
    this.#run(handler, this.#handlers[handler], tracked.headers, () => {
      this.#answer(trailersResponse(phase, tracked.takeChanges()))
    })
  }

  #answer(response: NonNullable<ResponseInit["response"]>): void {
    this.#send(this.#exchange.decorate({ response }))
  }

  /** Calls a handler; answers at once when it answers at once, so that the usual stream makes no promise at all. */
  #run<Message>(
    name: string,
    handler: Handler<Message, State> | undefined,
    message: Message | undefined,
    answer: (result: HandlerResult) => void,
  ): void {
    const turn: Turn = { handler: name, answer }
    let result: HandlerResult | Promise<HandlerResult>
    try {
      result = handler === undefined || message === undefined ? undefined : handler(message, this.#exchange)
    } catch (error) {
      this.#fail(name, error, false)
      return
    }
    if (result instanceof Promise) this.#wait(turn, result)
    else this.#settle(turn, result)
  }

  #settle(turn: Turn, result: HandlerResult): void {
    if (result?.kind === "immediate") this.#send(this.#exchange.decorate({ response: immediateResponse(result) }))
    else turn.answer(result)
  }

  #wait(turn: Turn, result: Promise<HandlerResult>): void {
    this.#isBusy = true
    const timer = setTimeout(() => this.#fail(turn.handler, undefined, true), this.#timeoutMs)
    const next = (work: () => void) => {
      clearTimeout(timer)
      if (this.#isOver) return
      this.#isBusy = false
      work()
      while (!this.#isBusy && !this.#isOver) {
        const request = this.#waiting.shift()
        if (request === undefined) break
        this.#step(request)
      }
      if (!this.#isBusy) this.#whenDone?.()
    }
    result.then(
      (value) => next(() => this.#settle(turn, value)),
      (error: unknown) => next(() => this.#fail(turn.handler, error, false)),
    )
  }

  #fail(handler: string, reason: unknown, isTimeout: boolean): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#output.fail({ handler, reason, isTimeout })
  }
}

function directionOf(phase: Phase): Direction {
  return phase.startsWith("request") ? "request" : "response"
}
