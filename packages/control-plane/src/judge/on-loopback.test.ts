import { decode, encode, fromJson, toJson, resourceTypeUrls as typeUrls } from "@attache/envoy-api"
import { ListenerSchema } from "@attache/envoy-api/gen/envoy/config/listener/v3/listener_pb"
import { describe, expect, it } from "vitest"
import { onLoopback } from "./on-loopback.ts"

const socket = (address: string, portValue: number, more: object = {}) => ({
  socketAddress: { address, portValue, ...more },
})
const free = { socketAddress: { address: "127.0.0.1", portValue: 0 } }
const listener = (json: object): Uint8Array => encode(ListenerSchema, fromJson(ListenerSchema, { name: "l", ...json }))
const moved = (json: object) =>
  toJson(ListenerSchema, decode(ListenerSchema, onLoopback(typeUrls.listener, listener(json))))

describe("onLoopback", () => {
  it.each([
    ["a port of all interfaces", { address: socket("0.0.0.0", 10080) }, { address: free }],
    ["IPv6 that takes IPv4 too", { address: socket("::", 10080, { ipv4Compat: true }) }, { address: free }],
    [
      "UDP",
      { address: socket("0.0.0.0", 53, { protocol: "UDP" }) },
      { address: socket("127.0.0.1", 0, { protocol: "UDP" }) },
    ],
    [
      "additional addresses",
      { address: socket("0.0.0.0", 80), additionalAddresses: [{ address: socket("::", 80) }] },
      { address: free, additionalAddresses: [{ address: free }] },
    ],
    ["no port", { address: { pipe: { path: "/tmp/l.sock" } } }, { address: { pipe: { path: "/tmp/l.sock" } } }],
  ])("moves %s", (_, given, wanted) => {
    expect(moved(given)).toEqual(toJson(ListenerSchema, fromJson(ListenerSchema, { name: "l", ...wanted })))
  })

  it("keeps the protocol and everything else of a listener", () => {
    expect(moved({ address: socket("0.0.0.0", 80), perConnectionBufferLimitBytes: 7 })).toMatchObject({
      name: "l",
      perConnectionBufferLimitBytes: 7,
    })
  })

  it("leaves other resources as they are", () => {
    const bytes = listener({ address: socket("0.0.0.0", 80) })
    expect(onLoopback(typeUrls.cluster, bytes)).toBe(bytes)
  })
})
