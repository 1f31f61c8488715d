import { describe, expect, it } from "vitest"
import type { Destination } from "../plan/index.ts"
import { clusterOf, clustersOfSplit } from "./cluster-spec.ts"
import { backendSetting } from "./test-plan.ts"

const origin = { object: "HTTPRoute/shop/cart", field: "spec.rules[0]" }
const stats = { isPerEndpoint: true }
const own = backendSetting("d/backend/0", "cart", { weight: 3 })
const shared = backendSetting("d/backend/1", "pay", { mergedCluster: "service/shop/pay/8080", weight: 7 })
const destination: Destination = { name: "d", settings: [own, shared], statName: "cart", stats }

describe("clusters of a destination", () => {
  it("are one, which knows all of it", () => {
    expect(clusterOf({ ...destination, settings: [own] }, true, origin)).toMatchObject({
      name: "d",
      settings: [{ name: "d/backend/0", weight: 3 }],
      statName: "cart",
      stats,
    })
  })

  it("are one for each backend of a split, merged ones last and without the route's names and weights", () => {
    expect(clustersOfSplit(destination, origin)).toEqual([
      expect.objectContaining({ name: "d/backend/0", statName: "cart", stats }),
      {
        type: "backends",
        name: "service/shop/pay/8080",
        settings: [expect.not.objectContaining({ weight: 7 })],
        metadata: shared.metadata,
        stats,
        isRouteCluster: true,
        origin,
      },
    ])
  })
})
