import type {
  ProcessingRequest,
  ProtocolConfiguration,
} from "@attache/envoy-api/gen/envoy/service/ext_proc/v3/external_processor_pb"
import type { BodyMode } from "./body.ts"
import type { Exchange, JsonObject, JsonValue, ModeOverride } from "./exchange.ts"
import { type HeaderChange, type HttpHeaders, type TrackedHeaders, trackHeaders } from "./headers.ts"
import { bodyModeOf, bytesOf, processingMode, type ResponseInit, streamedBody } from "./wire.ts"

/** One half of an exchange. */
export type Direction = "request" | "response"

const nothing: readonly HeaderChange[] = []
const absentHeaders = (direction: Direction): HttpHeaders => {
  const refuse = () => {
    throw new Error(`${direction} headers have not arrived yet and cannot be changed`)
  }
  return { ...trackHeaders(undefined).headers, set: refuse, append: refuse, remove: refuse }
}
const absent: Readonly<Record<Direction, HttpHeaders>> = {
  request: absentHeaders("request"),
  response: absentHeaders("response"),
}

/** The exchange as handlers see it, with what the next answer has to carry. */
export class OpenExchange<State> implements Exchange<State> {
  readonly state: State
  readonly #send: (response: ResponseInit) => void
  readonly #modes: Record<Direction, BodyMode> = { request: "none", response: "none" }
  readonly #headers: Record<Direction, TrackedHeaders | undefined> = { request: undefined, response: undefined }
  #attributes: Record<string, JsonValue> | undefined
  #rawAttributes: ProcessingRequest["attributes"][] = []
  #metadata: Readonly<Record<string, JsonObject>> = {}
  #newMetadata: Record<string, JsonObject> | undefined
  #override: ModeOverride | undefined
  #clearRouteCache = false
  #closing: AbortController | undefined
  isObserved = false
  isClosed = false

  constructor(state: State, send: (response: ResponseInit) => void) {
    this.state = state
    this.#send = send
  }

  get requestHeaders(): HttpHeaders {
    return this.#headers.request?.headers ?? absent.request
  }
  get responseHeaders(): HttpHeaders {
    return this.#headers.response?.headers ?? absent.response
  }
  get metadata(): Readonly<Record<string, JsonObject>> {
    return this.#metadata
  }
  get attributes(): Readonly<Record<string, JsonValue>> {
    if (this.#attributes === undefined || this.#rawAttributes.length > 0) {
      const groups = this.#rawAttributes.flatMap((each) => Object.values(each))
      this.#attributes = Object.assign(this.#attributes ?? {}, ...groups) as Record<string, JsonValue>
      this.#rawAttributes = []
    }
    return this.#attributes
  }
  get signal(): AbortSignal {
    if (this.#closing === undefined) {
      this.#closing = new AbortController()
      if (this.isClosed) this.#closing.abort()
    }
    return this.#closing.signal
  }

  setMetadata(namespace: string, value: JsonObject): void {
    this.#newMetadata = { ...this.#newMetadata, [namespace]: value }
  }
  clearRouteCache(): void {
    this.#clearRouteCache = true
  }
  overrideMode(mode: ModeOverride): void {
    this.#override = { ...this.#override, ...mode }
  }
  extendTimeout(milliseconds: number): void {
    const seconds = Math.floor(milliseconds / 1000)
    const nanos = Math.round((milliseconds - seconds * 1000) * 1e6)
    this.#send({ overrideMessageTimeout: { seconds: BigInt(seconds), nanos } })
  }
  writeRequestBody(content: string | Uint8Array, endOfStream = false): void {
    this.#writeBody("request", content, endOfStream)
  }
  writeResponseBody(content: string | Uint8Array, endOfStream = false): void {
    this.#writeBody("response", content, endOfStream)
  }

  /** Takes over what every message may carry. */
  learn(request: ProcessingRequest): void {
    if (request.protocolConfig !== undefined) this.#learnModes(request.protocolConfig)
    if (request.observabilityMode) this.isObserved = true
    for (const _ in request.attributes) {
      this.#rawAttributes.push(request.attributes)
      break
    }
    if (request.metadataContext !== undefined) this.#metadata = request.metadataContext.filterMetadata
  }

  headersArrived(direction: Direction, tracked: TrackedHeaders): void {
    this.#headers[direction] = tracked
  }

  bodyMode(direction: Direction): BodyMode {
    return this.#modes[direction]
  }

  /** Header changes made after the headers were answered. */
  takeChanges(direction: Direction): readonly HeaderChange[] {
    return this.#headers[direction]?.takeChanges() ?? nothing
  }

  /** Makes an announced length fit a body that replaces the whole one: Envoy refuses an answer where they differ. */
  announceLength(direction: Direction, content: string | Uint8Array): void {
    const headers = this.#headers[direction]?.headers
    if (headers?.has("content-length") === true) headers.set("content-length", String(Buffer.byteLength(content)))
  }

  takeRouteCache(): boolean {
    const wanted = this.#clearRouteCache
    this.#clearRouteCache = false
    return wanted
  }

  /** Adds what handlers asked for beside their message. */
  decorate(response: ResponseInit): ResponseInit {
    if (this.#newMetadata === undefined && this.#override === undefined) return response
    const decorated = { ...response }
    if (this.#newMetadata !== undefined) decorated.dynamicMetadata = this.#newMetadata as Record<string, never>
    if (this.#override !== undefined) {
      const current = { requestBody: this.#modes.request, responseBody: this.#modes.response }
      decorated.modeOverride = processingMode(this.#override, current)
      this.#modes.request = this.#override.requestBody ?? this.#modes.request
      this.#modes.response = this.#override.responseBody ?? this.#modes.response
    }
    this.#newMetadata = undefined
    this.#override = undefined
    return decorated
  }

  close(): void {
    this.isClosed = true
    this.#closing?.abort()
  }

  #learnModes(config: ProtocolConfiguration): void {
    this.#modes.request = bodyModeOf(config.requestBodyMode)
    this.#modes.response = bodyModeOf(config.responseBodyMode)
  }

  #writeBody(direction: Direction, content: string | Uint8Array, endOfStream: boolean): void {
    const mode = this.#modes[direction]
    if (mode !== "full-duplex-streamed")
      throw new Error(`a ${mode} body takes no further chunks: change the chunk in hand`)
    const phase = direction === "request" ? "requestBody" : "responseBody"
    this.#send({ response: streamedBody(phase, bytesOf(content), endOfStream) })
  }
}
