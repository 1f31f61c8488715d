import { describe, expect, it } from "vitest"
import { backendSetting, clusterJson } from "../../emit/test-plan.ts"
import type { ClusterStats } from "../../plan/index.ts"

describe("statistics of a cluster", () => {
  it.each<readonly [ClusterStats | undefined, unknown]>([
    [undefined, undefined],
    [{ isPerEndpoint: true }, { perEndpointStats: true }],
    [{ hasRequestResponseSizes: true }, { requestResponseSizes: true }],
    [
      { isPerEndpoint: true, hasRequestResponseSizes: true },
      { perEndpointStats: true, requestResponseSizes: true },
    ],
  ])("asked for as %j", (stats, expected) => {
    const more = stats === undefined ? {} : { stats }
    expect(clusterJson([backendSetting("c/backend/0", "cart")], more).trackClusterStats).toEqual(expected)
  })
})
