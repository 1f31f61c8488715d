import { describe, expect, it } from "vitest"
import { backendSetting, clusterJson } from "../../emit/test-plan.ts"
import type { ClusterTraffic } from "../../plan/index.ts"

type Breaker = NonNullable<ClusterTraffic["circuitBreaker"]>

describe("circuit breakers", () => {
  it.each<readonly [Breaker, Record<string, unknown>]>([
    [{}, { thresholds: [{ maxRetries: 1024 }] }],
    [
      { maxConnections: 2048, maxPendingRequests: 1, maxParallelRequests: 4_294_967_295, maxParallelRetries: 24 },
      { thresholds: [{ maxConnections: 2048, maxPendingRequests: 1, maxRequests: 4_294_967_295, maxRetries: 24 }] },
    ],
    [
      { retryBudget: { percent: 10, minConcurrency: 1 } },
      { thresholds: [{ maxRetries: 1024, retryBudget: { budgetPercent: { value: 10 }, minRetryConcurrency: 1 } }] },
    ],
    [
      { retryBudget: { percent: 12.5, minConcurrency: 3 } },
      { thresholds: [{ maxRetries: 1024, retryBudget: { budgetPercent: { value: 12.5 } } }] },
    ],
    [{ retryBudget: { percent: 0 } }, { thresholds: [{ maxRetries: 1024, retryBudget: { budgetPercent: {} } }] }],
    [
      { perEndpointMaxConnections: 5 },
      { thresholds: [{ maxRetries: 1024 }], perHostThresholds: [{ maxConnections: 5 }] },
    ],
  ])("of %j", (circuitBreaker, expected) => {
    const json = clusterJson([backendSetting("c/backend/0", "cart")], { traffic: { circuitBreaker } })
    expect(json.circuitBreakers).toEqual(expected)
  })
})
