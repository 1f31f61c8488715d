// How a cluster speaks HTTP. Written only when something asks for it, for then it must be complete.
import type {
  Http2ProtocolOptionsSchema,
  KeepaliveSettingsSchema,
} from "@attache/envoy-api/gen/envoy/config/core/v3/protocol_pb"
import { HttpProtocolOptionsSchema } from "@attache/envoy-api/gen/envoy/extensions/upstreams/http/v3/http_protocol_options_pb"
import type { Any } from "@bufbuild/protobuf/wkt"
import { isAllTls } from "../features/upstream-tls/sni.ts"
import type { ClusterTraffic } from "../plan/index.ts"
import type { BackendCluster } from "./cluster-spec.ts"
import { duration } from "./duration.ts"
import { type Filled, settle } from "./precedence.ts"
import { defined, type Init, typed } from "./wire.ts"

/** Key of the options in `typed_extension_protocol_options`. */
export const httpProtocolOptionsKey = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"

/** Flow control windows of Envoy Gateway, in bytes; Envoy's own are 256 MiB. */
const streamWindow = 65_536
const connectionWindow = 1_048_576

type Options = Init<typeof HttpProtocolOptionsSchema>

/** The options, or undefined when Envoy's defaults do. Clusters of TCP and UDP routes have none. */
export function httpProtocolOptions(spec: BackendCluster, parts: readonly Filled[]): Any | undefined {
  const protocols = spec.settings.map(({ protocol }) => protocol)
  if (protocols.some((protocol) => protocol === "tcp" || protocol === "udp")) return undefined
  const upstreamProtocolOptions = versionOf(spec, parts.length > 0)
  if (upstreamProtocolOptions === undefined) return undefined
  return typed(HttpProtocolOptionsSchema, { ...(settle("http-options", parts) as Options), upstreamProtocolOptions })
}

function versionOf(spec: BackendCluster, isNeeded: boolean): Options["upstreamProtocolOptions"] {
  const protocols = spec.settings.map(({ protocol }) => protocol)
  if (protocols.includes("ws")) return explicitHttp1
  if (protocols.includes("grpc") || protocols.includes("http2"))
    return {
      case: "explicitHttpConfig",
      value: { protocolConfig: { case: "http2ProtocolOptions", value: http2(spec) } },
    }
  if (isAllTls(spec.settings))
    return { case: "autoConfig", value: { httpProtocolOptions: {}, http2ProtocolOptions: http2(spec) } }
  return isNeeded ? explicitHttp1 : undefined
}

const explicitHttp1: Options["upstreamProtocolOptions"] = {
  case: "explicitHttpConfig",
  value: { protocolConfig: { case: "httpProtocolOptions", value: {} } },
}

function http2({ traffic }: BackendCluster): Init<typeof Http2ProtocolOptionsSchema> {
  const plan = traffic?.http2
  return defined({
    initialStreamWindowSize: plan?.initialStreamWindowSize ?? streamWindow,
    initialConnectionWindowSize: plan?.initialConnectionWindowSize ?? connectionWindow,
    maxConcurrentStreams: plan?.maxConcurrentStreams,
    overrideStreamErrorOnInvalidHttpMessage: plan?.isStreamErrorTerminating,
    connectionKeepalive: plan?.keepalive === undefined ? undefined : keepaliveOf(plan.keepalive),
  })
}

function keepaliveOf({
  interval,
  timeout,
  idleInterval,
  jitterPercent,
}: NonNullable<NonNullable<ClusterTraffic["http2"]>["keepalive"]>): Init<typeof KeepaliveSettingsSchema> {
  return defined({
    interval: interval === undefined ? undefined : duration(interval),
    timeout: timeout === undefined ? undefined : duration(timeout),
    intervalJitter: jitterPercent === undefined ? undefined : { value: jitterPercent },
    connectionIdleInterval: idleInterval === undefined ? undefined : duration(idleInterval),
  })
}
