import type { BodyData } from "../buffer.ts"
import { joinBytes } from "../byte-string.ts"
import { createHeaderMap, type HeaderMap } from "./header-map.ts"

/** What a filter answers to headers. */
export type HeadersStatus = "continue" | "stop" | "stop-all-buffer" | "stop-all-watermark"
/** What a filter answers to data. */
export type DataStatus = "continue" | "stop-buffer" | "stop-watermark" | "stop-no-buffer"
/** What a filter answers to trailers. */
export type TrailersStatus = "continue" | "stop"

/** One side of a filter: request or response. */
export interface FilterSide {
  headers(map: HeaderMap, end: boolean): HeadersStatus
  data(data: BodyData, end: boolean): DataStatus
  trailers(map: HeaderMap): TrailersStatus
}

/** What comes after the filter: the router for requests, the codec for responses. */
export interface NextHop {
  headers(map: HeaderMap, end: boolean): void
  data(bytes: Uint8Array, end: boolean): void
  trailers(map: HeaderMap): void
}

/** A next hop that is known only when something reaches it. */
export function laterHop(hop: () => NextHop): NextHop {
  return {
    headers: (map, end) => hop().headers(map, end),
    data: (bytes, end) => hop().data(bytes, end),
    trailers: (map) => hop().trailers(map),
  }
}

/** One direction of a stream through one filter: Envoy's iteration, buffering and resuming. */
export interface Direction {
  headers(map: HeaderMap, end: boolean): void
  data(bytes: Uint8Array, end: boolean): void
  trailers(map: HeaderMap): void
  /** `continueDecoding` or `continueEncoding`. */
  resume(): void
  /** Moves data a filter holds into the stored body and gives that body. */
  addToBuffer(data: BodyData): BodyData
  /** Adds trailers at the end of the stream; only inside a data call. */
  addTrailers(): HeaderMap
  readonly hasHeaders: boolean
  readonly hasBuffer: boolean
  /** Whether the filter holds the headers back. */
  readonly isHeld: boolean
  /** Whether no more data is read because the store is above its limit. */
  readonly isAboveLimit: boolean
}

/** What a direction needs from its stream. */
export interface DirectionHost {
  readonly filter: FilterSide
  readonly next: NextHop
  readonly limit: number
  /** Whether the stream is gone or a local reply took over. */
  isAborted(): boolean
  /** Runs a filter call; what must wait until the call is over is done at its end. */
  inCall<T>(call: () => T): T
  /** The stored body became larger than the limit. */
  tooLarge(): void
}

/** A direction at rest. Source: Envoy `filter_manager.cc`: `commonHandleAfter...Callback`, `commonContinue`, `doData`. */
export function createDirection(host: DirectionHost): Direction {
  let state: "continue" | "stop" | "stop-all" = "continue"
  let isContinued = false
  let fromCurrent = false
  // Until a filter asks for a buffer, too much data stops the reading and fails nothing.
  let isStreaming = true
  let isAbove = false
  let end = false
  let map: HeaderMap | undefined
  let endWithHeaders = false
  let trailers: HeaderMap | undefined
  let stored: BodyData | undefined

  const store = (data: BodyData): BodyData => {
    if (stored === undefined) stored = { bytes: new Uint8Array(0) }
    if (stored !== data) {
      stored.bytes = joinBytes([stored.bytes, data.bytes])
      data.bytes = new Uint8Array(0)
    }
    if (stored.bytes.length > host.limit && !isAbove) {
      isAbove = true
      if (!isStreaming) host.tooLarge()
    }
    return stored
  }

  /** Hands data on; what the filter still sees of it is empty. */
  const drain = (data: BodyData): Uint8Array => {
    const { bytes } = data
    data.bytes = new Uint8Array(0)
    return bytes
  }

  const passData = (data: BodyData, last: boolean): void => {
    const added = trailers
    host.next.data(drain(data), last && added === undefined)
    if (last && added !== undefined && !host.isAborted()) host.next.trailers(added)
  }

  const commonContinue = (): void => {
    if (map === undefined || host.isAborted()) return
    const again = fromCurrent
    fromCurrent = false
    state = "continue"
    isAbove = false
    if (!isContinued) {
      isContinued = true
      host.next.headers(map, end && stored === undefined && trailers === undefined)
    }
    const body = stored
    const rest = trailers
    if (body !== undefined && !host.isAborted()) {
      stored = undefined
      if (again) throughData(body, end && rest === undefined)
      else host.next.data(drain(body), end && rest === undefined)
    }
    if (rest !== undefined && !host.isAborted()) {
      if (again) throughTrailers(rest)
      else host.next.trailers(rest)
    }
  }

  const throughData = (data: BodyData, last: boolean): void => {
    const status = host.inCall(() => host.filter.data(data, last))
    if (host.isAborted()) return
    if (status === "continue") {
      if (state === "stop") {
        store(data)
        commonContinue()
      } else passData(data, last)
      return
    }
    state = "stop"
    if (status === "stop-buffer" || status === "stop-watermark") {
      isStreaming = status === "stop-watermark"
      store(data)
    } else if (end && trailers === undefined && stored === undefined) stored = { bytes: new Uint8Array(0) }
  }

  const throughTrailers = (own: HeaderMap): void => {
    const status = host.inCall(() => host.filter.trailers(own))
    if (host.isAborted()) return
    if (status === "stop") {
      if (state === "continue") state = "stop"
    } else if (state === "stop") commonContinue()
    else host.next.trailers(own)
  }

  return {
    headers: (own, last) => {
      map = own
      end = last
      endWithHeaders = last
      const status = host.inCall(() => host.filter.headers(own, last))
      if (host.isAborted()) return
      if (status === "continue") {
        isContinued = true
        host.next.headers(own, endWithHeaders)
        return
      }
      state = status === "stop" ? "stop" : "stop-all"
      fromCurrent = state === "stop-all"
      if (state === "stop-all") isStreaming = status === "stop-all-watermark"
    },
    data: (bytes, last) => {
      end = last
      const data = { bytes }
      if (state === "stop-all") store(data)
      else throughData(data, last)
    },
    trailers: (own) => {
      end = true
      trailers = own
      if (state !== "stop-all") throughTrailers(own)
    },
    resume: commonContinue,
    addToBuffer: store,
    addTrailers: () => {
      trailers ??= createHeaderMap()
      return trailers
    },
    get hasHeaders() {
      return map !== undefined
    },
    get hasBuffer() {
      return stored !== undefined
    },
    get isHeld() {
      return map !== undefined && !isContinued
    },
    get isAboveLimit() {
      return isAbove
    },
  }
}
