import { FailState, Status, StreamId } from "../abi/status.ts"
import { fromBytes } from "../byte-string.ts"
import { cleanDetails } from "../http/local-reply.ts"
import { decodePairs } from "../pairs.ts"
import type { Vm } from "../vm.ts"

/** `proxy_send_local_response`: answers after the callback returned, whose result then counts as stop. */
export function sendLocalResponse(
  vm: Vm,
  status: number,
  details: number,
  detailsSize: number,
  body: number,
  bodySize: number,
  headers: number,
  headersSize: number,
  grpcStatus: number,
): number {
  const detailBytes = vm.memory.read(details, detailsSize)
  const bodyBytes = vm.memory.read(body, bodySize)
  const headerBytes = vm.memory.read(headers, headersSize)
  if (detailBytes === undefined || bodyBytes === undefined || headerBytes === undefined)
    return Status.InvalidMemoryAccess
  vm.isIterationStopped = true
  return vm.context().sendLocalReply({
    status,
    body: bodyBytes,
    headers: decodePairs(headerBytes),
    grpcStatus: grpcStatus <= 16 ? grpcStatus : undefined,
    details: fromBytes(new TextEncoder().encode(cleanDetails(detailBytes))),
  })
}

/** `proxy_continue_stream`. */
export function continueStream(vm: Vm, stream: number): number {
  return stream > StreamId.Upstream ? Status.BadArgument : vm.context().continueStream(stream)
}

/** `proxy_continue_request` of ABI 0.1.0. */
export function continueRequest(vm: Vm): number {
  return vm.context().continueStream(StreamId.Request)
}

/** `proxy_continue_response` of ABI 0.1.0. */
export function continueResponse(vm: Vm): number {
  return vm.context().continueStream(StreamId.Response)
}

/** `proxy_close_stream`. */
export function closeStream(vm: Vm, stream: number): number {
  return stream > StreamId.Upstream ? Status.BadArgument : vm.context().closeStream(stream)
}

/** `proxy_clear_route_cache` of ABI 0.1.0. */
export function clearRouteCache(vm: Vm): number {
  vm.context().clearRouteCache()
  return Status.Ok
}

/** `proxy_set_effective_context`: until the call into the module returns. */
export function setEffectiveContext(vm: Vm, id: number): number {
  return vm.setEffective(id) ? Status.Ok : Status.BadArgument
}

/** `proxy_done`: ends a root whose `proxy_on_done` answered false. */
export function done(vm: Vm): number {
  const root = vm.context().root
  if (root === undefined || !root.isDonePending) return Status.NotFound
  root.isDonePending = false
  vm.defer(() => {
    if (vm.failState === FailState.Ok) vm.call("proxy_on_delete", root, [root.id])
    vm.contexts.delete(root.id)
  })
  return Status.Ok
}
