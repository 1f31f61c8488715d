// The server behind the proxy in the recorded corpus, as handlers.
import type { GrpcHandler, UpstreamHandler, UpstreamResponse } from "@attache/wasm-host"

const date = "Thu, 01 Jan 2026 00:00:00 GMT"
/** What the recorder's client and server wait between two pieces of a body. */
export const pieceGapMs = 30
const hello = "hello from upstream\n"

/** Answers as the recorder's server does: `/echo`, `/bytes/N`, `/chunks`, `/trailers`, `/status/N`, `/slow`, `/never`, `/close`, else a greeting. */
export function testUpstream(name: string): UpstreamHandler {
  return (request) => {
    // A server of HTTP/1 takes what follows the announced body for a broken request, and that answer overtakes the first.
    const isBroken = request.overflow.length > 0 || request.headers.every(([name]) => name !== "host")
    if (isBroken) return { status: 400, headers: { connection: "close" }, body: "" }
    const path = request.path.split("?")[0] ?? ""
    const [, first, second] = path.split("/")
    const sized = (body: string | Uint8Array, status = 200): UpstreamResponse => ({
      status,
      headers: head(name, [["content-length", String(body.length)]]),
      body,
    })
    // Node announces neither chunks nor trailers of a body that it does not send.
    if (request.method === "HEAD" && (first === "chunks" || first === "trailers")) return { headers: head(name, []) }
    switch (first) {
      case "echo":
        return sized(request.body)
      case "bytes":
        return sized("a".repeat(Number(second)))
      case "chunks":
        return {
          headers: head(name, [], [["transfer-encoding", "chunked"]]),
          chunks: ["one,", "two,", "three"],
          chunkGapMs: pieceGapMs,
        }
      case "trailers":
        return {
          headers: head(name, [["trailer", "x-t"]], [["transfer-encoding", "chunked"]]),
          body: "body",
          trailers: { "x-t": "1" },
        }
      case "status":
        return sized(hello, Number(second))
      case "slow":
        return { ...sized(hello), delayMs: 1500 }
      case "never":
        return "never"
      case "close":
        return "close"
    }
    return sized(hello)
  }
}

function head(
  name: string,
  own: readonly (readonly [string, string])[],
  last: readonly (readonly [string, string])[] = [],
): readonly (readonly [string, string])[] {
  return [
    ["content-type", "text/plain"],
    ["x-upstream", name],
    ...own,
    ["date", date],
    ["connection", "keep-alive"],
    ["keep-alive", "timeout=5"],
    ...last,
  ]
}

/** A gRPC server that refuses the method `Fail` and answers every other with the message it got. */
export const testGrpc: GrpcHandler = ({ method, message }) => ({
  initialMetadata: { date },
  ...(method === "Fail" ? { status: 7, statusMessage: "denied" } : { message }),
})
