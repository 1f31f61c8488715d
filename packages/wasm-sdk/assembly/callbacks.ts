// What the module exports. Callbacks that no class overrides are taken out of the exports at build time: an exported one
// costs a call per phase.

import { proxy_get_buffer_bytes, proxy_get_property } from "./abi"
import { ConnectionContext } from "./connection"
import { RootContext, StreamContext } from "./context"
import { Action } from "./enums"
import { failureReason, GrpcExchange, grpcExchange } from "./grpc"
import { takeCall } from "./http-call"
import { Context, entered, roots, streams } from "./living-contexts"
import { allowLevelQuestions } from "./log"
import { begin, end, ok, putText, receive, resultText, words } from "./memory"
import { createRoot, refuseRootId } from "./registry"

function rootOf(id: u32): RootContext | null {
  entered(id)
  return changetype<RootContext | null>(roots.get(id))
}

/** Address of the stream whose callback this is, or 0. */
function streamOf(id: u32): usize {
  entered(id)
  return streams.get(id)
}

function pluginRootId(): string {
  begin(64)
  const at = putText(changetype<usize>("plugin_root_id"))
  return ok(proxy_get_property(at, end() - at, words, words + 4)) ? resultText() : ""
}

/** Configuration of the VM (buffer 6) or of the plugin (buffer 7). */
function configurationText(buffer: u32, size: u32): string {
  return size != 0 && ok(proxy_get_buffer_bytes(buffer, 0, size, words, words + 4)) ? resultText() : ""
}

export function proxy_abi_version_0_2_1(): void {}

export function proxy_on_memory_allocate(size: usize): usize {
  return receive(size)
}

export function proxy_on_context_create(id: u32, parent: u32): void {
  entered(id)
  allowLevelQuestions()
  if (parent == 0) {
    const rootId = pluginRootId()
    const root = createRoot(rootId)
    if (root === null) {
      refuseRootId(rootId)
      return
    }
    root.id = id
    roots.add(changetype<usize>(root))
    return
  }
  const owner = roots.get(parent)
  if (owner == 0) return
  const connection = changetype<RootContext>(owner).createConnection()
  const stream: Context = connection === null ? changetype<RootContext>(owner).createStream() : connection
  stream.id = id
  streams.add(changetype<usize>(stream))
}

export function proxy_on_vm_start(id: u32, size: u32): u32 {
  const root = rootOf(id)
  if (root === null) return 0
  return root.onStart(configurationText(6, size)) ? 1 : 0
}

export function proxy_on_configure(id: u32, size: u32): u32 {
  const root = rootOf(id)
  if (root === null) return 0
  root.configuration = configurationText(7, size)
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
  if (stream == 0) return Action.Continue
  changetype<StreamContext>(stream).requestHeld = false
  const action = changetype<StreamContext>(stream).onRequestHeaders(count, endOfStream != 0)
  changetype<StreamContext>(stream).requestHeld = action != Action.Continue
  return action
}

export function proxy_on_request_body(id: u32, size: u32, endOfStream: u32): u32 {
  const stream = streamOf(id)
  if (stream == 0) return Action.Continue
  changetype<StreamContext>(stream).requestHeld = false
  const action = changetype<StreamContext>(stream).onRequestBody(size, endOfStream != 0)
  changetype<StreamContext>(stream).requestHeld = action != Action.Continue
  return action
}

export function proxy_on_request_trailers(id: u32, count: u32): u32 {
  const stream = streamOf(id)
  if (stream == 0) return Action.Continue
  changetype<StreamContext>(stream).requestHeld = false
  const action = changetype<StreamContext>(stream).onRequestTrailers(count)
  changetype<StreamContext>(stream).requestHeld = action != Action.Continue
  return action
}

export function proxy_on_response_headers(id: u32, count: u32, endOfStream: u32): u32 {
  const stream = streamOf(id)
  if (stream == 0) return Action.Continue
  changetype<StreamContext>(stream).responseHeld = false
  const action = changetype<StreamContext>(stream).onResponseHeaders(count, endOfStream != 0)
  changetype<StreamContext>(stream).responseHeld = action != Action.Continue
  return action
}

export function proxy_on_response_body(id: u32, size: u32, endOfStream: u32): u32 {
  const stream = streamOf(id)
  if (stream == 0) return Action.Continue
  changetype<StreamContext>(stream).responseHeld = false
  const action = changetype<StreamContext>(stream).onResponseBody(size, endOfStream != 0)
  changetype<StreamContext>(stream).responseHeld = action != Action.Continue
  return action
}

export function proxy_on_response_trailers(id: u32, count: u32): u32 {
  const stream = streamOf(id)
  if (stream == 0) return Action.Continue
  changetype<StreamContext>(stream).responseHeld = false
  const action = changetype<StreamContext>(stream).onResponseTrailers(count)
  changetype<StreamContext>(stream).responseHeld = action != Action.Continue
  return action
}

/** Address of the connection whose callback this is, or 0. */
function connectionOf(id: u32): usize {
  const connection = streamOf(id)
  return connection != 0 && isConnection(connection) ? connection : 0
}

function isConnection(context: usize): bool {
  return changetype<Context>(context) instanceof ConnectionContext
}

export function proxy_on_new_connection(id: u32): u32 {
  const connection = connectionOf(id)
  if (connection == 0) return Action.Continue
  changetype<ConnectionContext>(connection).downstreamHeld = false
  const action = changetype<ConnectionContext>(connection).onNewConnection()
  changetype<ConnectionContext>(connection).downstreamHeld = action != Action.Continue
  return action
}

export function proxy_on_downstream_data(id: u32, size: u32, endOfStream: u32): u32 {
  const connection = connectionOf(id)
  if (connection == 0) return Action.Continue
  changetype<ConnectionContext>(connection).downstreamHeld = false
  const action = changetype<ConnectionContext>(connection).onDownstreamData(size, endOfStream != 0)
  changetype<ConnectionContext>(connection).downstreamHeld = action != Action.Continue
  return action
}

export function proxy_on_upstream_data(id: u32, size: u32, endOfStream: u32): u32 {
  const connection = connectionOf(id)
  if (connection == 0) return Action.Continue
  return changetype<ConnectionContext>(connection).onUpstreamData(size, endOfStream != 0)
}

export function proxy_on_downstream_connection_close(id: u32, by: u32): void {
  const connection = connectionOf(id)
  if (connection != 0) changetype<ConnectionContext>(connection).onDownstreamClose(by)
}

export function proxy_on_upstream_connection_close(id: u32, by: u32): void {
  const connection = connectionOf(id)
  if (connection != 0) changetype<ConnectionContext>(connection).onUpstreamClose(by)
}

/** Makes the owner of a call-out current; false when it has ended, and nobody waits for the answer. */
function isWaiting(owner: Context): bool {
  const at = changetype<usize>(owner)
  return (roots.get(owner.id) == at || streams.get(owner.id) == at) && owner.activate()
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
  if (stream == 0) return
  if (isConnection(stream)) changetype<ConnectionContext>(stream).onLog()
  else changetype<StreamContext>(stream).onLog()
}

export function proxy_on_done(id: u32): u32 {
  const stream = streamOf(id)
  if (stream != 0) {
    if (isConnection(stream)) changetype<ConnectionContext>(stream).onDone()
    else changetype<StreamContext>(stream).onDone()
    return 1
  }
  const root = rootOf(id)
  return root === null || root.onDone() ? 1 : 0
}

export function proxy_on_delete(id: u32): void {
  if (streams.remove(id) == 0) roots.remove(id)
}
