// A compiler transform: takes callbacks that no class overrides out of the module's exports.
//
// Envoy calls every exported callback for every request, chunk and trailer; one that only answers "continue" costs a
// call into the module and keeps its code linked.

const sdk = "~lib/@attache/wasm-sdk/assembly/"

/** What makes the end and the messages of gRPC exchanges of interest; a finished one is also forgotten there. */
const grpcOverrides = [
  ["GrpcCall", "onResponse"],
  ["GrpcCall", "onFailure"],
  ["GrpcStream", "onMessage"],
  ["GrpcStream", "onClose"],
] as const

/** Exported callback → the SDK's class and the method that make it worth exporting. */
const overridesByCallback: Readonly<Record<string, readonly (readonly [base: string, method: string])[]>> = {
  proxy_on_request_headers: [["StreamContext", "onRequestHeaders"]],
  proxy_on_request_body: [["StreamContext", "onRequestBody"]],
  proxy_on_request_trailers: [["StreamContext", "onRequestTrailers"]],
  proxy_on_response_headers: [["StreamContext", "onResponseHeaders"]],
  proxy_on_response_body: [["StreamContext", "onResponseBody"]],
  proxy_on_response_trailers: [["StreamContext", "onResponseTrailers"]],
  proxy_on_new_connection: [["ConnectionContext", "onNewConnection"]],
  proxy_on_downstream_data: [["ConnectionContext", "onDownstreamData"]],
  proxy_on_upstream_data: [["ConnectionContext", "onUpstreamData"]],
  proxy_on_downstream_connection_close: [["ConnectionContext", "onDownstreamClose"]],
  proxy_on_upstream_connection_close: [["ConnectionContext", "onUpstreamClose"]],
  proxy_on_log: [
    ["StreamContext", "onLog"],
    ["ConnectionContext", "onLog"],
  ],
  proxy_on_done: [
    ["StreamContext", "onDone"],
    ["ConnectionContext", "onDone"],
    ["RootContext", "onDone"],
  ],
  proxy_on_tick: [["RootContext", "onTick"]],
  proxy_on_queue_ready: [["RootContext", "onQueueReady"]],
  proxy_on_http_call_response: [
    ["HttpCall", "onResponse"],
    ["HttpCall", "onFailure"],
  ],
  proxy_on_grpc_receive_initial_metadata: [["GrpcStream", "onInitialMetadata"]],
  proxy_on_grpc_receive: grpcOverrides,
  proxy_on_grpc_receive_trailing_metadata: [["GrpcStream", "onTrailingMetadata"]],
  proxy_on_grpc_close: grpcOverrides,
}

/** The part of a compiler element that is read here. */
export interface ClassElement {
  readonly internalName: string
  readonly basePrototype?: ClassElement | null
  readonly instanceMembers?: ReadonlyMap<string, unknown> | null
}

/** The part of the compiler's program that is read and changed here. */
export interface ProgramView {
  readonly elementsByDeclaration: ReadonlyMap<unknown, object>
  readonly filesByName: ReadonlyMap<string, { readonly exports: Map<string, unknown> | null }>
}

/**
 * Removes the exports of callbacks that nothing overrides; for asc's `afterInitialize` hook.
 *
 * @returns names of the callbacks that stay
 */
export function dropUnusedCallbacks(program: ProgramView): readonly string[] {
  const exports = program.filesByName.get(`${sdk}callbacks`)?.exports
  if (exports === null || exports === undefined) return []
  const overridden = overriddenMethods(program)
  for (const [callback, overrides] of Object.entries(overridesByCallback)) {
    if (!overrides.some(([base, method]) => overridden.has(`${base}.${method}`))) exports.delete(callback)
  }
  return [...exports.keys()]
}

/** `Base.method` for every method of the SDK's base classes that a class outside the SDK defines. */
function overriddenMethods(program: ProgramView): ReadonlySet<string> {
  const found = new Set<string>()
  for (const candidate of userClasses(program))
    for (const base of sdkBases(candidate))
      for (const method of candidate.instanceMembers?.keys() ?? []) found.add(`${nameOf(base)}.${method}`)
  return found
}

/** Classes that are not the SDK's own. */
export function userClasses(program: ProgramView): readonly ClassElement[] {
  return [...program.elementsByDeclaration.values()]
    .map((element) => element as ClassElement)
    .filter(({ basePrototype, internalName }) => basePrototype !== undefined && !internalName.startsWith(sdk))
}

/** The SDK's classes that a class stands on. */
export function sdkBases(candidate: ClassElement): readonly ClassElement[] {
  const bases: ClassElement[] = []
  for (let base = candidate.basePrototype; base !== null && base !== undefined; base = base.basePrototype)
    if (base.internalName.startsWith(sdk)) bases.push(base)
  return bases
}

function nameOf({ internalName }: ClassElement): string {
  return internalName.slice(internalName.lastIndexOf("/") + 1)
}
