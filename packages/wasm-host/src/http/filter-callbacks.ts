import type { Status } from "../abi/status.ts"
import type { Attribute } from "../attribute.ts"
import type { BodyData } from "../buffer.ts"
import type { LocalReply } from "../context.ts"
import type { HeaderMap } from "./header-map.ts"

/** What the filter asks of its stream. */
export interface FilterCallbacks {
  sendLocalReply(reply: LocalReply): void
  /** The reply of a failed VM, which is never too late. */
  failStream(reply: LocalReply): void
  resumeRequest(): void
  resumeResponse(): void
  reset(): void
  setDetailsIfAbsent(details: string): void
  addToRequestBuffer(data: BodyData): BodyData
  addToResponseBuffer(data: BodyData): BodyData
  hasRequestBuffer(): boolean
  hasResponseBuffer(): boolean
  addRequestTrailers(): HeaderMap
  addResponseTrailers(): HeaderMap
  /** Maps of the finished stream. */
  logMap(id: number): HeaderMap | undefined
  clearRouteCache(): void
  attribute(
    name: string,
    context: {
      readonly requestHeaders: HeaderMap | undefined
      readonly responseHeaders: HeaderMap | undefined
      readonly responseTrailers: HeaderMap | undefined
    },
  ): Attribute | undefined
  setProperty(name: string, value: Uint8Array): Status
  readonly isResponseStarted: boolean
}
