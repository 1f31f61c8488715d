/** The clients of `xds-server.ts`: they acknowledge at once and keep nothing. */
import { encode, resourceTypeUrls as typeUrls } from "@attache/envoy-api"
import { DeltaDiscoveryRequestSchema } from "@attache/envoy-api/gen/envoy/service/discovery/v3/discovery_pb"
import { Client, credentials } from "@grpc/grpc-js"

const [address = "", count = "1", mode = "memory"] = process.argv.slice(2)
const path = "/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources"
let answered = 0

process.once("message", ({ names }: { names: readonly string[] }) => {
  connectFrom(0, names)
})
process.send?.("ready")

/** One after the other, for the sake of the socket's backlog. */
function connectFrom(n: number, names: readonly string[]): void {
  if (n < Number(count)) connect(n, names).waitForReady(Number.POSITIVE_INFINITY, () => connectFrom(n + 1, names))
}

function connect(n: number, names: readonly string[]): Client {
  const client = new Client(address, credentials.createInsecure(), {
    "grpc.max_receive_message_length": -1,
    "grpc.use_local_subchannel_pool": 1,
  })
  const call = client.makeBidiStreamRequest(
    path,
    (bytes: Uint8Array) => Buffer.from(bytes),
    (bytes: Buffer) => bytes,
  )
  const send = (typeUrl: string, more: object): void =>
    void call.write(encode(DeltaDiscoveryRequestSchema, { typeUrl, ...more }))
  call.on("data", (bytes: Buffer) => {
    const at = process.hrtime.bigint()
    const { typeUrl, nonce, version } = readHead(bytes)
    if (mode === "latency") process.send?.({ version, at: at.toString() })
    else if (typeUrl === typeUrls.cluster) send(typeUrls.endpoint, { resourceNamesSubscribe: names })
    send(typeUrl, { responseNonce: nonce })
    if (typeUrl === typeUrls.endpoint && ++answered === Number(count)) process.send?.("all")
  })
  call.on("error", (error) => console.error(String(error)))
  const node = { id: `proxy-${n}`, cluster: "web" }
  if (mode === "latency") send(typeUrls.route, { node, resourceNamesSubscribe: names })
  else send(typeUrls.cluster, { node })
  return client
}

/** Type, nonce and the version of the first resource, read without decoding the rest. */
function readHead(bytes: Buffer): { typeUrl: string; nonce: string; version: string } {
  const found = { typeUrl: "", nonce: "", version: "" }
  for (const [field, value] of fields(bytes)) {
    if (field === 4) found.typeUrl = value.toString()
    else if (field === 5) found.nonce = value.toString()
    else if (field === 2 && found.version === "") {
      for (const [inner, text] of fields(value)) if (inner === 1) found.version = text.toString()
    }
  }
  return found
}

/** Every field of the responses and of their resources that the server writes is length-delimited. */
function* fields(bytes: Buffer): Generator<[number, Buffer]> {
  for (let at = 0; at < bytes.length; ) {
    const field = (bytes[at++] ?? 0) >> 3
    let length = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++] ?? 0
      length += (byte & 0x7f) * scale
      if (byte < 0x80) break
    }
    yield [field, bytes.subarray(at, at + length)]
    at += length
  }
}
