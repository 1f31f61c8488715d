// What random plugins know: names, values, headers and the like, each with its place in their memory.
import { encodePairs } from "@attache/wasm-host/guest"

/** Address and length of a text. */
export type Place = readonly [address: number, length: number]

const image: Record<number, string | Uint8Array> = {}
let next = 16
const place = (value: string | Uint8Array): Place => {
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value
  const here: Place = [next, bytes.length]
  image[next] = bytes
  next += Math.ceil((bytes.length + 1) / 8) * 8
  return here
}
const pairs = (...list: readonly (readonly [string, string])[]): Place => place(encodePairs(list))
const call = (method: string, path: string): Place =>
  pairs([":method", method], [":path", path], [":authority", "au"], ["x-c", "1"])

const soft = ["x-a", "x-b", "X-Up", "content-type", "absent", "x-t", "server"]
const hard = [":path", ":status", "content-length", ":authority", "host", "date", "cookie", ":method"]

/** Header names that a plugin may well touch. */
export const softNames = soft.map(place)
/** Header names that are Envoy's own affair. */
export const hardNames = [...hard, "transfer-encoding", "x-forwarded-proto"].map(place)
export const values = ["one", "", "/echo", "2", "text/html", "two words"].map(place)
/** Clusters of HTTP calls; the last two do not exist. */
export const clusters = ["callout", "callout", "callout", "dead", "nope", ""].map(place)
export const grpcClusters = ["grpc", "grpc", "grpc", "dead"].map(place)
export const callHeaders = [
  ...["/", "/status/401", "/never", "/close", "/bytes/4", "/chunks", "/trailers"].map((path) => call("GET", path)),
  call("POST", "/echo"),
]
/** Headers of a call that is refused. */
export const badCallHeaders = pairs([":method", "GET"], [":path", "/"])
/** Whole maps: for request headers, response headers, trailers. */
export const wholeMaps = [
  pairs(
    ...([
      [":method", "GET"],
      [":path", "/all"],
      [":authority", "all"],
      [":scheme", "http"],
      ["x-forwarded-proto", "http"],
      ["x-o", "1"],
      ["x-o", "2"],
    ] as const),
  ),
  pairs([":status", "203"], ["x-n", "1"]),
  pairs(["x-t", "9"], ["x-z", "8"]),
] as const
export const replyHeaders = [
  pairs(["x-l", "1"], ["X-L", "2"]),
  pairs(["content-type", "text/html"]),
  pairs(),
  [0, 0],
] as const
export const bodies = ["hi", "", "longer body text"].map(place)
export const details = ["why", "", "two words"].map(place)
const requestProperties = ["path", "headers\0x-a", "method", "url_path", "query", "size", "protocol", "host", "headers"]
const responseProperties = [
  "code",
  "code_details",
  "size",
  "flags",
  "headers\0content-type",
  "trailers\0x-t",
  "headers_bytes",
]
const xdsProperties = [
  "cluster_name",
  "route_name",
  "node\0id",
  "route_metadata",
  "listener_direction",
  "virtual_host_name",
]
export const properties = [
  ...requestProperties.map((name) => `request\0${name}`),
  ...responseProperties.map((name) => `response\0${name}`),
  ...xdsProperties.map((name) => `xds\0${name}`),
  ...["plugin_name", "plugin_root_id", "plugin_vm_id", "metadata", "request", "xds", "connection\0mtls", "nope", ""],
  ...["upstream\0num_endpoints", "upstream\0request_attempt_count", "my\0own", "single", "wasm.single"],
].map(place)
export const foreignFunctions = [
  "compress",
  "uncompress",
  "clear_route_cache",
  "expr_create",
  "declare_property",
  "nope",
].map(place)
export const foreignArguments = ["hello", "request.path == '/echo'", "1 + ", "", "request.headers['x-a']"].map(place)
export const keys = ["k", "k2"].map(place)
export const queue = place("q")
export const vmIds = ["vm", "", "other"].map(place)
export const metrics = ["m.c", "m.g", "m.h"].map(place)
export const service = place("pkg.Svc")
export const methods = ["Check", "Check", "Check", "Fail"].map(place)
export const message = place(Uint8Array.of(10, 1, 97))
export const metadata = [pairs(["x-md", "1"]), [0, 0]] as const
export const line = place("hello there")

/** What the memory of every random plugin holds. */
export const memory: Readonly<Record<number, string | Uint8Array>> = image
/** Where results go, and behind it where callbacks are counted. */
export const results = 7600
export const counters = 7800
