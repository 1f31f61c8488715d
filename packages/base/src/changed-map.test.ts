import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { changedMap } from "./changed-map.ts"

const key = fc.integer({ min: 0, max: 60 })
const change = fc.array(fc.tuple(key, fc.option(fc.nat(5), { nil: undefined })), { maxLength: 8 })

describe("changedMap", () => {
  it("is what a copy would be, and leaves what it was made from alone", () => {
    const start = fc.array(fc.tuple(key, fc.nat(5)), { maxLength: 60 })
    fc.assert(
      fc.property(start, fc.array(change, { maxLength: 20 }), (entries, changes) => {
        let map: ReadonlyMap<number, number> = new Map(entries)
        const model = new Map(entries)
        for (const each of changes) {
          const before = [...map]
          const next = changedMap(map, new Map(each))
          expect([...map]).toEqual(before)
          for (const [at, value] of new Map(each)) {
            if (value === undefined) model.delete(at)
            else model.set(at, value)
          }
          map = next
          expect(new Map([...map].sort(([a], [b]) => a - b))).toEqual(new Map([...model].sort(([a], [b]) => a - b)))
          expect(map.size).toBe(model.size)
          for (let at = 0; at <= 60; at++) expect([map.get(at), map.has(at)]).toEqual([model.get(at), model.has(at)])
          expect([...map.keys()]).toEqual([...map].map(([at]) => at))
          expect([...map.values()]).toEqual([...map.entries()].map(([, value]) => value))
          const seen: [number, number][] = []
          map.forEach((value, at) => void seen.push([at, value]))
          expect(seen).toEqual([...map])
        }
      }),
    )
  })

  it("is the same map when nothing changes", () => {
    const map = new Map([[1, 1]])
    expect(changedMap(map, new Map())).toBe(map)
  })

  it("does not copy a large map for a small change", () => {
    let reads = 0
    const large = new Map(Array.from({ length: 1000 }, (_, n) => [n, n]))
    const watched = new Proxy(large, {
      get: (target, name) => {
        if (name === Symbol.iterator) reads++
        const value: unknown = Reflect.get(target, name, target)
        return typeof value === "function" ? value.bind(target) : value
      },
    })
    let map: ReadonlyMap<number, number> = watched
    for (let n = 0; n < 20; n++) map = changedMap(map, new Map([[n, -n]]))
    expect(reads).toBe(0)
    expect([map.get(7), map.get(700)]).toEqual([-7, 700])
  })
})
