import type { Variant } from "./type-state.ts"

/** The client a stream belongs to. */
export interface XdsClient {
  /** `node.cluster`. */
  readonly proxyKey: string
  /** `node.id`. */
  readonly nodeId: string
  /** Number of the stream, unique for the life of the server. */
  readonly streamId: number
}

/** A stream said who it is, or ended. */
export interface ConnectionEvent extends XdsClient {
  readonly type: "connect" | "disconnect"
  readonly variant: Variant
  /** The only type of the stream; absent on an aggregated one. */
  readonly typeUrl?: string
}

/** A response was accepted or refused. */
export interface AnswerEvent extends XdsClient {
  readonly type: "ack" | "nack"
  readonly typeUrl: string
  /** `version_info` or `system_version_info` of the response. */
  readonly version: string
  /** Names in the response; removed ones too. */
  readonly resources: readonly string[]
  /** Those among them whose content had not been accepted before: after a NACK the culprit is one of these. */
  readonly changed: readonly string[]
  /** After a NACK, the client's own text. */
  readonly message?: string
}

/** What a server reports. Handlers must not throw; they run before the next message of the stream is handled. */
export type XdsEvent = ConnectionEvent | AnswerEvent
