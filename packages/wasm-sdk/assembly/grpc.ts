import {
  proxy_get_status, proxy_grpc_call, proxy_grpc_cancel, proxy_grpc_close, proxy_grpc_send, proxy_grpc_stream,
} from "./abi"
import { grpcMessage } from "./body"
import { grpcInitialMetadata, grpcTrailingMetadata, Header, HeaderMap, putHeaders, roomForHeaders } from "./headers"
import { watchHeldStreams } from "./held-streams"
import { IdTable, Numbered } from "./id-table"
import { Context } from "./living-contexts"
import { begin, end, ok, putByte, putBytes, putText, resultText, roomFor, words } from "./memory"

// @ts-ignore: decorator
@lazy const exchanges: IdTable = new IdTable()

/** The exchange that a callback is about, taken out when it is the last one. */
export function grpcExchange(token: u32, isLast: bool): GrpcExchange | null {
  return changetype<GrpcExchange | null>(isLast ? exchanges.remove(token) : exchanges.get(token))
}

/** The host's words about the failure it reports. */
export function failureReason(): string {
  return ok(proxy_get_status(words + 8, words, words + 4)) ? resultText() : ""
}

/** Where a message to the host ended, for the sizes of its parts. */
class Target {
  service: usize = 0
  method: usize = 0
  metadata: usize = 0
  end: usize = 0
}

// @ts-ignore: decorator
@lazy const target: Target = new Target()

function roomForTarget(cluster: string, service: string, method: string, metadata: Header[]): usize {
  return 12 + roomFor(changetype<usize>(cluster)) + roomFor(changetype<usize>(service)) + roomFor(changetype<usize>(method)) + roomForHeaders(metadata)
}

/**
 * Puts cluster, service, method and metadata and gives the address of the first.
 *
 * The cluster goes as a `GrpcService` message (`envoy_grpc.cluster_name`): a bare name that happens to parse as a message
 * would be taken for one.
 */
function putTarget(cluster: string, service: string, method: string, metadata: Header[]): usize {
  const size = String.UTF8.byteLength(cluster)
  const at = end()
  putByte(0x0a)
  putVarint(1 + varintSize(size) + size)
  putByte(0x0a)
  putVarint(size)
  putText(changetype<usize>(cluster))
  target.service = putText(changetype<usize>(service))
  target.method = putText(changetype<usize>(method))
  target.metadata = end()
  if (metadata.length > 0) putHeaders(metadata)
  target.end = end()
  return at
}

function varintSize(value: u32): u32 {
  let size = 1
  for (let rest = value >> 7; rest > 0; rest >>= 7) size += 1
  return size
}

function putVarint(value: u32): void {
  let rest = value
  while (rest >= 0x80) {
    putByte((rest | 0x80) as u8)
    rest >>= 7
  }
  putByte(rest as u8)
}

/** What {@link GrpcCall} and {@link GrpcStream} have in common. */
export class GrpcExchange extends Numbered {
  constructor(public owner: Context) {
    super()
  }

  /** Ends it from our side; nothing is delivered afterwards. False when it has ended. */
  cancel(): bool {
    const token = this.id
    return this.owner.activate() && exchanges.remove(token) != 0 && ok(proxy_grpc_cancel(token))
  }

  /** @internal */
  initialMetadataArrived(): void {}
  /** @internal */
  messageArrived(): void {}
  /** @internal */
  trailingMetadataArrived(): void {}
  /** @internal */
  closed(status: u32, reason: string): void {}

  protected started(): void {
    watchHeldStreams()
    this.id = load<u32>(words)
    exchanges.add(changetype<usize>(this))
  }
}

/**
 * One gRPC request with one answer. Subclass it with the fields that the answer needs.
 *
 * Messages are serialized protobuf. The answer is delivered with the owner as the current context, as for `HttpCall`;
 * when the owner is a request that has ended meanwhile nothing is delivered. Envoy shows no metadata of such calls.
 */
export class GrpcCall extends GrpcExchange {
  /** The answer, and the call's good end. */
  onResponse(message: Uint8Array): void {}

  /**
   * The call failed.
   *
   * @param status gRPC status; 14 also when nobody listens
   * @param reason the server's message, with Envoy's details in braces
   */
  onFailure(status: u32, reason: string): void {}

  /**
   * Sends it.
   *
   * @param service with its package, such as `acme.v1.Checker`
   * @param timeoutMs 0 waits for ever
   * @returns false when Envoy refused, for instance because the cluster is unknown; nothing is delivered then
   */
  send(cluster: string, service: string, method: string, message: Uint8Array, timeoutMs: u32, metadata: Header[] = []): bool {
    if (!this.owner.activate()) return false
    begin(roomForTarget(cluster, service, method, metadata) + message.length)
    const at = putTarget(cluster, service, method, metadata)
    const body = putBytes(message)
    const sent = ok(
      proxy_grpc_call(
        at, target.service - at, target.service, target.method - target.service, target.method,
        target.metadata - target.method, target.metadata, target.end - target.metadata, body, end() - body, timeoutMs, words
      )
    )
    if (sent) this.started()
    return sent
  }

  messageArrived(): void {
    exchanges.remove(this.id)
    this.onResponse(grpcMessage.bytes())
  }

  closed(status: u32, reason: string): void {
    this.onFailure(status, reason)
  }
}

/** A gRPC stream: any number of messages in both directions. Subclass it; delivery follows the rules of {@link GrpcCall}. */
export class GrpcStream extends GrpcExchange {
  /** The server's headers; readable now only. */
  onInitialMetadata(metadata: HeaderMap): void {}
  onMessage(message: Uint8Array): void {}
  /** The server's trailers; readable now only. */
  onTrailingMetadata(metadata: HeaderMap): void {}
  /** The end, good when `status` is 0. */
  onClose(status: u32, reason: string): void {}

  /** Opens it; false when Envoy refused. */
  open(cluster: string, service: string, method: string, metadata: Header[] = []): bool {
    if (!this.owner.activate()) return false
    begin(roomForTarget(cluster, service, method, metadata))
    const at = putTarget(cluster, service, method, metadata)
    const opened = ok(
      proxy_grpc_stream(
        at, target.service - at, target.service, target.method - target.service, target.method,
        target.metadata - target.method, target.metadata, target.end - target.metadata, words
      )
    )
    if (opened) this.started()
    return opened
  }

  /** Sends a message, and with `last` says that no more will come. */
  send(message: Uint8Array, last: bool = false): bool {
    return this.owner.activate() && ok(proxy_grpc_send(this.id, message.dataStart, message.length, last ? 1 : 0))
  }

  /** Says that no more messages will come; answers still arrive until {@link onClose}. */
  close(): bool {
    return this.owner.activate() && ok(proxy_grpc_close(this.id))
  }

  initialMetadataArrived(): void {
    this.onInitialMetadata(grpcInitialMetadata)
  }
  messageArrived(): void {
    this.onMessage(grpcMessage.bytes())
  }
  trailingMetadataArrived(): void {
    this.onTrailingMetadata(grpcTrailingMetadata)
  }
  closed(status: u32, reason: string): void {
    this.onClose(status, reason)
  }
}
