import { decode, encode } from "@attache/envoy-api"
import { type Listener, ListenerSchema } from "@attache/envoy-api/gen/envoy/config/listener/v3/listener_pb"

const listenerType = "type.googleapis.com/envoy.config.listener.v3.Listener"

/** A resource as it may be offered for judging: a listener binds any free port of the loopback interface, others stay as they are. */
export function onLoopback(typeUrl: string, bytes: Uint8Array): Uint8Array {
  if (typeUrl !== listenerType) return bytes
  const listener: Listener = decode(ListenerSchema, bytes)
  const address = listener.address?.address
  if (address?.case !== "socketAddress") return bytes
  address.value.address = "127.0.0.1"
  address.value.ipv4Compat = false
  address.value.portSpecifier = { case: "portValue", value: 0 }
  return encode(ListenerSchema, listener)
}
