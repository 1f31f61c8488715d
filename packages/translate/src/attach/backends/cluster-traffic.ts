// `backendSettings` of extension services and telemetry: from Envoy Gateway's API to the plan's cluster options.
import type { ExtProc } from "@attache/kube-api"
import type { ClusterTraffic, RetryPlan } from "../../plan/index.ts"
import { quantity, wholeSeconds } from "../quantity.ts"

/** `ClusterSettings` of Envoy Gateway's API: the same shape wherever a backend has settings. */
export type ClusterSettings = NonNullable<ExtProc["backendSettings"]>

/** The settings as cluster options, or undefined when they set nothing. Durations stay as written; route-only timeouts are dropped. */
export function clusterTraffic(settings: ClusterSettings | undefined): ClusterTraffic | undefined {
  if (settings === undefined) return undefined
  const {
    timeout,
    connection,
    circuitBreaker,
    dns,
    http2,
    retry,
    tcpKeepalive,
    proxyProtocol,
    loadBalancer,
    healthCheck,
  } = settings
  const http = timeout?.http
  const traffic: ClusterTraffic = {
    ...given("connectTimeout", timeout?.tcp?.connectTimeout),
    ...given(
      "http",
      compact({
        ...given("idleTimeout", http?.connectionIdleTimeout),
        ...given("maxConnectionDuration", http?.maxConnectionDuration),
        ...given("maxStreamDuration", http?.maxStreamDuration),
      }),
    ),
    ...given("bufferLimitBytes", quantity(connection?.bufferLimit)),
    ...given("preconnect", compact({ ...connection?.preconnect })),
    ...given("circuitBreaker", circuitBreakerOf(circuitBreaker)),
    ...given(
      "dns",
      compact({
        ...given("lookupFamily", dns?.lookupFamily),
        ...given("refreshRate", dns?.dnsRefreshRate),
        ...given("respectTtl", dns?.respectDnsTtl),
      }),
    ),
    ...given("http2", http2Of(http2)),
    ...given("retry", retryOf(retry)),
    ...given(
      "tcpKeepalive",
      tcpKeepalive === undefined
        ? undefined
        : {
            ...given("probes", tcpKeepalive.probes),
            ...given("idleTimeSeconds", wholeSeconds(tcpKeepalive.idleTime)),
            ...given("intervalSeconds", wholeSeconds(tcpKeepalive.interval)),
          },
    ),
    ...given("proxyProtocol", proxyProtocol?.version),
    ...given("loadBalancer", loadBalancer as ClusterTraffic["loadBalancer"]),
    ...given("healthCheck", healthCheck as ClusterTraffic["healthCheck"]),
  }
  return compact(traffic)
}

/** A member when there is a value; spread it. */
function given<K extends string, V>(key: K, value: V | undefined): { readonly [key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [key in K]?: V })
}

function compact<T extends object>(value: T): T | undefined {
  return Object.keys(value).length === 0 ? undefined : value
}

function circuitBreakerOf(breaker: ClusterSettings["circuitBreaker"]): ClusterTraffic["circuitBreaker"] {
  if (breaker === undefined) return undefined
  const { perEndpoint, retryBudget, ...own } = breaker
  return {
    ...own,
    ...given("perEndpointMaxConnections", perEndpoint?.maxConnections),
    ...given("retryBudget", retryBudget === undefined ? undefined : retryBudgetOf(retryBudget)),
  }
}

function retryBudgetOf({
  percent,
  minRetryConcurrency,
}: NonNullable<NonNullable<ClusterSettings["circuitBreaker"]>["retryBudget"]>): NonNullable<
  NonNullable<ClusterTraffic["circuitBreaker"]>["retryBudget"]
> {
  return {
    percent: (percent.numerator / (percent.denominator ?? 100)) * 100,
    ...given("minConcurrency", minRetryConcurrency),
  }
}

function http2Of(http2: ClusterSettings["http2"]): ClusterTraffic["http2"] {
  if (http2 === undefined) return undefined
  const { onInvalidMessage, connectionKeepalive: keepalive } = http2
  return compact({
    ...given("initialStreamWindowSize", quantity(http2.initialStreamWindowSize)),
    ...given("initialConnectionWindowSize", quantity(http2.initialConnectionWindowSize)),
    ...given("maxConcurrentStreams", http2.maxConcurrentStreams),
    ...given(
      "isStreamErrorTerminating",
      onInvalidMessage === undefined ? undefined : onInvalidMessage === "TerminateStream",
    ),
    ...given(
      "keepalive",
      keepalive === undefined
        ? undefined
        : {
            ...given("interval", keepalive.interval),
            ...given("timeout", keepalive.timeout),
            ...given("idleInterval", keepalive.idleInterval),
            ...given("jitterPercent", keepalive.intervalJitter),
          },
    ),
  })
}

function retryOf(retry: ClusterSettings["retry"]): RetryPlan | undefined {
  if (retry === undefined) return undefined
  const { perRetry, retryOn } = retry
  return {
    ...given("numRetries", retry.numRetries),
    ...given("retryOn", retryOn?.triggers === undefined ? undefined : [...new Set(retryOn.triggers)].sort()),
    ...given("statusCodes", retryOn?.httpStatusCodes),
    ...given("perTryTimeout", perRetry?.timeout),
    ...given("baseInterval", perRetry?.backOff?.baseInterval),
    ...given("maxInterval", perRetry?.backOff?.maxInterval),
    ...given("numAttemptsPerPriority", retry.numAttemptsPerPriority),
  }
}
