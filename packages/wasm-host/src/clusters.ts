import { byteString, utf8 } from "./byte-string.ts"
import { createHeaderMap, type HeaderInput, type HeaderMap, pairsOf } from "./http/header-map.ts"
import { slices } from "./http/wire.ts"
import type { ProxyProcess } from "./process.ts"

/** A request as an upstream or call-out cluster receives it. */
export interface UpstreamRequest {
  readonly cluster: string
  readonly method: string
  readonly path: string
  /** As on the wire: `host` first, no pseudo headers. */
  readonly headers: readonly (readonly [string, string])[]
  /** At most as long as content-length says. */
  readonly body: Uint8Array
  /** Bytes sent beyond content-length, which an HTTP/1 server takes for a broken next request. */
  readonly overflow: Uint8Array
  readonly trailers: readonly (readonly [string, string])[]
}

/** A response of an upstream or call-out. */
export interface UpstreamResponse {
  /** Default 200. */
  readonly status?: number
  readonly headers?: HeaderInput
  /** One piece; content-length is not added. */
  readonly body?: string | Uint8Array
  /** Pieces that arrive one after the other, instead of `body`. */
  readonly chunks?: readonly (string | Uint8Array)[]
  /** Between two chunks, default 1. */
  readonly chunkGapMs?: number
  readonly trailers?: HeaderInput
  /** Default 1. */
  readonly delayMs?: number
}

/** What a cluster does: answer, close the connection, or never answer. */
export type UpstreamHandler = (request: UpstreamRequest) => UpstreamResponse | "close" | "never"

/** A gRPC call as a cluster receives it. */
export interface GrpcRequest {
  readonly cluster: string
  readonly service: string
  readonly method: string
  readonly headers: readonly (readonly [string, string])[]
  readonly message: Uint8Array
}

/** The end of a gRPC call, or a message of a stream before it. */
export interface GrpcResponse {
  /** gRPC status, default 0. */
  readonly status?: number
  readonly statusMessage?: string
  readonly message?: string | Uint8Array
  readonly initialMetadata?: HeaderInput
  readonly trailingMetadata?: HeaderInput
  /** For streams: whether the server ends the call after this answer. Default false. */
  readonly end?: boolean
  /** Default 2. */
  readonly delayMs?: number
}

/** What a cluster does with gRPC calls, or with each message of a stream. */
export type GrpcHandler = (request: GrpcRequest) => GrpcResponse | "never"

/** A cluster: handlers, or `refused` when nothing listens there. */
export type ClusterInput =
  | UpstreamHandler
  | { readonly http?: UpstreamHandler; readonly grpc?: GrpcHandler }
  | "refused"

/** A cluster with its defaults. */
export interface Cluster {
  readonly name: string
  readonly http: UpstreamHandler
  readonly grpc: GrpcHandler
  readonly isRefused: boolean
  /** Connections that wait for their next request. */
  readonly pool: { idle: number }
}

/** What reaches the one who sent a request to a cluster. */
export interface ResponseReceiver {
  headers(map: HeaderMap, end: boolean): void
  data(bytes: Uint8Array, end: boolean): void
  trailers(map: HeaderMap): void
  /** @param reason Envoy's words: `connection termination`, `remote connection failure`, `protocol error` */
  reset(reason: string): void
}

/** A new connection is there after what the same turn of Envoy's loop still does, such as handing out queue items. */
export const connectMs = 0.02

/** What it takes to be refused a connection. */
export const refusedMs = 0.5

/** Clusters by name, defaults applied: a cluster without handlers answers 200 without a body. */
export function createClusters(inputs: Readonly<Record<string, ClusterInput>>): ReadonlyMap<string, Cluster> {
  const http: UpstreamHandler = () => ({ headers: { "content-length": "0" } })
  const grpc: GrpcHandler = () => ({ status: 12, statusMessage: "unimplemented" })
  return new Map(
    Object.entries(inputs).map(([name, input]): [string, Cluster] => {
      if (input === "refused") return [name, { name, http, grpc, isRefused: true, pool: { idle: 0 } }]
      if (typeof input === "function") return [name, { name, http: input, grpc, isRefused: false, pool: { idle: 0 } }]
      const own = { http: input.http ?? http, grpc: input.grpc ?? grpc }
      return [name, { name, ...own, isRefused: false, pool: { idle: 0 } }]
    }),
  )
}

/** Sends a whole request to a cluster and hands over what comes back, later. The returned function stops that. */
export function sendToCluster(
  process: ProxyProcess,
  cluster: Cluster,
  request: UpstreamRequest,
  to: ResponseReceiver,
  readLimit: number,
): () => void {
  const cancels: (() => void)[] = []
  const later = (ms: number, task: () => void): void => void cancels.push(process.loop.after(ms, task))
  const cancel = (): void => {
    for (const one of cancels.splice(0)) one()
  }
  const reply = cluster.isRefused ? "refused" : cluster.http(request)
  if (reply === "refused") later(refusedMs, () => to.reset("remote connection failure"))
  else if (reply === "close") later(1, () => to.reset("connection termination"))
  else if (reply !== "never") later(reply.delayMs ?? 1, () => deliver(reply, request, to, later, readLimit))
  return cancel
}

function deliver(
  reply: UpstreamResponse,
  request: UpstreamRequest,
  to: ResponseReceiver,
  later: (ms: number, task: () => void) => void,
  readLimit: number,
): void {
  const status = reply.status ?? 200
  const map = createHeaderMap([[":status", String(status)], ...pairsOf(reply.headers)])
  const length = map.get("content-length")
  const isEmpty = status === 204 || status === 304 || request.method === "HEAD"
  if (status === 204 && length !== undefined && length !== "0") {
    to.reset("protocol error")
    return
  }
  const pieces = (reply.chunks ?? (reply.body === undefined ? [] : [reply.body])).map((piece) =>
    typeof piece === "string" ? utf8(piece) : piece,
  )
  const trailers = reply.trailers === undefined ? undefined : createHeaderMap(pairsOf(reply.trailers))
  const head = map.pairs().reduce((n, [name, value]) => n + name.length + value.length + 4, 5)
  map.remove("keep-alive")
  if (isEmpty || length === "0") {
    to.headers(map, true)
    return
  }
  to.headers(map, false)
  const data = pieces.flatMap((piece, i) => slices(piece, i === 0 ? head : 0, readLimit))
  const finish = (): void => (trailers === undefined ? to.data(new Uint8Array(0), true) : to.trailers(trailers))
  const isWhole = reply.chunks === undefined && data.length <= 1
  if (isWhole) {
    if (data[0] !== undefined && data[0].length > 0) to.data(data[0], false)
    finish()
    return
  }
  const step = reply.chunks === undefined ? 0.1 : (reply.chunkGapMs ?? 1)
  data.forEach((piece, i) => {
    later(i * step, () => to.data(piece, false))
  })
  later(data.length * step, finish)
}

/** Text a proxy answers when the upstream failed before its response. */
export function resetText(reason: string): Uint8Array {
  return utf8(`upstream connect error or disconnect/reset before headers. reset reason: ${reason}`)
}

/** Response flag and details in Envoy's access log for a reset before the response. */
export function resetFacts(reason: string): {
  readonly flag: string
  readonly details: string
  readonly status: number
  readonly transportFailure: string
} {
  const flags: Readonly<Record<string, string>> = { "protocol error": "UPE", "remote connection failure": "UF" }
  const transportFailure = reason === "remote connection failure" ? "delayed connect error: Connection refused" : ""
  const extra = transportFailure === "" ? "" : `|${transportFailure.replaceAll(" ", "_")}`
  return {
    flag: flags[reason] ?? "UC",
    details: byteString(`upstream_reset_before_response_started{${reason.replaceAll(" ", "_")}${extra}}`),
    status: reason === "protocol error" ? 502 : 503,
    transportFailure,
  }
}
