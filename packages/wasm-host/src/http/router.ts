import { joinBytes, textOf, utf8 } from "../byte-string.ts"
import {
  type Cluster,
  connectMs,
  type ResponseReceiver,
  resetFacts,
  resetText,
  sendToCluster,
  type UpstreamRequest,
} from "../clusters.ts"
import type { LocalReply } from "../context.ts"
import { mistake } from "../mistakes.ts"
import type { ProxyProcess } from "../process.ts"
import type { NextHop } from "./filter-manager.ts"
import { type HeaderMap, textPairs } from "./header-map.ts"
import { ownReply } from "./local-reply.ts"
import type { Route, StreamInfo } from "./stream-info.ts"
import { requestOnWire, type WireHeaders } from "./wire.ts"

/** The last filter of a request: finds the route and sends the request to its cluster. */
export interface Router extends NextHop {
  /** Finds the route for headers and tells the stream's facts; none without a path or `x-forwarded-proto`. */
  look(map: HeaderMap): void
  /** Stops what is under way; an upstream that has not seen the whole request sees it aborted. */
  giveUp(): void
  readonly isForwarded: boolean
}

/** What a router needs from its stream. */
export interface RouterOptions {
  readonly process: ProxyProcess
  readonly clusters: ReadonlyMap<string, Cluster>
  readonly routes: readonly Route[]
  readonly info: StreamInfo
  readonly readLimit: number
  sendLocalReply(reply: LocalReply): void
  /** Cuts the stream. */
  reset(): void
  readonly response: Omit<ResponseReceiver, "reset">
  /** Whether the stream is gone or answered otherwise. */
  isOver(): boolean
}

interface Upstream {
  readonly cluster: Cluster
  readonly map: HeaderMap
  wire: WireHeaders
  readonly body: Uint8Array[]
  trailers: readonly (readonly [string, string])[]
  isComplete: boolean
  /** An upstream whose connection is not there yet sees nothing of a request that is given up. */
  isConnected: boolean
  isOver: boolean
  /** Whether the response has begun. */
  hasAnswered: boolean
  cancel: () => void
}

/** A router that waits for headers. Headers may come twice, as Envoy's do when a plugin continues twice. Source: Envoy `Router::Filter`. */
export function createRouter(options: RouterOptions): Router {
  const { process, info, sendLocalReply } = options
  const upstreams: Upstream[] = []
  let hasSent = false

  const routeOf = (map: HeaderMap): Route | undefined => {
    const path = map.get(":path")
    if (path === undefined || map.get("x-forwarded-proto") === undefined) return undefined
    return options.routes.find((route) => path.startsWith(route.prefix))
  }

  const look = (map: HeaderMap): void => {
    info.route = routeOf(map)
    info.cluster =
      info.route === undefined || info.route.directResponse !== undefined ? undefined : clusterName(info.route, map)
    info.hasCluster = info.cluster !== undefined && options.clusters.has(info.cluster)
  }

  const headers = (map: HeaderMap, end: boolean): void => {
    look(map)
    if (info.route?.directResponse !== undefined) {
      const { status, body } = info.route.directResponse
      const reply = ownReply(status, body ?? "", "direct_response")
      sendLocalReply({ ...reply, headers: status === 201 || (status >= 300 && status < 400) ? locationOf(map) : [] })
      return
    }
    const cluster = info.cluster === undefined ? undefined : options.clusters.get(info.cluster)
    if (cluster === undefined) {
      const [flag, status, details] =
        info.route === undefined
          ? (["NR", 404, "route_not_found"] as const)
          : (["NC", 503, "cluster_not_found"] as const)
      info.flags.add(flag)
      sendLocalReply(ownReply(status, "", details))
      return
    }
    const wrong = headersError(map)
    if (wrong !== undefined) {
      info.flags.add("DPE")
      sendLocalReply(ownReply(503, wrong, `filter_removed_required_request_headers{${wrong.replace(/ /g, "_")}}`))
      return
    }
    info.attempts = 1
    info.upstreamAddress = "127.0.0.1:18000"
    const wire = requestOnWire(map, end)
    upstreams.push(openUpstream(cluster, map, wire, end))
    if (end) dispatch(true)
  }

  /** Takes a waiting connection, or opens one, which is there in the next turn of the loop. */
  const openUpstream = (cluster: Cluster, map: HeaderMap, wire: WireHeaders, isEnd: boolean): Upstream => {
    const isConnected = cluster.pool.idle > 0
    const upstream: Upstream = {
      ...{ cluster, map, wire, body: [], trailers: [], isConnected },
      ...{ isComplete: false, isOver: false, hasAnswered: false, cancel: () => {} },
    }
    info.isConnected = isConnected
    if (isConnected) cluster.pool.idle--
    else
      process.loop.after(connectMs, () => {
        // A connection that does not come to be fails whatever there is of the request.
        if (cluster.isRefused) {
          if (!upstream.isOver) send(upstream)
          return
        }
        upstream.isConnected = true
        info.isConnected = true
        // Headers are written now, with what was done to them meanwhile.
        upstream.wire = requestOnWire(map, isEnd)
        // Its request was given up meanwhile.
        if (upstream.isOver) cluster.pool.idle++
        else if (upstream.isComplete) send(upstream)
      })
    return upstream
  }

  const dispatch = (end: boolean): void => {
    const upstream = upstreams.at(-1)
    if (upstream === undefined) return
    const sent = upstream.body.reduce((n, part) => n + part.length, 0)
    const announced = upstream.wire.contentLength
    if (announced !== undefined && sent !== announced && (end || sent > announced)) reportStaleLength(sent > announced)
    if (upstream.isComplete || (announced !== undefined && sent < announced)) return
    upstream.isComplete = true
    if (upstream.isConnected) send(upstream)
  }

  const send = (upstream: Upstream): void => {
    const request = upstreamRequest(upstream)
    if (!upstream.cluster.isRefused) process.seen(request)
    // Of two copies of one request only the answer to the first that is complete counts.
    const to = hasSent ? deaf : receiver(upstream)
    hasSent = true
    upstream.cancel = sendToCluster(process, upstream.cluster, request, to, options.readLimit)
  }

  /** What follows a whole request is a broken next one to its server, whose answer to that overtakes the first. */
  const sendMore = (upstream: Upstream, overflow: Uint8Array): void => {
    upstream.cancel()
    const request = { ...upstreamRequest(upstream), overflow }
    upstream.cancel = sendToCluster(process, upstream.cluster, request, receiver(upstream), options.readLimit)
  }

  const reportStaleLength = (isLonger: boolean): void => {
    const envoy = isLonger ? "sends the rest as a broken next request" : "leaves the upstream waiting"
    process.report(mistake("ATT_WASM_STALE_CONTENT_LENGTH", "proxy_on_request_body", envoy))
  }

  const receiver = (upstream: Upstream): ResponseReceiver => {
    let isKept = true
    const ended = (end: boolean): void => {
      if (!end || upstream.isOver) return
      upstream.isOver = true
      if (isKept) upstream.cluster.pool.idle++
    }
    return {
      headers: (map, end) => {
        upstream.hasAnswered = true
        isKept = map.get("connection") !== "close"
        ended(end)
        options.response.headers(map, end)
      },
      data: (bytes, end) => {
        ended(end)
        options.response.data(bytes, end)
      },
      trailers: (map) => {
        ended(true)
        options.response.trailers(map)
      },
      reset: (reason) => {
        if (options.isOver()) return
        const { flag, details, status, transportFailure } = resetFacts(reason)
        info.transportFailure = transportFailure
        info.flags.add(flag)
        if (upstream.hasAnswered) options.reset()
        else sendLocalReply(ownReply(status, resetText(reason), details))
      },
    }
  }

  return {
    headers,
    data: (bytes, end) => {
      const upstream = upstreams.at(-1)
      if (
        upstream?.isComplete === true &&
        !upstream.isOver &&
        !upstream.hasAnswered &&
        upstream.isConnected &&
        bytes.length > 0
      ) {
        reportStaleLength(true)
        sendMore(upstream, bytes)
        return
      }
      upstream?.body.push(bytes)
      // An upstream that has what was announced answers, whatever the plugin still holds.
      if (end || upstream?.wire.contentLength !== undefined) dispatch(end)
    },
    trailers: (map) => {
      const upstream = upstreams.at(-1)
      if (upstream?.isComplete === true && !upstream.isOver && !upstream.hasAnswered && upstream.isConnected) {
        const what = "sends the trailers to the upstream twice"
        process.report(mistake("ATT_WASM_CONTINUE_TWICE", "proxy_on_request_trailers", what))
        sendMore(upstream, utf8("0\r\n"))
        return
      }
      if (upstream?.wire.isChunked === true) upstream.trailers = textPairs(map.pairs())
      dispatch(true)
    },
    look,
    giveUp: () => {
      for (const upstream of upstreams) {
        upstream.cancel()
        if (upstream.isOver) continue
        upstream.isOver = true
        if (upstream.isComplete || !upstream.isConnected) continue
        process.seen({ cluster: upstream.cluster.name, path: textOf(upstream.map.get(":path") ?? ""), aborted: true })
      }
    },
    get isForwarded() {
      return upstreams.length > 0
    },
  }
}

/** What keeps request headers from being sent. Source: Envoy `HeaderUtility::checkRequiredRequestHeaders`, `checkValidRequestHeaders`. */
function headersError(map: HeaderMap): string | undefined {
  if (map.get(":method") === undefined) return "missing required header: :method"
  for (const [name, value] of map.pairs()) {
    if (name.startsWith(":")) continue
    const shown = JSON.stringify(textOf(name)).slice(1, -1)
    if (!/^[-!#$%&'*+.^_`|~0-9a-z]*$/.test(name)) return `invalid header name: ${shown}`
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    if (/[\x00-\x08\x0a-\x1f\x7f]/.test(value)) return `invalid header value for: ${shown}`
  }
  return undefined
}

/** A direct response of 201 or 3xx says where it was asked for. Source: Envoy `Http::Utility::newUri`. */
function locationOf(map: HeaderMap): LocalReply["headers"] {
  return [["location", `${map.get(":scheme") ?? ""}://${map.get(":authority") ?? ""}${map.get(":path") ?? ""}`]]
}

function clusterName(route: Route, map: HeaderMap): string {
  return route.clusterHeader === undefined ? route.cluster : textOf(map.get(route.clusterHeader) ?? "")
}

const deaf: ResponseReceiver = { headers: () => {}, data: () => {}, trailers: () => {}, reset: () => {} }

function upstreamRequest(upstream: Upstream): UpstreamRequest {
  const all = joinBytes(upstream.body)
  const length = Math.min(upstream.wire.contentLength ?? all.length, all.length)
  return {
    cluster: upstream.cluster.name,
    method: textOf(upstream.map.get(":method") ?? ""),
    path: textOf(upstream.map.get(":path") ?? ""),
    headers: upstream.wire.headers,
    body: all.subarray(0, length),
    overflow: all.subarray(length),
    trailers: upstream.trailers,
  }
}
