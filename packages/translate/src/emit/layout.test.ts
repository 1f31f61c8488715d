import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { RouteHandle } from "../plan/index.ts"
import { leafKeys, leafOf } from "./layout.ts"

const handles = fc.array(fc.record({ host: fc.constantFrom("*", "a.test", "b.test", "*.c.test"), id: fc.uuid() }), {
  maxLength: 600,
})

function routesOf(keys: readonly string[]): readonly RouteHandle[] {
  return keys.flatMap((key) => leafOf(key).routes)
}

describe("leaves", () => {
  it("hold all routes by host in order of first occurrence", () => {
    fc.assert(
      fc.property(handles, (routes) => {
        const keys = leafKeys("ns/gw", "ns/gw/http", routes)
        const hosts = [...new Set(routes.map(({ host }) => host))]
        expect(routesOf(keys)).toEqual(hosts.flatMap((host) => routes.filter((route) => route.host === host)))
        for (const key of keys) expect(leafOf(key)).toMatchObject({ proxyKey: "ns/gw", listener: "ns/gw/http" })
      }),
      { numRuns: 30 },
    )
  })

  it("change in few places when a route comes", () => {
    const routes = Array.from({ length: 5000 }, (_, i) => ({ host: `h${i % 7}.test`, id: `route/${i}` }))
    const before = new Set(leafKeys("p", "l", routes))
    for (const at of [0, 1234, 4999]) {
      const after = leafKeys("p", "l", [
        ...routes.slice(0, at),
        { host: "h3.test", id: "route/new" },
        ...routes.slice(at),
      ])
      expect(after.filter((key) => !before.has(key)).length).toBeLessThanOrEqual(3)
    }
  })

  it("are about 64 routes long", () => {
    const routes = Array.from({ length: 20_000 }, (_, i) => ({
      host: "*",
      id: `httproute/shop/r${i}/rule/0/match/0/*`,
    }))
    const keys = leafKeys("p", "l", routes)
    expect(routes.length / keys.length).toBeGreaterThan(32)
    expect(routes.length / keys.length).toBeLessThan(128)
  })

  it("are none without routes", () => {
    expect(leafKeys("p", "l", [])).toEqual([])
  })
})
