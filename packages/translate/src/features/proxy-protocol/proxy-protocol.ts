import type { TransportSocketSchema } from "@attache/envoy-api/gen/envoy/config/core/v3/base_pb"
import { ProxyProtocolConfig_Version } from "@attache/envoy-api/gen/envoy/config/core/v3/proxy_protocol_pb"
import { ProxyProtocolUpstreamTransportSchema } from "@attache/envoy-api/gen/envoy/extensions/transport_sockets/proxy_protocol/v3/upstream_proxy_protocol_pb"
import { RawBufferSchema } from "@attache/envoy-api/gen/envoy/extensions/transport_sockets/raw_buffer/v3/raw_buffer_pb"
import { type Init, typed } from "../../emit/wire.ts"
import type { Feature } from "../feature.ts"

type Socket = Init<typeof TransportSocketSchema>

/** The PROXY protocol header towards backends: around every socket of the cluster, also the plain one. */
export const proxyProtocol: Feature = {
  name: "proxy-protocol",
  contributeCluster: ({ traffic }) => {
    const version = traffic?.proxyProtocol
    if (version === undefined) return undefined
    return {
      wrapSocket: (inner): Socket => ({
        name: "envoy.transport_sockets.upstream_proxy_protocol",
        configType: {
          case: "typedConfig",
          value: typed(ProxyProtocolUpstreamTransportSchema, {
            config: { version: ProxyProtocolConfig_Version[version] },
            transportSocket: inner ?? plainSocket(),
          }),
        },
      }),
    }
  },
}

function plainSocket(): Socket {
  return {
    name: "envoy.transport_sockets.raw_buffer",
    configType: { case: "typedConfig", value: typed(RawBufferSchema, {}) },
  }
}
