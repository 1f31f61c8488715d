// What the module exports. Callbacks that no class overrides are taken out of the exports at build time: an exported one
// costs a call per phase.

import { pluginConfiguration, vmConfiguration } from "./body"
import { RootContext, StreamContext } from "./context"
import { Action } from "./enums"
import { failureReason, GrpcExchange, grpcExchange } from "./grpc"
import { takeCall } from "./http-call"
import { Context, entered, roots, streams } from "./living-contexts"
import { allowLevelQuestions, log } from "./log"
import { receive } from "./memory"
import { Property } from "./property"
import { createRoot, registeredIds } from "./registry"

function rootOf(id: u32): RootContext | null {
  entered(id)
  return changetype<RootContext | null>(roots.get(id))
}

function streamOf(id: u32): StreamContext | null {
  entered(id)
  return changetype<StreamContext | null>(streams.get(id))
}

export function proxy_abi_version_0_2_1(): void {}

export function proxy_on_memory_allocate(size: usize): usize {
  return receive(size)
}

export function proxy_on_context_create(id: u32, parent: u32): void {
  entered(id)
  allowLevelQuestions()
  if (parent == 0) {
    const name = Property.text(["plugin_root_id"])
    const rootId = name === null ? "" : name
    const root = createRoot(rootId)
    if (root === null) {
      log.error('no filter is registered for root id "' + rootId + '"; registered: ' + registeredIds())
      return
    }
    root.id = id
    roots.add(root)
    return
  }
  const owner = changetype<RootContext | null>(roots.get(parent))
  if (owner === null) return
  const stream = owner.createStream()
  stream.id = id
  streams.add(stream)
}

export function proxy_on_vm_start(id: u32, size: u32): u32 {
  const root = rootOf(id)
  if (root === null) return 0
  return root.onStart(size == 0 ? "" : vmConfiguration.text()) ? 1 : 0
}

export function proxy_on_configure(id: u32, size: u32): u32 {
  const root = rootOf(id)
  if (root === null) return 0
  root.configuration = size == 0 ? "" : pluginConfiguration.text()
  return root.onConfigure(root.configuration) ? 1 : 0
}

export function proxy_on_tick(id: u32): void {
  const root = rootOf(id)
  if (root !== null) root.onTick()
}

export function proxy_on_queue_ready(id: u32, queue: u32): void {
  const root = rootOf(id)
  if (root !== null) root.onQueueReady(queue)
}

export function proxy_on_request_headers(id: u32, count: u32, endOfStream: u32): u32 {
  const stream = streamOf(id)
  if (stream === null) return Action.Continue
  stream.requestHeld = false
  return heldRequest(stream, stream.onRequestHeaders(count, endOfStream != 0))
}

export function proxy_on_request_body(id: u32, size: u32, endOfStream: u32): u32 {
  const stream = streamOf(id)
  if (stream === null) return Action.Continue
  stream.requestHeld = false
  return heldRequest(stream, stream.onRequestBody(size, endOfStream != 0))
}

export function proxy_on_request_trailers(id: u32, count: u32): u32 {
  const stream = streamOf(id)
  if (stream === null) return Action.Continue
  stream.requestHeld = false
  return heldRequest(stream, stream.onRequestTrailers(count))
}

export function proxy_on_response_headers(id: u32, count: u32, endOfStream: u32): u32 {
  const stream = streamOf(id)
  if (stream === null) return Action.Continue
  stream.responseHeld = false
  return heldResponse(stream, stream.onResponseHeaders(count, endOfStream != 0))
}

export function proxy_on_response_body(id: u32, size: u32, endOfStream: u32): u32 {
  const stream = streamOf(id)
  if (stream === null) return Action.Continue
  stream.responseHeld = false
  return heldResponse(stream, stream.onResponseBody(size, endOfStream != 0))
}

export function proxy_on_response_trailers(id: u32, count: u32): u32 {
  const stream = streamOf(id)
  if (stream === null) return Action.Continue
  stream.responseHeld = false
  return heldResponse(stream, stream.onResponseTrailers(count))
}

function heldRequest(stream: StreamContext, action: Action): u32 {
  stream.requestHeld = action != Action.Continue
  return action
}

function heldResponse(stream: StreamContext, action: Action): u32 {
  stream.responseHeld = action != Action.Continue
  return action
}

/** Makes the owner of a call-out current; false when it has ended, and nobody waits for the answer. */
function isWaiting(owner: Context): bool {
  return (roots.get(owner.id) === owner || streams.get(owner.id) === owner) && owner.activate()
}

export function proxy_on_http_call_response(rootId: u32, token: u32, headers: u32, bodySize: u32, trailers: u32): void {
  entered(rootId)
  const call = takeCall(token)
  if (call === null) return
  const reason = headers == 0 && bodySize == 0 && trailers == 0 ? failureReason() : null
  if (!isWaiting(call.owner)) return
  if (reason !== null) call.onFailure(reason)
  else call.onResponse()
}

function waitingExchange(rootId: u32, token: u32, isLast: bool): GrpcExchange | null {
  entered(rootId)
  const exchange = grpcExchange(token, isLast)
  return exchange !== null && isWaiting(exchange.owner) ? exchange : null
}

export function proxy_on_grpc_receive_initial_metadata(rootId: u32, token: u32, count: u32): void {
  const exchange = waitingExchange(rootId, token, false)
  if (exchange !== null) exchange.initialMetadataArrived()
}

export function proxy_on_grpc_receive(rootId: u32, token: u32, size: u32): void {
  const exchange = waitingExchange(rootId, token, false)
  if (exchange !== null) exchange.messageArrived()
}

export function proxy_on_grpc_receive_trailing_metadata(rootId: u32, token: u32, count: u32): void {
  const exchange = waitingExchange(rootId, token, false)
  if (exchange !== null) exchange.trailingMetadataArrived()
}

export function proxy_on_grpc_close(rootId: u32, token: u32, status: u32): void {
  entered(rootId)
  const reason = failureReason()
  const exchange = waitingExchange(rootId, token, true)
  if (exchange !== null) exchange.closed(status, reason)
}

export function proxy_on_log(id: u32): void {
  const stream = streamOf(id)
  if (stream !== null) stream.onLog()
}

export function proxy_on_done(id: u32): u32 {
  const stream = streamOf(id)
  if (stream !== null) {
    stream.onDone()
    return 1
  }
  const root = rootOf(id)
  return root === null || root.onDone() ? 1 : 0
}

export function proxy_on_delete(id: u32): void {
  if (streams.remove(id) === null) roots.remove(id)
}
