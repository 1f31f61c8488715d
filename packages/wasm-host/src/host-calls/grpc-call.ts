import { Status } from "../abi/status.ts"
import { textOf, toBytes, utf8 } from "../byte-string.ts"
import { EnvoyCrash, mistake } from "../mistakes.ts"
import { decodePairs } from "../pairs.ts"
import { readMessage } from "../protobuf.ts"
import type { Vm } from "../vm.ts"
import { type GrpcTarget, startStream, startUnary } from "./grpc-exchange.ts"
import { readText } from "./headers.ts"

/** `proxy_grpc_call`: unary; success arrives as one message, failure as a close. */
export function grpcCall(
  vm: Vm,
  upstream: number,
  upstreamSize: number,
  service: number,
  serviceSize: number,
  method: number,
  methodSize: number,
  metadata: number,
  metadataSize: number,
  message: number,
  messageSize: number,
  timeout: number,
  tokenAt: number,
): number {
  const bytes = vm.memory.read(message, messageSize)
  const target = readTarget(
    vm,
    upstream,
    upstreamSize,
    service,
    serviceSize,
    method,
    methodSize,
    metadata,
    metadataSize,
  )
  if (bytes === undefined) return Status.InvalidMemoryAccess
  if (typeof target === "number") return target
  const root = vm.context().root
  if (root === undefined) return Status.BadArgument
  const token = vm.nextToken("grpc")
  startUnary(vm, root, target, bytes, timeout, token)
  return vm.memory.writeU32(tokenAt, token) ? Status.Ok : Status.InvalidMemoryAccess
}

/** `proxy_grpc_stream`. */
export function grpcStream(
  vm: Vm,
  upstream: number,
  upstreamSize: number,
  service: number,
  serviceSize: number,
  method: number,
  methodSize: number,
  metadata: number,
  metadataSize: number,
  tokenAt: number,
): number {
  const target = readTarget(
    vm,
    upstream,
    upstreamSize,
    service,
    serviceSize,
    method,
    methodSize,
    metadata,
    metadataSize,
  )
  if (typeof target === "number") return target
  const root = vm.context().root
  if (root === undefined) return Status.BadArgument
  const token = vm.nextToken("stream")
  startStream(vm, root, target, token)
  return vm.memory.writeU32(tokenAt, token) ? Status.Ok : Status.InvalidMemoryAccess
}

/** `proxy_grpc_send`. */
export function grpcSend(vm: Vm, token: number, message: number, size: number, end: number): number {
  const bytes = vm.memory.read(message, size)
  if (bytes === undefined) return Status.InvalidMemoryAccess
  if ((token & 3) !== 2) return Status.BadArgument
  const call = vm.context().root?.grpcCalls.get(token)
  if (call === undefined) return Status.NotFound
  call.send(bytes, end !== 0)
  return Status.Ok
}

/** `proxy_grpc_cancel`. */
export function grpcCancel(vm: Vm, token: number): number {
  return endCall(vm, token, "cancel")
}

/** `proxy_grpc_close`: cancels a unary call, half-closes a stream. */
export function grpcClose(vm: Vm, token: number): number {
  return endCall(vm, token, "close")
}

function endCall(vm: Vm, token: number, how: "cancel" | "close"): number {
  if ((token & 3) !== 1 && (token & 3) !== 2) return Status.BadArgument
  const call = vm.context().root?.grpcCalls.get(token)
  if (call === undefined) return Status.NotFound
  call[how]()
  return Status.Ok
}

/** `proxy_get_status`: code and text of the last gRPC end. */
export function getStatus(vm: Vm, codeAt: number, addressAt: number, sizeAt: number): number {
  const { code, message } = vm.context().root?.status ?? { code: 0, message: "" }
  if (!vm.memory.writeU32(codeAt, code)) return Status.InvalidMemoryAccess
  return vm.hand(utf8(message), addressAt, sizeAt)
}

function readTarget(vm: Vm, ...at: readonly number[]): GrpcTarget | number {
  const [upstream, service, method, metadata] = [0, 2, 4, 6].map((i) => readText(vm, at[i] ?? 0, at[i + 1] ?? 0))
  if (upstream === undefined || service === undefined || method === undefined || metadata === undefined)
    return Status.InvalidMemoryAccess
  const cluster = vm.clusters.get(clusterOf(upstream))
  if (cluster === undefined) return Status.ParseFailure
  return { cluster, service: textOf(service), method: textOf(method), metadata: decodePairs(toBytes(metadata)) }
}

/** The cluster named by a GrpcService message, or the text itself when it is no message. */
function clusterOf(upstream: string): string {
  const service = readMessage(toBytes(upstream))
  if (service === undefined) return textOf(upstream)
  const envoy = service.get(1)
  // Field 2 is Google's client, which is not in the builds that were tried.
  if (envoy === undefined && !service.has(2)) {
    throw new EnvoyCrash(
      mistake("ATT_WASM_GRPC_TARGET", "proxy_grpc_call", "1.40 aborts with `panic: unset oneof`", true),
    )
  }
  const name = envoy instanceof Uint8Array ? readMessage(envoy)?.get(1) : undefined
  return name instanceof Uint8Array ? new TextDecoder().decode(name) : textOf(upstream)
}
