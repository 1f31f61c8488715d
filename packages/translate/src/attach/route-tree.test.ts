import { createGraph } from "@attache/base"
import { describe, expect, it } from "vitest"
import { createWorld } from "../world/world.ts"
import { createRouteTree } from "./route-tree.ts"
import { object } from "./test-world.ts"

const parent = "Gateway/infra/gw"

function setUp(count: number) {
  const graph = createGraph()
  const world = createWorld(graph)
  const route = (n: number, kind = "HTTPRoute") =>
    object(kind, `apps/r${n}`, { spec: { parentRefs: [{ namespace: "infra", name: "gw" }] } })
  for (let n = 0; n < count; n++) world.upsert(route(n))
  let leaves = 0
  const names = createRouteTree<readonly string[]>(graph, world, "names", {
    leaf: (routes, context) => {
      leaves++
      for (const key of routes) world.lookup(key)
      return routes.map((key) => context + key)
    },
    merge: (parts) => parts.flat().sort(),
  })
  return { graph, world, route, names: (context = "") => [...names(parent, context)].sort(), leaves: () => leaves }
}

describe("a route tree", () => {
  it.each([0, 1, 256, 257, 2000])("holds each of %i routes once", (count) => {
    const { names } = setUp(count)
    const expected = Array.from({ length: count }, (_, n) => `HTTPRoute/apps/r${n}`).sort()
    expect(names()).toEqual(expected)
  })

  it("holds HTTP and gRPC routes of its parent only", () => {
    const { world, route, names } = setUp(1)
    world.upsert(route(1, "GRPCRoute"))
    world.upsert(route(2, "TCPRoute"))
    world.upsert(object("HTTPRoute", "apps/far", { spec: { parentRefs: [{ namespace: "infra", name: "other" }] } }))
    expect(names()).toEqual(["GRPCRoute/apps/r1", "HTTPRoute/apps/r0"])
  })

  it("tells contexts apart, with spaces in them too", () => {
    const { names } = setUp(1)
    expect([names("a b "), names("a ")]).toEqual([["a b HTTPRoute/apps/r0"], ["a HTTPRoute/apps/r0"]])
  })

  it("follows routes over the size where groups begin, both ways", () => {
    const { world, route, names } = setUp(256)
    for (let n = 256; n < 300; n++) world.upsert(route(n))
    expect(names()).toHaveLength(300)
    for (let n = 0; n < 100; n++) world.remove(`HTTPRoute/apps/r${n}`)
    expect(names()).toHaveLength(200)
  })

  it("computes one group again when one of 2,000 routes changes or goes", () => {
    const { world, route, names, leaves } = setUp(2000)
    names()
    const before = leaves()
    world.upsert({ ...route(7), status: { edited: true } })
    names()
    expect(leaves() - before).toBe(1)
    world.remove("HTTPRoute/apps/r7")
    names()
    expect(leaves() - before).toBe(2)
  })
})
