import { resourceTypeUrls as typeUrls } from "@attache/envoy-api"
import { describe, expect, it } from "vitest"
import { dumpedClusters, warmingListeners } from "./warming.ts"

describe("dumpedClusters", () => {
  it("reads names and versions", () => {
    const dump = { configs: [{ version_info: "7", cluster: { name: "a" } }, { cluster: { name: "b" } }] }
    expect(dumpedClusters(dump)).toEqual([
      { name: "a", version: "7" },
      { name: "b", version: "" },
    ])
  })

  it.each([undefined, null, "", [], {}, { configs: 1 }, { configs: [null, 1, {}, { cluster: [] }] }])(
    "finds none in %j",
    (dump) => expect(dumpedClusters(dump)).toEqual([]),
  )
})

describe("warmingListeners", () => {
  it("names those with a state in waiting", () => {
    const configs = [
      { name: "new", warming_state: {} },
      { name: "changed", active_state: {}, warming_state: { version_info: "2" } },
      { name: "serving", active_state: {} },
      { name: "refused", error_state: {} },
    ]
    expect(warmingListeners({ configs })).toEqual([
      { typeUrl: typeUrls.listener, name: "new" },
      { typeUrl: typeUrls.listener, name: "changed" },
    ])
  })
})
