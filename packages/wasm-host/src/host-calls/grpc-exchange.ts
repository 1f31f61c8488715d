import { FailState } from "../abi/status.ts"
import { byteString, textOf, utf8 } from "../byte-string.ts"
import { type Cluster, type GrpcResponse, refusedMs } from "../clusters.ts"
import type { RootContext } from "../context.ts"
import { createHeaderMap, pairsOf } from "../http/header-map.ts"
import type { Pair } from "../pairs.ts"
import type { Vm } from "../vm.ts"

/** A call over HTTP/2 takes longer than one over HTTP/1. */
const answerMs = 2

/** What a module calls. */
export interface GrpcTarget {
  readonly cluster: Cluster
  readonly service: string
  readonly method: string
  readonly metadata: readonly Pair[]
}

function requestOf(
  target: GrpcTarget,
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

const refusedText = "upstream connect error or disconnect/reset before headers. reset reason: remote connection failure"
const refusedDetails =
  "upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_Connection_refused}"

/** The text of a gRPC status as `proxy_get_status` gives it. */
function statusText(status: number, message: string, details = "via_upstream"): string {
  if (status === 0) return message
  return message === "" ? details : `${message}{${details}}`
}

/** Starts a unary call: success comes back as one message, anything else as a close. */
export function startUnary(
  vm: Vm,
  root: RootContext,
  target: GrpcTarget,
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
  const end = (reply: GrpcResponse, details?: string): void => {
    if (!root.grpcCalls.has(token)) return
    cancel()
    if ((reply.status ?? 0) === 0) receive(vm, root, token, bytesOf(reply.message))
    else close(vm, root, token, reply.status ?? 0, statusText(reply.status ?? 0, reply.statusMessage ?? "", details))
  }
  root.grpcCalls.set(token, { isStream: false, send: () => {}, cancel, close: cancel })
  const request = requestOf(target, message, timeout)
  if (target.cluster.isRefused)
    cancels.push(loop.after(refusedMs, () => end({ status: 14, statusMessage: refusedText }, refusedDetails)))
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
    if (reply !== "never") cancels.push(loop.after(reply.delayMs ?? answerMs, () => end(reply)))
  }
  if (timeout > 0)
    cancels.push(
      loop.after(timeout, () => end({ status: 14, statusMessage: "upstream request timeout" }, "response_timeout")),
    )
}

/** Starts a stream: its first answer brings the initial metadata, its end the trailing ones and a close. A stream that the server ended is there until the module closes it too. */
export function startStream(vm: Vm, root: RootContext, target: GrpcTarget, token: number): void {
  const { loop } = vm.process
  const cancels: (() => void)[] = []
  const begun = loop.now()
  let isOpened = false
  let isRequestComplete = false
  let isClosedByModule = false
  let isClosedByServer = false
  const drop = (): void => {
    for (const one of cancels.splice(0)) one()
    root.grpcCalls.delete(token)
  }
  const finish = (status: number, text: string): void => {
    for (const one of cancels.splice(0)) one()
    isClosedByServer = true
    close(vm, root, token, status, text)
    if (isClosedByModule) root.grpcCalls.delete(token)
  }
  const answer = (reply: GrpcResponse): void => {
    if (isClosedByServer || !root.grpcCalls.has(token)) return
    if (!isOpened) {
      isOpened = true
      metadata(vm, root, token, "initial", responseHead(reply, isRequestComplete ? loop.now() - begun : undefined))
    }
    if (reply.message !== undefined) receive(vm, root, token, bytesOf(reply.message))
    if (reply.end !== true && (reply.status ?? 0) === 0) return
    metadata(vm, root, token, "trailing", responseTail(reply))
    finish(reply.status ?? 0, statusText(reply.status ?? 0, reply.statusMessage ?? ""))
  }
  /** The proxy's own answer: no initial metadata, everything else as trailing. */
  const refuse = (): void => {
    const refused = { status: 14, statusMessage: refusedText }
    metadata(vm, root, token, "initial", [])
    metadata(vm, root, token, "trailing", [...responseHead({}, undefined), ...responseTail(refused)])
    finish(14, statusText(14, refusedText, refusedDetails))
  }
  // A server that has nothing more to say ends the call when the client did.
  const halfClose = (): void => {
    if (isRequestComplete) return
    isRequestComplete = true
    cancels.push(loop.after(answerMs + 1, () => answer({ end: true })))
  }
  if (target.cluster.isRefused) cancels.push(loop.after(refusedMs, refuse))
  root.grpcCalls.set(token, {
    isStream: true,
    send: (message, end) => {
      if (isRequestComplete || isClosedByServer || target.cluster.isRefused) return
      const reply = target.cluster.grpc(requestOf(target, message, 0))
      if (reply !== "never") cancels.push(loop.after(reply.delayMs ?? answerMs, () => answer(reply)))
      if (end) halfClose()
    },
    cancel: drop,
    close: () => {
      isClosedByModule = true
      if (isClosedByServer) drop()
      else halfClose()
    },
  })
}

/** Headers of a gRPC response as a module sees them. @param tookMs known once the request was complete */
function responseHead(reply: GrpcResponse, tookMs: number | undefined): readonly Pair[] {
  return [
    [":status", "200"],
    ["content-type", "application/grpc"],
    ...pairsOf(reply.initialMetadata),
    ...(tookMs === undefined ? [] : [["x-envoy-upstream-service-time", String(Math.floor(tookMs))] as const]),
  ]
}

function responseTail({ status, statusMessage, trailingMetadata }: GrpcResponse): readonly Pair[] {
  return [
    ["grpc-status", String(status ?? 0)],
    ...(statusMessage === undefined ? [] : [["grpc-message", byteString(statusMessage)] as const]),
    ...pairsOf(trailingMetadata),
  ]
}

function receive(vm: Vm, root: RootContext, token: number, message: Uint8Array): void {
  if (vm.failState !== FailState.Ok) return
  root.call.grpcMessage = { bytes: message }
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
  if (vm.has("proxy_on_grpc_close")) {
    // The text is there in the callback alone, the code until the next one.
    root.status = { code: status, message }
    vm.call("proxy_on_grpc_close", root, [root.id, token, status])
    root.status = { code: status, message: "" }
  }
  vm.runDeferred()
}

function bytesOf(message: string | Uint8Array | undefined): Uint8Array {
  return message === undefined ? new Uint8Array(0) : typeof message === "string" ? utf8(message) : message
}
