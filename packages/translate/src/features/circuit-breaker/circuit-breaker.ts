import { defined } from "../../emit/wire.ts"
import type { Feature } from "../feature.ts"

/** Retries that may run at once on a cluster; Envoy's own 3 are too few for retry policies to help. */
const defaultMaxRetries = 1024

/** Envoy's own least number of retries under a budget; not written. */
const defaultBudgetConcurrency = 3

/** Circuit breakers of a cluster. */
export const circuitBreaker: Feature = {
  name: "circuit-breaker",
  contributeCluster: ({ traffic }) => {
    const plan = traffic?.circuitBreaker
    const perEndpoint = plan?.perEndpointMaxConnections
    const budget = plan?.retryBudget
    return {
      cluster: {
        circuitBreakers: {
          thresholds: [
            defined({
              maxConnections: plan?.maxConnections,
              maxPendingRequests: plan?.maxPendingRequests,
              maxRequests: plan?.maxParallelRequests,
              maxRetries: plan?.maxParallelRetries ?? defaultMaxRetries,
              retryBudget:
                budget === undefined
                  ? undefined
                  : defined({
                      budgetPercent: { value: budget.percent },
                      minRetryConcurrency:
                        budget.minConcurrency === defaultBudgetConcurrency ? undefined : budget.minConcurrency,
                    }),
            }),
          ],
          ...(perEndpoint === undefined ? {} : { perHostThresholds: [{ maxConnections: perEndpoint }] }),
        },
      },
    }
  },
}
