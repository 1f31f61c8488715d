import { FailState, Status } from "../abi/status.ts"
import { textOf, toBytes, utf8 } from "../byte-string.ts"
import type { Cluster, GrpcResponse } from "../clusters.ts"
import type { RootContext } from "../context.ts"
import { createHeaderMap, pairsOf } from "../http/header-map.ts"
import { decodePairs, type Pair } from "../pairs.ts"
import { readMessage } from "../protobuf.ts"
import type { Vm } from "../vm.ts"
import { readText } from "./headers.ts"

interface Target {
  readonly cluster: Cluster
  readonly service: string
  readonly method: string
  readonly metadata: readonly Pair[]
}

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
  if ((token & 3) === 0) return Status.BadArgument
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

function readTarget(vm: Vm, ...at: readonly number[]): Target | number {
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
  const envoy = service?.get(1)
  const name = envoy instanceof Uint8Array ? readMessage(envoy)?.get(1) : undefined
  return name instanceof Uint8Array ? new TextDecoder().decode(name) : textOf(upstream)
}

function requestOf(
  target: Target,
  message: Uint8Array,
  timeout: number,
): {
  readonly cluster: string
  readonly service: string
  readonly method: string
  readonly headers: readonly (readonly [string, string])[]
  readonly message: Uint8Array
} {
  const headers: (readonly [string, string])[] = [
    ["te", "trailers"],
    ...(timeout > 0 ? [["grpc-timeout", `${timeout}m`] as const] : []),
    ["content-type", "application/grpc"],
    ...target.metadata.map(([name, value]) => [textOf(name), textOf(value)] as const),
    ["x-envoy-internal", "true"],
    ...(timeout > 0 ? [["x-envoy-expected-rq-timeout-ms", String(timeout)] as const] : []),
  ]
  return { cluster: target.cluster.name, service: target.service, method: target.method, headers, message }
}

const refusedText =
  "upstream connect error or disconnect/reset before headers. reset reason: remote connection failure{upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_Connection_refused}}"

function startUnary(
  vm: Vm,
  root: RootContext,
  target: Target,
  message: Uint8Array,
  timeout: number,
  token: number,
): void {
  const { loop } = vm.process
  const cancels: (() => void)[] = []
  const cancel = (): void => {
    for (const one of cancels.splice(0)) one()
    root.grpcCalls.delete(token)
  }
  const end = (reply: GrpcResponse): void => {
    if (!root.grpcCalls.has(token)) return
    cancel()
    if ((reply.status ?? 0) === 0) receive(vm, root, token, bytesOf(reply.message))
    else close(vm, root, token, reply.status ?? 0, reply.statusMessage ?? "")
  }
  root.grpcCalls.set(token, { isStream: false, send: () => {}, cancel, close: cancel })
  const request = requestOf(target, message, timeout)
  if (target.cluster.isRefused) cancels.push(loop.after(1, () => end({ status: 14, statusMessage: refusedText })))
  else {
    const reply = target.cluster.grpc(request)
    vm.process.seen({
      cluster: request.cluster,
      method: "POST",
      path: `/${request.service}/${request.method}`,
      headers: request.headers,
      body: message,
      overflow: new Uint8Array(0),
      trailers: [],
    })
    if (reply !== "never") {
      const viaUpstream =
        (reply.status ?? 0) === 0 ? reply : { ...reply, statusMessage: `${reply.statusMessage ?? ""}{via_upstream}` }
      cancels.push(loop.after(reply.delayMs ?? 1, () => end(viaUpstream)))
    }
  }
  if (timeout > 0)
    cancels.push(
      loop.after(timeout, () => end({ status: 14, statusMessage: "upstream request timeout{response_timeout}" })),
    )
}

function startStream(vm: Vm, root: RootContext, target: Target, token: number): void {
  const { loop } = vm.process
  const cancels: (() => void)[] = []
  let isOpened = false
  const drop = (): void => {
    for (const one of cancels.splice(0)) one()
    root.grpcCalls.delete(token)
  }
  const answer = (reply: GrpcResponse): void => {
    if (!root.grpcCalls.has(token)) return
    if (!isOpened) {
      isOpened = true
      metadata(vm, root, token, "initial", pairsOf(reply.initialMetadata))
    }
    if (reply.message !== undefined) receive(vm, root, token, bytesOf(reply.message))
    if (reply.end !== true && (reply.status ?? 0) === 0) return
    metadata(vm, root, token, "trailing", pairsOf(reply.trailingMetadata))
    drop()
    close(vm, root, token, reply.status ?? 0, reply.statusMessage ?? "")
  }
  // A server that has nothing more to say ends the call when the client did.
  const halfClose = (): void => void cancels.push(loop.after(2, () => answer({ end: true })))
  root.grpcCalls.set(token, {
    isStream: true,
    send: (message, end) => {
      const reply = target.cluster.isRefused
        ? { status: 14, statusMessage: refusedText }
        : target.cluster.grpc(requestOf(target, message, 0))
      if (reply !== "never") cancels.push(loop.after(reply.delayMs ?? 1, () => answer(reply)))
      if (end) halfClose()
    },
    cancel: drop,
    close: halfClose,
  })
}

function receive(vm: Vm, root: RootContext, token: number, message: Uint8Array): void {
  if (vm.failState !== FailState.Ok) return
  root.call.grpcMessage = message
  vm.call("proxy_on_grpc_receive", root, [root.id, token, message.length])
  delete root.call.grpcMessage
  vm.runDeferred()
}

function metadata(
  vm: Vm,
  root: RootContext,
  token: number,
  which: "initial" | "trailing",
  pairs: readonly Pair[],
): void {
  if (vm.failState !== FailState.Ok) return
  const key = which === "initial" ? "grpcInitialMetadata" : "grpcTrailingMetadata"
  root.call[key] = createHeaderMap(pairs)
  vm.call(`proxy_on_grpc_receive_${which}_metadata`, root, [root.id, token, pairs.length])
  delete root.call[key]
  vm.runDeferred()
}

function close(vm: Vm, root: RootContext, token: number, status: number, message: string): void {
  if (vm.failState !== FailState.Ok) return
  root.status = { code: status, message }
  vm.call("proxy_on_grpc_close", root, [root.id, token, status])
  vm.runDeferred()
}

function bytesOf(message: string | Uint8Array | undefined): Uint8Array {
  return message === undefined ? new Uint8Array(0) : typeof message === "string" ? utf8(message) : message
}
