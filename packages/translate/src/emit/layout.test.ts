import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { RouteHandle } from "../plan/index.ts"
import { type Layout, layoutOf, sameLayout } from "./layout.ts"
import { routesByHost } from "./test-plan.ts"

const handles = fc.array(fc.record({ host: fc.constantFrom("*", "a.test", "b.test", "*.c.test"), id: fc.uuid() }), {
  maxLength: 600,
})

function cut(routes: readonly RouteHandle[], before?: Layout): Layout {
  return layoutOf(routesByHost(routes), before)
}

function routesOf(layout: Layout): readonly RouteHandle[] {
  return [...layout.values()].flat()
}

describe("leaves", () => {
  it("hold all routes by host in order of first occurrence", () => {
    fc.assert(
      fc.property(handles, (routes) => {
        const layout = cut(routes)
        const hosts = [...new Set(routes.map(({ host }) => host))]
        expect(routesOf(layout)).toEqual(hosts.flatMap((host) => routes.filter((route) => route.host === host)))
        for (const [id, leaf] of layout) expect(leaf[0]?.id).toBe(id)
      }),
      { numRuns: 30 },
    )
  })

  it("change in few places when a route comes", () => {
    const routes = Array.from({ length: 5000 }, (_, i) => ({ host: `h${i % 7}.test`, id: `route/${i}` }))
    const texts = (layout: Layout) => [...layout.values()].map((leaf) => JSON.stringify(leaf))
    const before = new Set(texts(cut(routes)))
    for (const at of [0, 1234, 4999]) {
      const came = { host: "h3.test", id: "route/new" }
      const after = cut([...routes.slice(0, at), came, ...routes.slice(at)])
      expect(texts(after).filter((leaf) => !before.has(leaf)).length).toBeLessThanOrEqual(3)
      expect(sameLayout(cut(routes), after)).toBe(false)
    }
    expect(sameLayout(cut(routes), cut(structuredClone(routes)))).toBe(true)
  })

  it("are the same whatever was before, and the same objects where they are equal", () => {
    fc.assert(
      fc.property(handles, handles, (old, routes) => {
        const before = cut(old)
        const after = cut(routes, before)
        const anew = cut(routes)
        expect([...after]).toEqual([...anew])
        for (const [id, leaf] of anew) {
          const known = before.get(id)
          if (JSON.stringify(known) === JSON.stringify(leaf)) expect(after.get(id)).toBe(known)
        }
      }),
      { numRuns: 30 },
    )
  })

  it("are about 64 routes long", () => {
    const routes = Array.from({ length: 20_000 }, (_, i) => ({
      host: "*",
      id: `httproute/shop/r${i}/rule/0/match/0/*`,
    }))
    const { size } = cut(routes)
    expect(routes.length / size).toBeGreaterThan(32)
    expect(routes.length / size).toBeLessThan(128)
  })

  it("are none without routes", () => {
    expect(cut([]).size).toBe(0)
  })
})
