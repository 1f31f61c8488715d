/** The client of `serving.ts`: it wants everything, acknowledges at once, keeps nothing, and tells when each response came. */
import { encode, resourceTypeUrls as typeUrls } from "@attache/envoy-api"
import { DeltaDiscoveryRequestSchema } from "@attache/envoy-api/gen/envoy/service/discovery/v3/discovery_pb"
import { Client, credentials } from "@grpc/grpc-js"
import { editIn } from "./serving-arrivals.ts"

const [address = "", cluster = ""] = process.argv.slice(2)
const wanted = [typeUrls.cluster, typeUrls.endpoint, typeUrls.listener, typeUrls.route, typeUrls.secret]

const client = new Client(address, credentials.createInsecure(), { "grpc.max_receive_message_length": -1 })
const call = client.makeBidiStreamRequest(
  "/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources",
  (bytes: Uint8Array) => Buffer.from(bytes),
  (bytes: Buffer) => bytes,
)
call.on("data", (bytes: Buffer) => {
  const at = process.hrtime.bigint().toString()
  const { version, typeUrl, nonce } = headOf(bytes)
  const edit = typeUrl === typeUrls.route ? editIn(bytes) : undefined
  call.write(encode(DeltaDiscoveryRequestSchema, { typeUrl, responseNonce: nonce }))
  process.send?.({ typeUrl, version, edit, bytes: bytes.length, at })
})
call.on("error", (error) => console.error(String(error)))
for (const typeUrl of wanted) {
  const node = { id: "bench-client", cluster }
  call.write(encode(DeltaDiscoveryRequestSchema, { node, typeUrl, resourceNamesSubscribe: ["*"] }))
}

/** The texts of a response, without its resources: every field of it is length-delimited. */
function headOf(bytes: Buffer): { readonly version: string; readonly typeUrl: string; readonly nonce: string } {
  const texts = new Map<number, string>()
  for (let at = 0; at < bytes.length; ) {
    const field = (bytes[at++] ?? 0) >> 3
    let length = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++] ?? 0
      length += (byte & 0x7f) * scale
      if (byte < 0x80) break
    }
    if (field !== 2) texts.set(field, bytes.toString("utf8", at, at + length))
    at += length
  }
  return { version: texts.get(1) ?? "", typeUrl: texts.get(4) ?? "", nonce: texts.get(5) ?? "" }
}
