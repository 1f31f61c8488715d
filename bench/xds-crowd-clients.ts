/**
 * A crowd of xDS clients for `xds-crowd.ts`: all connect at once, take everything, and stop reading when they are told to.
 *
 * On Node's HTTP/2 and without decoding anything but the end of a response, so that two cores can carry a thousand of them.
 */
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from "node:http2"
import { connect as connectSocket } from "node:net"
import { encode, resourceTypeUrls as typeUrls } from "@attache/envoy-api"
import {
  DeltaDiscoveryRequestSchema,
  DiscoveryRequestSchema,
} from "@attache/envoy-api/gen/envoy/service/discovery/v3/discovery_pb"
import { createResponseEnds, type ResponseEnd } from "./xds-response-end.ts"

const [port = "", count = "1", resources = "2", variant = "delta", mode = "ads"] = process.argv.slice(2)
const names = Array.from({ length: Number(resources) / 2 }, (_, n) => `httproute/default/backend-${n}/rule/0`)
const method = variant === "delta" ? "Delta" : "Stream"
const pathOf = (typeUrl: string): string => {
  if (mode === "ads") return `/envoy.service.discovery.v3.AggregatedDiscoveryService/${method}AggregatedResources`
  const [service, plural] = typeUrl === typeUrls.cluster ? ["cluster", "Clusters"] : ["endpoint", "Endpoints"]
  return `/envoy.service.${service}.v3.${service === "cluster" ? "Cluster" : "Endpoint"}DiscoveryService/${method}${plural}`
}

/** Streams whose responses are read no more once the crowd is told to stop. */
const streams: ClientHttp2Stream[] = []
let complete = 0

function connectOne(n: number): Promise<void> {
  return new Promise((resolve) => {
    const session = connect("http://xds", { createConnection: () => connectSocket(Number(port), "127.0.0.1") })
    session.on("connect", () => resolve())
    session.on("error", (error) => console.error(String(error)))
    if (mode === "ads") aggregated(session, n)
    else single(session, n)
  })
}

/** One stream: endpoints are asked for when the clusters are there. */
function aggregated(session: ClientHttp2Session, n: number): void {
  const send = open(session, typeUrls.cluster, (end) => {
    if (end.typeUrl === typeUrls.cluster && end.nonce === "1") send(typeUrls.endpoint, { names })
    send(end.typeUrl, { end, names: end.typeUrl === typeUrls.endpoint ? names : [] })
    if (end.typeUrl === typeUrls.endpoint) completed()
  })
  send(typeUrls.cluster, { node: n })
}

/** A stream for each type. */
function single(session: ClientHttp2Session, n: number): void {
  let left = 2
  for (const typeUrl of [typeUrls.cluster, typeUrls.endpoint]) {
    const own = typeUrl === typeUrls.endpoint ? names : []
    const send = open(session, typeUrl, (end) => {
      send(typeUrl, { end, names: own })
      if (end.nonce === "1" && --left === 0) completed()
    })
    send(typeUrl, { node: n, names: own })
  }
}

interface Parts {
  readonly node?: number
  readonly names?: readonly string[]
  readonly end?: ResponseEnd
}

function open(session: ClientHttp2Session, typeUrl: string, onResponse: (end: ResponseEnd) => void) {
  const stream = session.request({
    ":method": "POST",
    ":path": pathOf(typeUrl),
    "content-type": "application/grpc",
    te: "trailers",
  })
  streams.push(stream)
  stream.on("error", () => {})
  const ends = createResponseEnds(onResponse)
  stream.on("data", (chunk: Buffer) => ends.push(chunk))
  return (of: string, parts: Parts): void => void stream.write(framed(requestOf(of, parts)))
}

function requestOf(typeUrl: string, { node, names: asked = [], end }: Parts): Uint8Array {
  const head = { typeUrl, ...(node === undefined ? {} : { node: { id: `proxy-${node}`, cluster: "web" } }) }
  const nonce = end === undefined ? {} : { responseNonce: end.nonce }
  if (variant === "delta") {
    // Names are told once.
    const names = end === undefined ? { resourceNamesSubscribe: [...asked] } : {}
    return encode(DeltaDiscoveryRequestSchema, { ...head, ...nonce, ...names })
  }
  return encode(DiscoveryRequestSchema, { ...head, ...nonce, resourceNames: [...asked] })
}

function framed(bytes: Uint8Array): Buffer {
  const frame = Buffer.alloc(5 + bytes.length)
  frame.writeUInt32BE(bytes.length, 1)
  frame.set(bytes, 5)
  return frame
}

function completed(): void {
  if (++complete === Number(count)) process.send?.("all")
}

process.on("message", (message) => {
  if (message === "connect") void Promise.all(Array.from({ length: Number(count) }, (_, n) => connectOne(n)))
  else for (const stream of streams) stream.pause()
  if (message === "stall") process.send?.("stalled")
})
process.send?.("ready")
