import type { ConfigSourceSchema } from "@attache/envoy-api/gen/envoy/config/core/v3/config_source_pb"
import { ApiConfigSource_ApiType, ApiVersion } from "@attache/envoy-api/gen/envoy/config/core/v3/config_source_pb"
import type { SdsSecretConfigSchema } from "@attache/envoy-api/gen/envoy/extensions/transport_sockets/tls/v3/secret_pb"
import type { SdsSource } from "../plan/index.ts"
import { sdsClusterName } from "./names.ts"
import type { Init } from "./wire.ts"

/** Resources come over the stream that delivered the one that asks, however long that takes (Envoy Gateway's setting). */
export const adsWithoutTimeout: Init<typeof ConfigSourceSchema> = {
  configSourceSpecifier: { case: "ads", value: {} },
  resourceApiVersion: ApiVersion.V3,
  initialFetchTimeout: { seconds: 0n, nanos: 0 },
}

/** Endpoints over ADS; here Envoy's own 15 s hold. */
export const adsWithDefaultTimeout: Init<typeof ConfigSourceSchema> = {
  configSourceSpecifier: { case: "ads", value: {} },
  resourceApiVersion: ApiVersion.V3,
}

/** A secret that we deliver. */
export function ownSecret(name: string): Init<typeof SdsSecretConfigSchema> {
  return { name, sdsConfig: adsWithoutTimeout }
}

/** A secret of somebody else's SDS server on a Unix socket. */
export function foreignSecret(source: SdsSource): Init<typeof SdsSecretConfigSchema> {
  return {
    name: source.secretName,
    sdsConfig: {
      configSourceSpecifier: {
        case: "apiConfigSource",
        value: {
          apiType: ApiConfigSource_ApiType.GRPC,
          grpcServices: [
            { targetSpecifier: { case: "envoyGrpc", value: { clusterName: sdsClusterName(socketPath(source)) } } },
          ],
        },
      },
    },
  }
}

/** Path of an SDS server's socket, also when it is written as a `unix://` URL. */
export function socketPath({ url }: SdsSource): string {
  return url.replace(/^unix:(\/\/)?/, "")
}
