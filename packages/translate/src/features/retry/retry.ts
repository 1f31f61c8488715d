// Retries: HTTPRoute `retry` and `backendSettings.retry` of gRPC services.
import type { RetryPolicySchema as GrpcRetryPolicySchema } from "@attache/envoy-api/gen/envoy/config/core/v3/base_pb"
import type { RetryPolicySchema } from "@attache/envoy-api/gen/envoy/config/route/v3/route_components_pb"
import { PreviousHostsPredicateSchema } from "@attache/envoy-api/gen/envoy/extensions/retry/host/previous_hosts/v3/previous_hosts_pb"
import { PreviousPrioritiesConfigSchema } from "@attache/envoy-api/gen/envoy/extensions/retry/priority/previous_priorities/v3/previous_priorities_config_pb"
import { duration } from "../../emit/duration.ts"
import { defined, type Init, typed } from "../../emit/wire.ts"
import type { RetryPlan } from "../../plan/index.ts"
import type { Feature } from "../feature.ts"

/** Conditions Envoy Gateway retries on when a retry block names none. */
export const defaultRetryOn: readonly string[] = [
  "connect-failure",
  "refused-stream",
  "unavailable",
  "cancelled",
  "retriable-status-codes",
]

/** Status codes retried when a retry block names neither codes nor conditions. */
export const defaultRetryStatusCodes: readonly number[] = [503]

/** Retries of a route that forwards. */
export const retry: Feature = {
  name: "retry",
  contributeRoute: ({ action, retry: plan }) =>
    action.type === "forward" && plan !== undefined ? { forward: { retryPolicy: routeRetry(plan) } } : undefined,
}

function routeRetry(plan: RetryPlan): Init<typeof RetryPolicySchema> {
  return defined({
    retryOn: (plan.retryOn ?? defaultRetryOn).join(","),
    retriableStatusCodes: [...(plan.statusCodes ?? (plan.retryOn === undefined ? defaultRetryStatusCodes : []))],
    numRetries: plan.numRetries ?? 2,
    perTryTimeout: plan.perTryTimeout === undefined ? undefined : duration(plan.perTryTimeout),
    retryBackOff: backOff(plan),
    retryHostPredicate: [
      {
        name: "envoy.retry_host_predicates.previous_hosts",
        configType: { case: "typedConfig" as const, value: typed(PreviousHostsPredicateSchema, {}) },
      },
    ],
    hostSelectionRetryMaxAttempts: 5n,
    retryPriority:
      plan.numAttemptsPerPriority === undefined
        ? undefined
        : {
            name: "envoy.retry_priorities.previous_priorities",
            configType: {
              case: "typedConfig" as const,
              value: typed(PreviousPrioritiesConfigSchema, { updateFrequency: plan.numAttemptsPerPriority }),
            },
          },
  })
}

/** Retries of calls to a gRPC service; status codes and per-try timeouts mean nothing there. */
export function grpcRetry(plan: RetryPlan): Init<typeof GrpcRetryPolicySchema> {
  return defined({
    retryOn: (plan.retryOn ?? defaultRetryOn).join(","),
    numRetries: plan.numRetries,
    retryBackOff: backOff(plan),
  })
}

function backOff({
  baseInterval,
  maxInterval,
}: RetryPlan): { baseInterval: ReturnType<typeof duration>; maxInterval?: ReturnType<typeof duration> } | undefined {
  // Envoy demands the base; the maximum alone has it as both.
  const base = baseInterval ?? maxInterval
  if (base === undefined) return undefined
  return {
    baseInterval: duration(base),
    ...(maxInterval === undefined ? {} : { maxInterval: duration(maxInterval) }),
  }
}
