import { FailState, Status } from "../abi/status.ts"
import { joinBytes, textOf } from "../byte-string.ts"
import { type Cluster, connectMs, type ResponseReceiver, resetFacts, resetText, sendToCluster } from "../clusters.ts"
import type { RootContext } from "../context.ts"
import { createHeaderMap, type HeaderMap } from "../http/header-map.ts"
import { ownReply, prepareLocalReply } from "../http/local-reply.ts"
import { requestOnWire } from "../http/wire.ts"
import { decodePairs } from "../pairs.ts"
import type { Vm } from "../vm.ts"
import { readText } from "./headers.ts"

/** `proxy_http_call`: the token's address is proved by writing 0 before anything else happens. Trailers are read and not sent, as Envoy's client does. */
export function httpCall(
  vm: Vm,
  upstream: number,
  upstreamSize: number,
  headers: number,
  headersSize: number,
  body: number,
  bodySize: number,
  trailers: number,
  trailersSize: number,
  timeout: number,
  tokenAt: number,
): number {
  const name = readText(vm, upstream, upstreamSize)
  const headerBytes = vm.memory.read(headers, headersSize)
  const bodyBytes = vm.memory.read(body, bodySize)
  const trailerBytes = vm.memory.read(trailers, trailersSize)
  if (name === undefined || headerBytes === undefined || bodyBytes === undefined || trailerBytes === undefined)
    return Status.InvalidMemoryAccess
  if (!vm.memory.writeU32(tokenAt, 0)) return Status.InvalidMemoryAccess
  const root = vm.context().root
  const cluster = vm.clusters.get(textOf(name))
  if (timeout > 0x7fffffff || cluster === undefined || root === undefined) return Status.BadArgument
  const map = createHeaderMap(decodePairs(headerBytes), true)
  if ([":path", ":method", ":authority"].some((key) => map.get(key) === undefined)) return Status.BadArgument
  if (bodyBytes.length > 0) map.set("content-length", String(bodyBytes.length))
  const token = vm.nextToken("http")
  start(vm, root, cluster, {
    map,
    body: bodyBytes,
    timeout,
    token,
  })
  vm.memory.writeU32(tokenAt, token)
  return Status.Ok
}

interface Call {
  readonly map: HeaderMap
  readonly body: Uint8Array
  readonly timeout: number
  readonly token: number
}

function start(vm: Vm, root: RootContext, cluster: Cluster, call: Call): void {
  const { loop } = vm.process
  const { map } = call
  map.add("x-envoy-internal", "true")
  if (call.timeout > 0) map.add("x-envoy-expected-rq-timeout-ms", String(call.timeout))
  const begun = loop.now()
  const wire = requestOnWire(map, call.body.length === 0)
  let response: HeaderMap | undefined
  let trailers = createHeaderMap()
  const parts: Uint8Array[] = []
  let cancelTimeout = (): void => {}
  let cancelCall = (): void => {}
  const finish = (): void => {
    cancelTimeout()
    cancelCall()
    if (!root.httpCalls.delete(call.token) || vm.failState !== FailState.Ok) return
    complete(vm, root, call.token, response ?? createHeaderMap(), joinBytes(parts), trailers)
  }
  const local = (status: number, text: string | Uint8Array): void => {
    const reply = prepareLocalReply(ownReply(status, text, ""), false, false)
    response = reply.headers
    parts.splice(0, parts.length, reply.body)
    trailers = createHeaderMap()
    finish()
  }
  const request = {
    cluster: cluster.name,
    method: textOf(map.get(":method") ?? ""),
    path: textOf(map.get(":path") ?? ""),
    headers: wire.headers,
    body: call.body,
    overflow: new Uint8Array(0),
    trailers: [],
  }
  const receiver: ResponseReceiver = {
    headers: (own, end) => {
      own.add("x-envoy-upstream-service-time", String(Math.floor(loop.now() - begun)))
      response = own
      if (end) finish()
    },
    data: (bytes, end) => {
      if (bytes.length > 0) parts.push(bytes)
      if (end) finish()
    },
    trailers: (own) => {
      trailers = own
      finish()
    },
    reset: (reason) => local(resetFacts(reason).status, resetText(reason)),
  }
  cancelCall = loop.after(connectMs, () => {
    if (!cluster.isRefused) vm.process.seen(request)
    cancelCall = sendToCluster(vm.process, cluster, request, receiver, Number.POSITIVE_INFINITY)
  })
  if (call.timeout > 0) cancelTimeout = loop.after(call.timeout, () => local(504, "upstream request timeout"))
  root.httpCalls.set(call.token, () => {
    cancelTimeout()
    cancelCall()
  })
}

function complete(
  vm: Vm,
  root: RootContext,
  token: number,
  headers: HeaderMap,
  body: Uint8Array,
  trailers: HeaderMap,
): void {
  if (!vm.has("proxy_on_http_call_response")) {
    root.call.isResponseGone = true
    vm.defer(() => {
      delete root.call.isResponseGone
    })
    return
  }
  root.call.responseHeaders = headers
  root.call.responseTrailers = trailers
  root.call.responseBody = body
  vm.call("proxy_on_http_call_response", root, [root.id, token, headers.size, body.length, trailers.size])
  // What was asked for inside runs after the callback, when the response is gone.
  delete root.call.responseHeaders
  delete root.call.responseTrailers
  delete root.call.responseBody
  vm.runDeferred()
}
