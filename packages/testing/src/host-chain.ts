import type { Host, HostOptions, HttpRequest, UpstreamHandler } from "@attache/wasm-host"

/** What a proxy adds itself, and would find twice behind another. */
const ownRequestHeaders = new Set(["host", "connection", "transfer-encoding", "x-forwarded-proto"])
const ownResponseHeaders = new Set(["connection", "transfer-encoding", "date", "server"])

/**
 * Options of a host before another: everything that its routes send on goes through the next.
 *
 * Stands for several plugins in one filter chain. It differs from one chain where plugins share a stream's properties, and
 * where a plugin behind sees the request before the one in front has seen all of it: each gets whole messages here.
 */
export function beforeHost(options: HostOptions, next: () => Host | undefined): HostOptions {
  const upstream: UpstreamHandler = (request) => {
    const behind = next()
    if (behind === undefined) return "never"
    const begun = behind.now()
    const authority = request.headers.find(([name]) => name === "host")?.[1]
    const result = behind.send({
      method: request.method,
      path: request.path,
      ...(authority === undefined ? {} : { authority }),
      headers: request.headers.filter(([name]) => !ownRequestHeaders.has(name)),
      ...bodyOf(request),
    })
    if (result.outcome === "timeout" || result.outcome === "crash") return "never"
    if (result.status === undefined) return "close"
    return {
      status: result.status,
      headers: result.headers.filter(([name]) => !ownResponseHeaders.has(name)),
      ...(result.body.length === 0 ? {} : { body: result.body }),
      trailers: result.trailers,
      delayMs: Math.max(1, behind.now() - begun),
    }
  }
  return { ...options, clusters: { ...options.clusters, [between]: upstream }, routes: [{ cluster: between }] }
}

const between = "next plugin"

function bodyOf(request: Parameters<UpstreamHandler>[0]): Pick<HttpRequest, "body" | "chunks" | "trailers"> {
  const hasTrailers = request.trailers.length > 0
  const isChunked = request.headers.some(([name]) => name === "transfer-encoding")
  if (hasTrailers || isChunked)
    return { chunks: [request.body], ...(hasTrailers ? { trailers: request.trailers } : {}) }
  return request.body.length === 0 ? {} : { body: request.body }
}
