// Access logs: which of a proxy's loggers stand in the listener, the connection manager or proxy filter, and the router.
import type {
  AccessLogFilterSchema,
  AccessLogSchema,
} from "@attache/envoy-api/gen/envoy/config/accesslog/v3/accesslog_pb"
import { ExpressionFilterSchema } from "@attache/envoy-api/gen/envoy/extensions/access_loggers/filters/cel/v3/cel_pb"
import { clusterOf } from "../../emit/cluster-spec.ts"
import { extension, type Init } from "../../emit/wire.ts"
import type { AccessLogPlan, ProxyOptions } from "../../plan/index.ts"
import type { Feature } from "../feature.ts"
import { logger } from "./loggers.ts"

type AccessLogs = Init<typeof AccessLogSchema>[]
type Filter = Init<typeof AccessLogFilterSchema>

/** Access logs of requests, connections and upstream requests, and the clusters of their services. */
export const accessLog: Feature = {
  name: "access-log",
  claimProxy: (options) => ({
    clusters: options.accessLogs.flatMap(({ sink }) =>
      "destination" in sink ? [clusterOf(sink.destination, false, proxyOrigin(options))] : [],
    ),
  }),
  contributeListener: ({ protocol, options: { accessLogs } }) => {
    if (accessLogs.length === 0) return undefined
    const route = ordered(accessLogs, ["Route", "RouteAndListener"], () => false)
    const onListener = ordered(
      accessLogs,
      ["Listener", "RouteAndListener"],
      ({ scope }) => scope === "RouteAndListener",
    )
    const listener = onListener.length === 0 ? {} : { listener: { accessLog: onListener } }
    if (protocol === "tcp") return { ...listener, tcpProxy: { accessLog: route } }
    if (protocol === "udp") return { ...listener, udpProxy: { accessLog: route } }
    const upstream = ordered(accessLogs, ["Upstream"], () => false)
    return {
      ...listener,
      hcm: { accessLog: route },
      ...(upstream.length === 0
        ? {}
        : { router: { upstreamLog: upstream, upstreamLogOptions: { flushUpstreamLogOnUpstreamStream: true } } }),
    }
  },
}

const sinkOrder = ["file-text", "file-json", "als", "open-telemetry"] as const

/** Loggers of some scopes, by kind of sink as Envoy Gateway orders them. */
function ordered(
  logs: readonly AccessLogPlan[],
  scopes: readonly AccessLogPlan["scope"][],
  isForUnrouted: (log: AccessLogPlan) => boolean,
): AccessLogs {
  return sinkOrder.flatMap((type) =>
    logs
      .filter(({ sink, scope }) => sink.type === type && scopes.includes(scope))
      .map((log) => {
        const filter = filterOf(log, isForUnrouted(log))
        const { name, typedConfig } = logger(log.sink)
        return {
          name,
          ...(filter === undefined ? {} : { filter }),
          configType: { case: "typedConfig" as const, value: typedConfig },
        }
      }),
  )
}

/** A logger that stands in route and listener only logs in the listener what no route has seen. */
function filterOf({ matches }: AccessLogPlan, isForUnrouted: boolean): Filter | undefined {
  const filters: Filter[] = matches.map((expression) => {
    const { name, typedConfig } = extension("envoy.access_loggers.extension_filters.cel", ExpressionFilterSchema, {
      expression,
    })
    return {
      filterSpecifier: {
        case: "extensionFilter",
        value: { name, configType: { case: "typedConfig", value: typedConfig } },
      },
    }
  })
  if (isForUnrouted) filters.push({ filterSpecifier: { case: "responseFlagFilter", value: { flags: ["NR"] } } })
  return filters.length > 1 ? { filterSpecifier: { case: "andFilter", value: { filters } } } : filters[0]
}

/** Telemetry belongs to the proxy as a whole. */
function proxyOrigin({ key }: ProxyOptions): { readonly object: string; readonly field: string } {
  return { object: `Proxy/${key}`, field: "telemetry.accessLog" }
}
