// What a real Envoy asks for on streams of their own, and on demand.
import { anyOf, encode, resourceTypeUrls as typeUrls } from "@attache/envoy-api"
import { ListenerSchema } from "@attache/envoy-api/gen/envoy/config/listener/v3/listener_pb"
import { VirtualHostSchema } from "@attache/envoy-api/gen/envoy/config/route/v3/route_components_pb"
import { RouteConfigurationSchema } from "@attache/envoy-api/gen/envoy/config/route/v3/route_pb"
import { OnDemandSchema } from "@attache/envoy-api/gen/envoy/extensions/filters/http/on_demand/v3/on_demand_pb"
import { RouterSchema } from "@attache/envoy-api/gen/envoy/extensions/filters/http/router/v3/router_pb"
import { HttpConnectionManagerSchema } from "@attache/envoy-api/gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb"
import { afterEach, describe, expect, it } from "vitest"
import { createSnapshot, type ResourceInput, updateSnapshot } from "./snapshot.ts"
import { backend, endSetups, nacksOf, serveEnvoy, testEnvoy } from "./testing/envoy-setup.ts"
import {
  edsCluster,
  localEndpoint,
  ownStream,
  routeConfiguration,
  type SampleSource,
  sampleResources,
} from "./testing/sample-resources.ts"

afterEach(endSetups)

const soon = { timeout: 10_000, interval: 10 }

describe.skipIf(testEnvoy === undefined).each(["sotw", "delta"] as const)(
  "a real Envoy with a stream per type (%s)",
  (variant) => {
    it("takes everything, changes, and moves between clusters", async () => {
      const source = ownStream(variant)
      const [a, b] = [await backend("a"), await backend("b")]
      const first = createSnapshot(sampleResources(0, "hello", { a }, source))
      const { server, events, envoy } = await serveEnvoy(first, { variant, mode: "single", transport: "tcp" })
      await expect.poll(() => envoy.get("/"), soon).toEqual({ status: 200, body: "hello" })
      await expect.poll(() => envoy.get("/a"), soon).toEqual({ status: 200, body: "a" })
      server.setSnapshot("web", createSnapshot(sampleResources(0, "changed", { b }, source), first))
      await expect.poll(() => envoy.get("/"), soon).toEqual({ status: 200, body: "changed" })
      await expect.poll(() => envoy.get("/b"), soon).toEqual({ status: 200, body: "b" })
      const names = async () =>
        ((await envoy.admin("/clusters?format=json")) as { cluster_statuses: { name: string }[] }).cluster_statuses
      await expect.poll(async () => (await names()).map(({ name }) => name).sort(), soon).toEqual(["b", "xds"])
      expect(nacksOf(events)).toEqual([])
    })

    it("refuses a route in its own words, and gets it mended", async () => {
      const first = createSnapshot(sampleResources(0, "hello", {}, ownStream(variant)))
      const { server, events, envoy } = await serveEnvoy(first, { variant, mode: "single", transport: "tcp" })
      await expect.poll(() => envoy.get("/"), soon).toMatchObject({ status: 200 })
      const withRoutes = (routes: ResourceInput) => updateSnapshot(first, { [typeUrls.route]: { put: [routes] } })
      server.setSnapshot("web", withRoutes(routeConfiguration("routes", [{ prefix: "/", cluster: "" }])))
      await expect.poll(() => nacksOf(events).length, soon).toBe(1)
      expect(nacksOf(events)[0]).toMatchObject({ typeUrl: typeUrls.route, resources: ["routes"] })
      expect(await envoy.get("/")).toEqual({ status: 200, body: "hello" })
      server.setSnapshot("web", withRoutes(routeConfiguration("routes", [{ prefix: "/", text: "mended" }])))
      await expect.poll(() => envoy.get("/"), soon).toEqual({ status: 200, body: "mended" })
    })
  },
)

/** A listener whose virtual hosts and clusters come when a request needs them. */
function onDemandResources(source: SampleSource) {
  const filters = [
    { name: "on-demand", typed: anyOf(OnDemandSchema, { odcds: { source } }) },
    { name: "envoy.filters.http.router", typed: anyOf(RouterSchema, {}) },
  ]
  const manager = anyOf(HttpConnectionManagerSchema, {
    statPrefix: "main",
    routeSpecifier: { case: "rds", value: { routeConfigName: "routes", configSource: source } },
    httpFilters: filters.map(
      ({ name, typed }) => ({ name, configType: { case: "typedConfig", value: typed } }) as const,
    ),
  })
  const address = { address: "127.0.0.1", portSpecifier: { case: "portValue", value: 0 } } as const
  const listener = encode(ListenerSchema, {
    name: "main",
    address: { address: { case: "socketAddress", value: address } },
    filterChains: [{ filters: [{ name: "http", configType: { case: "typedConfig", value: manager } }] }],
  })
  return {
    [typeUrls.listener]: [{ name: "main", bytes: listener }],
    [typeUrls.route]: [
      { name: "routes", bytes: encode(RouteConfigurationSchema, { name: "routes", vhds: { configSource: source } }) },
    ],
  }
}

/** A host of `routes` whose requests go to the cluster that their header names. */
function onDemandHost(domain: string): ResourceInput {
  const name = `routes/${domain}`
  const bytes = encode(VirtualHostSchema, {
    name,
    domains: [domain],
    routes: [
      {
        match: { pathSpecifier: { case: "prefix", value: "/" } },
        action: { case: "route", value: { clusterSpecifier: { case: "clusterHeader", value: "x-cluster" } } },
      },
    ],
  })
  return { name, bytes }
}

describe.skipIf(testEnvoy === undefined).each(["ads", "single", "on-demand"] as const)(
  "a real Envoy that asks on demand (%s)",
  (mode) => {
    it("gets a virtual host and a cluster with the first request that needs them, and their changes", async () => {
      const source = mode === "ads" ? adsSource : ownStream("delta")
      const ports = [await backend("first"), await backend("second")]
      const state = (port = 0) => ({
        ...onDemandResources(source),
        [typeUrls.virtualHost]: [onDemandHost("a.example"), onDemandHost("b.example")],
        [typeUrls.cluster]: [edsCluster("late", 1000, source)],
        [typeUrls.endpoint]: [localEndpoint("late", port)],
      })
      const first = createSnapshot(state(ports[0]))
      const { server, events, envoy } = await serveEnvoy(first, { variant: "delta", mode, transport: "tcp" })
      const ask = (host: string) => envoy.get("/", { host, "x-cluster": "late" })
      await expect.poll(() => ask("a.example"), soon).toEqual({ status: 200, body: "first" })
      expect(await ask("unknown.example")).toMatchObject({ status: 404 })
      expect(await envoy.get("/", { host: "a.example", "x-cluster": "nobody" })).toMatchObject({ status: 503 })
      server.setSnapshot("web", createSnapshot(state(ports[1]), first))
      await expect.poll(() => ask("b.example"), soon).toEqual({ status: 200, body: "second" })
      expect(nacksOf(events)).toEqual([])
    })
  },
)

const adsSource = { configSourceSpecifier: { case: "ads", value: {} }, resourceApiVersion: 2 } as const
