import type { Feature } from "../feature.ts"

/**
 * Statistics of each endpoint, and of the sizes of requests and responses, for those who ask for them.
 *
 * Source: EnvoyProxy `telemetry.metrics.enablePerEndpointStats` and `enableRequestResponseSizesStats` of Envoy Gateway
 * 1.9. Envoy keeps them in memory for each endpoint and for each cluster, so they are off unless asked for.
 */
export const clusterStats: Feature = {
  name: "cluster-stats",
  contributeCluster: ({ stats }) =>
    stats === undefined
      ? undefined
      : {
          cluster: {
            trackClusterStats: {
              perEndpointStats: stats.isPerEndpoint === true,
              requestResponseSizes: stats.hasRequestResponseSizes === true,
            },
          },
        },
}
