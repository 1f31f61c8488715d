// Connections to backends: time to connect, buffers, keep-alive, preconnecting, and how long they live.

import type { BackendCluster } from "../../emit/cluster-spec.ts"
import { duration } from "../../emit/duration.ts"
import { defined } from "../../emit/wire.ts"
import type { ClusterContribution, Feature } from "../feature.ts"

/** Connection options of a cluster. */
export const connectionSettings: Feature = {
  name: "connection-settings",
  contributeCluster: (cluster) => {
    const { traffic } = cluster
    const keepalive = traffic?.tcpKeepalive
    const preconnect = traffic?.preconnect
    return {
      cluster: defined({
        connectTimeout: duration(traffic?.connectTimeout ?? "10s"),
        perConnectionBufferLimitBytes: traffic?.bufferLimitBytes ?? 32_768,
        upstreamConnectionOptions:
          keepalive === undefined
            ? undefined
            : {
                tcpKeepalive: defined({
                  keepaliveProbes: keepalive.probes,
                  keepaliveTime: keepalive.idleTimeSeconds,
                  keepaliveInterval: keepalive.intervalSeconds,
                }),
              },
        preconnectPolicy:
          preconnect === undefined
            ? undefined
            : defined({
                perUpstreamPreconnectRatio: ratio(preconnect.perEndpointPercent),
                predictivePreconnectRatio: ratio(preconnect.predictivePercent),
              }),
      }),
      ...commonHttp(cluster),
    }
  },
}

function ratio(percent: number | undefined): number | undefined {
  // Multiplied, not divided: the last digit of the ratio is Envoy Gateway's.
  return percent === undefined ? undefined : 0.01 * percent
}

/** Limits of HTTP connections and streams; a route's streams are limited by the route. */
function commonHttp({ traffic, isRouteCluster }: BackendCluster): Pick<ClusterContribution, "httpOptions"> {
  const { idleTimeout, maxConnectionDuration, maxStreamDuration } = traffic?.http ?? {}
  const options = defined({
    idleTimeout: idleTimeout === undefined ? undefined : duration(idleTimeout),
    maxConnectionDuration: maxConnectionDuration === undefined ? undefined : duration(maxConnectionDuration),
    maxStreamDuration: maxStreamDuration === undefined || isRouteCluster ? undefined : duration(maxStreamDuration),
    maxRequestsPerConnection: traffic?.circuitBreaker?.maxRequestsPerConnection,
  })
  return Object.keys(options).length === 0 ? {} : { httpOptions: { commonHttpProtocolOptions: options } }
}
