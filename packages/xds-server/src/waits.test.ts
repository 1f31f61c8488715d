import { resourceTypeUrls as typeUrls } from "@attache/envoy-api"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { createSnapshot, emptySnapshot } from "./snapshot.ts"
import { edsCluster } from "./testing/sample-resources.ts"
import { allWaitsOf, createWaits, type Warming } from "./waits.ts"

const names = ["a", "b", "c", "d"]
const name = fc.constantFrom(...names)
const endpoints = fc.option(name, { nil: undefined })

type Step =
  | readonly ["set", string, string | undefined, number]
  | readonly ["delete", string]
  | readonly ["where", readonly string[]]
  | readonly ["all", Readonly<Record<string, string | undefined>>, number]

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(fc.constant("set" as const), name, endpoints, fc.nat(3)),
  fc.tuple(fc.constant("delete" as const), name),
  fc.tuple(fc.constant("where" as const), fc.subarray(names)),
  fc.tuple(fc.constant("all" as const), fc.dictionary(name, endpoints), fc.nat(3)),
)

describe("a list of what waits", () => {
  it("is as a map would be, whether it is shared or not", () => {
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const waits = createWaits()
        const model = new Map<string, Warming>()
        for (const each of steps) {
          if (each[0] === "set") {
            const [, key, of, since] = each
            waits.set(key, { endpoints: of, source: emptySnapshot, since })
            model.set(key, { endpoints: of, source: emptySnapshot, since })
          } else if (each[0] === "delete") {
            waits.delete(each[1])
            model.delete(each[1])
          } else if (each[0] === "where") {
            const goes = (of: string | undefined, since: number): boolean => since > 0 && each[1].includes(of ?? "")
            waits.deleteWhere(goes)
            for (const [key, value] of model) if (goes(value.endpoints, value.since)) model.delete(key)
          } else {
            const [, all, since] = each
            waits.replaceAll(new Map(Object.entries(all)), emptySnapshot, since)
            model.clear()
            for (const [key, of] of Object.entries(all)) model.set(key, { endpoints: of, source: emptySnapshot, since })
          }
          expect([waits.size, [...waits.keys()].sort()]).toEqual([model.size, [...model.keys()].sort()])
          for (const key of names) {
            expect([waits.has(key), waits.get(key)]).toEqual([model.has(key), model.get(key)])
            expect(waits.endpoints(key)).toBe(model.get(key)?.endpoints)
          }
        }
      }),
    )
  })

  it("is made once for a list of clusters", () => {
    const clusters = createSnapshot({ [typeUrls.cluster]: [edsCluster("a"), edsCluster("b")] }).types.get(
      typeUrls.cluster,
    )
    const list = [...(clusters?.resources.values() ?? [])]
    const all = allWaitsOf(list)
    expect([...all.cold]).toEqual([
      ["a", "a"],
      ["b", "b"],
    ])
    expect([...all.warming.keys()]).toEqual(["a", "b"])
    expect(allWaitsOf(list)).toBe(all)
  })
})
