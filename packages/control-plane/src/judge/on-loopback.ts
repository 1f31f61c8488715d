import { decode, encode } from "@attache/envoy-api"
import type { Address } from "@attache/envoy-api/gen/envoy/config/core/v3/address_pb"
import { type Listener, ListenerSchema } from "@attache/envoy-api/gen/envoy/config/listener/v3/listener_pb"

const listenerType = "type.googleapis.com/envoy.config.listener.v3.Listener"

/** A resource as it may be offered for judging: a listener binds any free port of the loopback interface, others stay as they are. */
export function onLoopback(typeUrl: string, bytes: Uint8Array): Uint8Array {
  if (typeUrl !== listenerType) return bytes
  const listener: Listener = decode(ListenerSchema, bytes)
  const addresses = [listener.address, ...listener.additionalAddresses.map(({ address }) => address)]
  const moved = addresses.map((address) => moveToLoopback(address))
  return moved.includes(true) ? encode(ListenerSchema, listener) : bytes
}

/** Only what was just decoded is changed. */
function moveToLoopback(address: Address | undefined): boolean {
  const where = address?.address
  if (where?.case !== "socketAddress") return false
  where.value.address = "127.0.0.1"
  where.value.ipv4Compat = false
  where.value.portSpecifier = { case: "portValue", value: 0 }
  return true
}
