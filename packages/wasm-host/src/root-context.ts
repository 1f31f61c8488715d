import { BufferId, MapId, Status } from "./abi/status.ts"
import type { BodyData, BufferSource } from "./buffer.ts"
import type { CallState, Context, RootContext } from "./context.ts"
import type { HeaderMap } from "./http/header-map.ts"
import { callResponseGone } from "./mistakes.ts"
import { type Plugin, rootLogPrefix } from "./plugin.ts"
import { type PropertySource, rootAttribute } from "./properties.ts"
import type { Vm } from "./vm.ts"

/** The context of the VM itself: logging during the start and the allocator. */
export function createVmContext(): Context {
  return {
    id: 0,
    parentId: 0,
    root: undefined,
    logPrefix: "wasm log: ",
    inAccessLog: false,
    mutableMap: () => undefined,
    map: () => undefined,
    buffer: () => undefined,
    sendLocalReply: () => Status.Ok,
    continueStream: () => Status.Ok,
    closeStream: () => Status.Ok,
    attribute: () => undefined,
    setProperty: () => Status.NotFound,
    clearRouteCache: () => {},
    declared: new Set(),
  }
}

/** Buffers every context has besides those of its own streams. Remembers the last one for id 8, as Envoy's shared buffer object does. */
export function createSharedBuffers(
  vm: Vm,
  root: () => RootContext,
  call: () => CallState,
): (id: number, own: BufferSource | undefined) => BufferSource | undefined {
  let last: BufferSource = { kind: "inactive" }
  const text = (bytes: Uint8Array | undefined): BufferSource =>
    bytes === undefined ? { kind: "inactive" } : { kind: "text", bytes }
  const message = (data: BodyData | undefined): BufferSource =>
    data === undefined ? { kind: "inactive" } : { kind: "data", data }
  return (id, own) => {
    let found: BufferSource | undefined = own
    const { callData } = call()
    if (callData !== undefined) {
      last = text(callData)
      delete call().callData
    }
    if (id === BufferId.CallResponseBody) {
      if (call().isResponseGone === true) throw callResponseGone("proxy_get_buffer_bytes")
      const body = call().responseBody
      found = body === undefined ? undefined : text(body)
    } else if (id === BufferId.GrpcMessage) found = message(call().grpcMessage)
    else if (id === BufferId.VmConfiguration) found = text(vm.vmConfiguration)
    else if (id === BufferId.PluginConfiguration)
      found = root().configurationVisible ? text(root().plugin.configuration) : undefined
    else if (id === BufferId.CallData) found = last
    else found ??= { kind: "inactive" }
    if (found !== undefined) last = found
    return found
  }
}

/** A map that a call-out left for the callback that runs. */
export function callMap(id: number, call: CallState): HeaderMap | undefined {
  const isResponse = id === MapId.CallResponseHeaders || id === MapId.CallResponseTrailers
  if (isResponse && call.isResponseGone === true) throw callResponseGone("proxy_get_header_map_value")
  if (id === MapId.CallResponseHeaders) return call.responseHeaders
  if (id === MapId.CallResponseTrailers) return call.responseTrailers
  if (id === MapId.GrpcInitialMetadata) return call.grpcInitialMetadata
  return id === MapId.GrpcTrailingMetadata ? call.grpcTrailingMetadata : undefined
}

/** A root context for a plugin in a VM; it is announced to the module by the caller. */
export function createRootContext(vm: Vm, plugin: Plugin, facts: () => PropertySource): RootContext {
  const call: CallState = {}
  const root: RootContext = {
    id: vm.nextContextId(),
    parentId: 0,
    get root() {
      return root
    },
    logPrefix: rootLogPrefix(plugin),
    inAccessLog: false,
    plugin,
    call,
    status: { code: 0, message: "" },
    configurationVisible: false,
    isDonePending: false,
    expressions: new Map(),
    expressionCount: 0,
    cancelTick: () => {},
    httpCalls: new Map(),
    grpcCalls: new Map(),
    mutableMap: () => undefined,
    map: (id) => callMap(id, call),
    buffer: (id) => buffers(id, undefined),
    sendLocalReply: () => Status.Ok,
    continueStream: (stream) => (stream === 3 ? Status.Unimplemented : Status.Ok),
    closeStream: () => Status.Ok,
    attribute: (name) => rootAttribute(name, facts()),
    setProperty: () => Status.NotFound,
    clearRouteCache: () => {},
    declared: new Set(),
  }
  const buffers = createSharedBuffers(
    vm,
    () => root,
    () => call,
  )
  vm.contexts.set(root.id, root)
  vm.roots.push(root)
  return root
}
