import { decode } from "@attache/envoy-api"
import { RouteConfigurationSchema } from "@attache/envoy-api/gen/envoy/config/route/v3/route_pb"
import { describe, expect, it } from "vitest"
import type { LuaPlan, PlanRoute } from "../plan/index.ts"
import { snapshotJson } from "./json.ts"
import { createEmitter } from "./queries.ts"
import { type ProxySnapshot, resourceMaps, resourcesOf, snapshotChanges, typeUrls } from "./snapshot.ts"
import {
  backendSetting,
  createTestPlan,
  endpoint,
  httpListener,
  planRoute,
  proxyOptions,
  type TestPlan,
} from "./test-plan.ts"

const key = "infra/edge"
const listener = httpListener()

function withRoutes(count: number): { plan: TestPlan; routes: PlanRoute[]; emitter: ReturnType<typeof createEmitter> } {
  const plan = createTestPlan()
  plan.setProxy({ options: proxyOptions(), listeners: { http: [listener], l4: [] } })
  const routes = Array.from({ length: count }, (_, i) => planRoute(`r${i}`, `h${i % 10}.test`))
  plan.setRoutes(listener.name, routes)
  for (let i = 0; i < count; i++) plan.setEndpoints(`r${i}`, [endpoint(`10.0.${i >> 8}.${i & 255}`)])
  return { plan, routes, emitter: createEmitter(plan.graph, plan.source) }
}

function snapshotOf(emitter: ReturnType<typeof createEmitter>): ProxySnapshot {
  const snapshot = emitter.snapshot(key)
  if (snapshot === undefined) throw new Error("nothing published")
  return snapshot
}

function changed(before: ProxySnapshot, after: ProxySnapshot): Record<string, number> {
  return Object.fromEntries(
    [...snapshotChanges(before, after)].map(([url, { put, remove }]) => [
      url.split(".").at(-1),
      put.length + remove.length,
    ]),
  )
}

/** Query runs of one change, after everything was computed once. */
function runsOf(
  count: number,
  change: (plan: TestPlan, routes: PlanRoute[]) => void,
): [Record<string, number>, number] {
  const { plan, routes, emitter } = withRoutes(count)
  const before = snapshotOf(emitter)
  plan.graph.resetStats()
  change(plan, routes)
  const after = snapshotOf(emitter)
  const runs = [...plan.graph.stats().runs].filter(([name]) => name.startsWith("emit."))
  return [changed(before, after), runs.reduce((sum, [, n]) => sum + n, 0)]
}

describe("emission", () => {
  const edits: [string, (plan: TestPlan, routes: PlanRoute[]) => void, Record<string, number>, number][] = [
    ["an endpoint", (plan) => plan.setEndpoints("r7", [endpoint("10.9.9.9")]), { ClusterLoadAssignment: 1 }, 5],
    [
      "a route",
      (plan, routes) => plan.setRoute({ ...routes[7]!, requestHeaders: { add: [], set: [], remove: ["x"] } }),
      { RouteConfiguration: 1 },
      10,
    ],
  ]
  it.each(edits)("runs as many queries at 100 as at 1,000 routes when %s changes", (_, edit, changes, runs) => {
    for (const count of [100, 1000]) expect(runsOf(count, edit)).toEqual([changes, runs])
  })

  it("encodes one route when one comes", () => {
    const [changes, runs] = runsOf(1000, (plan, routes) => {
      plan.setRoutes(listener.name, [...routes.slice(0, 500), planRoute("new", "h3.test"), ...routes.slice(500)])
    })
    expect(changes).toEqual({ RouteConfiguration: 1, Cluster: 1, ClusterLoadAssignment: 1 })
    expect(runs).toBeLessThan(40)
  })

  it("gives the same bytes whatever was before", () => {
    const { plan, routes, emitter } = withRoutes(300)
    snapshotOf(emitter)
    plan.setRoutes(listener.name, routes.slice(50))
    snapshotOf(emitter)
    plan.setRoutes(listener.name, routes)
    expect(versions(snapshotOf(emitter))).toEqual(versions(snapshotOf(withRoutes(300).emitter)))
  })

  it("tells no change apart from a change", () => {
    const { plan, routes, emitter } = withRoutes(20)
    const before = snapshotOf(emitter)
    plan.setRoute(structuredClone(routes[3]!))
    expect(snapshotOf(emitter)).toBe(before)
    plan.setRoutes(listener.name, routes.slice(1))
    const after = snapshotOf(emitter)
    expect(snapshotChanges(before, after).get(typeUrls.clusters)?.remove).toEqual(["httproute/shop/r0/rule/0"])
    expect(snapshotChanges(undefined, after).get(typeUrls.clusters)?.put.length).toBe(19)
    expect(snapshotChanges(after, undefined).get(typeUrls.listeners)?.remove).toEqual([listener.name])
  })

  it("answers 500 for a route that it cannot make, and leaves the others alone", () => {
    const { plan, routes, emitter } = withRoutes(3)
    const bad = routes[1]!
    plan.setRoute({ ...bad, retry: { perTryTimeout: "soon" } })
    const { tables, diagnostics } = snapshotOf(emitter)
    const [config] = resourcesOf(tables.routes)
    const actions = decode(RouteConfigurationSchema, config!.bytes).virtualHosts.map(
      ({ routes: [r] }) => r?.action.case,
    )
    expect(actions).toEqual(["route", "directResponse", "route"])
    expect(diagnostics).toMatchObject([
      { code: "ATT_TRANSLATE_EMIT", object: { kind: "HTTPRoute", namespace: "shop", name: "r1" } },
    ])
    expect([...resourcesOf(tables.clusters)].map(({ name }) => name)).not.toContain("httproute/shop/r1/rule/0")
  })

  it("keeps the name of a cluster that it cannot make", () => {
    const { plan, routes, emitter } = withRoutes(2)
    const { destination } = (routes[0]!.action as Extract<PlanRoute["action"], { type: "forward" }>).forward
    plan.setRoute({
      ...routes[0]!,
      action: { type: "forward", forward: { destination: { ...destination, traffic: { connectTimeout: "soon" } } } },
    })
    const { tables, diagnostics } = snapshotOf(emitter)
    expect([...resourcesOf(tables.clusters)].map(({ name }) => name)).toEqual([
      "httproute/shop/r0/rule/0",
      "httproute/shop/r1/rule/0",
    ])
    expect(diagnostics.length).toBe(1)
  })

  it("takes the first of two clusters of one name", () => {
    const { plan, emitter } = withRoutes(0)
    const destination = (weight: number) => ({
      name: "shared",
      settings: [backendSetting("shared/backend/0", "r0", { weight })],
    })
    plan.setRoutes(listener.name, [
      planRoute("a", "h.test", { action: { type: "forward", forward: { destination: destination(3) } } }),
      planRoute("b", "h.test", { action: { type: "forward", forward: { destination: destination(5) } } }),
    ])
    plan.setEndpoints("r0", [endpoint("10.0.0.1")])
    const { endpoints } = snapshotJson(snapshotOf(emitter))
    expect(endpoints).toMatchObject([{ clusterName: "shared", endpoints: [{ loadBalancingWeight: 3 }] }])
  })

  it("puts a filter that many routes share into the chain once, disabled", () => {
    const { plan, routes, emitter } = withRoutes(5)
    const lua: LuaPlan = {
      name: "envoyextensionpolicy/shop/p/lua/0",
      code: "function envoy_on_request(h) end",
      origin: { object: "EnvoyExtensionPolicy/shop/p", field: "spec.lua[0]" },
    }
    const extensions = { lua: [lua], extProc: [], wasm: [], dynamicModules: [] }
    plan.setRoutes(
      listener.name,
      routes.map((route) => ({ ...route, extensions })),
    )
    const before = snapshotOf(emitter)
    const filters = JSON.stringify(snapshotJson(before).listeners).match(/"name":"envoy.filters.http.lua[^"]*"/g)
    expect(filters).toEqual([`"name":"envoy.filters.http.lua/${lua.name}"`])
    const edited = { ...extensions, lua: [{ ...lua, code: "function envoy_on_response(h) end" }] }
    plan.setRoutes(
      listener.name,
      routes.map((route) => ({ ...route, extensions: edited })),
    )
    expect(changed(before, snapshotOf(emitter))).toEqual({ Listener: 1 })
  })

  it("publishes nothing for proxies that are unknown or withheld", () => {
    const { plan, emitter } = withRoutes(1)
    expect(emitter.snapshot("infra/other")).toBeUndefined()
    plan.setProxy({ options: proxyOptions(), listeners: { http: [], l4: [] }, isWithheld: true })
    expect(emitter.snapshot(key)).toBeUndefined()
  })

  it("gives an empty proxy empty tables", () => {
    const { plan, emitter } = withRoutes(0)
    plan.setProxy({ options: proxyOptions(), listeners: { http: [], l4: [] } })
    expect(snapshotJson(snapshotOf(emitter))).toEqual({
      listeners: [],
      routes: [],
      clusters: [],
      endpoints: [],
      secrets: [],
    })
  })

  it("lets go of everything when asked", () => {
    const { plan, emitter } = withRoutes(30)
    snapshotOf(emitter)
    plan.graph.collect()
    const kept = plan.graph.stats().nodes
    emitter.release(key)
    plan.graph.collect()
    expect(plan.graph.stats().nodes).toBeLessThan(kept / 10)
  })
})

function versions(snapshot: ProxySnapshot): unknown {
  return [...resourceMaps(snapshot)].map(([url, resources]) => [
    url,
    [...resources].map(([name, { version }]) => [name, version]),
  ])
}
