import type { Status } from "./abi/status.ts"
import type { Attribute } from "./attribute.ts"
import type { BodyData, BufferSource } from "./buffer.ts"
import type { CelNode } from "./cel/parse.ts"
import type { HeaderMap } from "./http/header-map.ts"
import type { Pair } from "./pairs.ts"
import type { Plugin } from "./plugin.ts"

/** A local reply as a module asks for it. */
export interface LocalReply {
  readonly status: number
  readonly body: Uint8Array
  readonly headers: readonly Pair[]
  /** Undefined: none was given. */
  readonly grpcStatus: number | undefined
  readonly details: string
}

/** A property's value, or why there is none. */
export type PropertyResult = Uint8Array | { readonly status: Status }

/** What host calls act upon: the VM itself, a root or a stream. */
export interface Context {
  readonly id: number
  readonly parentId: number
  /** The root of a stream, the root itself, undefined for the VM. */
  readonly root: RootContext | undefined
  /** `wasm log plugin root vm: ` and the like. */
  readonly logPrefix: string
  /** Whether the access log runs, when maps of the finished stream can be read. */
  readonly inAccessLog: boolean
  /** A map for writing; may create trailers at the end of a stream. */
  mutableMap(id: number): HeaderMap | undefined
  /** A map for reading. */
  map(id: number): HeaderMap | undefined
  buffer(id: number): BufferSource | undefined
  sendLocalReply(reply: LocalReply): Status
  continueStream(stream: number): Status
  closeStream(stream: number): Status
  /** The attribute of a first name, for properties and expressions. */
  attribute(name: string): Attribute | undefined
  /** @param name the whole path as given, as a byte string */
  setProperty(name: string, value: Uint8Array): Status
  clearRouteCache(): void
  /** Names declared with `declare_property`. */
  readonly declared: Set<string>
}

/** What call-outs left for the callback that runs. */
export interface CallState {
  responseHeaders?: HeaderMap
  responseTrailers?: HeaderMap
  responseBody?: Uint8Array
  grpcInitialMetadata?: HeaderMap
  grpcTrailingMetadata?: HeaderMap
  /** May be written to. */
  grpcMessage?: BodyData
  callData?: Uint8Array
  /** Whether a response was given up that Envoy still points to, until the next callback is over. */
  isResponseGone?: boolean
}

/** The context of a plugin in a VM. */
export interface RootContext extends Context {
  readonly plugin: Plugin
  readonly call: CallState
  /** For `proxy_get_status`. */
  status: { code: number; message: string }
  /** Whether the plugin configuration can be read. */
  configurationVisible: boolean
  /** Set while `proxy_on_done` answered false and `proxy_done` is awaited. */
  isDonePending: boolean
  /** Compiled expressions by token, and how many tokens were given out. */
  readonly expressions: Map<number, CelNode>
  expressionCount: number
  cancelTick: () => void
  /** Open call-outs by token, with what ends them early. */
  readonly httpCalls: Map<number, () => void>
  readonly grpcCalls: Map<number, GrpcCallHandle>
}

/** An open gRPC call. */
export interface GrpcCallHandle {
  readonly isStream: boolean
  send(message: Uint8Array, end: boolean): void
  cancel(): void
  close(): void
}
