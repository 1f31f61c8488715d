import { resourceTypeUrls as typeUrls } from "@attache/envoy-api"
import { afterEach, describe, expect, it } from "vitest"
import type { AnswerEvent, XdsEvent } from "./events.ts"
import { createSnapshot, type Snapshot, updateSnapshot } from "./snapshot.ts"
import { backend, endSetups, nacksOf, serveEnvoy, testEnvoy } from "./testing/envoy-setup.ts"
import { edsCluster, httpListener, routeConfiguration, sampleResources } from "./testing/sample-resources.ts"

afterEach(endSetups)

const soon = { timeout: 10_000, interval: 10 }

const withRoute = (snapshot: Snapshot, text: string): Snapshot =>
  updateSnapshot(snapshot, { [typeUrls.route]: { put: [routeConfiguration("routes", [{ prefix: "/", text }])] } })

describe.skipIf(testEnvoy === undefined)("a real Envoy", () => {
  for (const variant of ["sotw", "delta"] as const) {
    it.each(["tcp", "unix"] as const)(
      `takes clusters, endpoints, listeners and routes (${variant}, %s)`,
      async (transport) => {
        const port = await backend("backend a")
        const first = createSnapshot(sampleResources(0, "hello", { a: port }))
        const { server, events, envoy } = await serveEnvoy(first, { variant, transport })
        await expect.poll(() => envoy.get("/"), soon).toEqual({ status: 200, body: "hello" })
        expect(await envoy.get("/a")).toEqual({ status: 200, body: "backend a" })
        server.setSnapshot("web", withRoute(first, "changed"))
        await expect.poll(() => envoy.get("/"), soon).toEqual({ status: 200, body: "changed" })
        // Envoy serves what it takes before it says so.
        const state = () => server.acks("web")[0]?.types.get(typeUrls.route)?.resources.get("routes")?.state
        await expect.poll(state, soon).toBe("acked")
        expect(nacksOf(events)).toEqual([])
      },
    )

    it(`refuses in its own words, and goes back to earlier content (${variant})`, async () => {
      const first = createSnapshot(sampleResources(0, "hello"))
      const { server, events, envoy } = await serveEnvoy(first, { variant })
      await expect.poll(() => envoy.get("/"), soon).toMatchObject({ status: 200 })
      const bad = routeConfiguration(
        "routes",
        [
          { prefix: "no-slash", text: "x" },
          { prefix: "", text: "y" },
        ],
        "*.*.com",
      )
      server.setSnapshot("web", updateSnapshot(first, { [typeUrls.route]: { put: [bad] } }))
      const wildcardTwice = { name: "l2", bytes: Uint8Array.from([0x0a, 2, 0x6c, 0x32]) }
      server.setSnapshot(
        "web",
        updateSnapshot(first, { [typeUrls.listener]: { put: [wildcardTwice, httpListener("l3", 0, "routes")] } }),
      )
      await expect.poll(() => nacksOf(events).length, soon).toBe(1)
      const [nack] = nacksOf(events)
      expect(nack).toMatchObject({
        proxyKey: "web",
        nodeId: "proxy-1",
        typeUrl: typeUrls.listener,
        changed: ["l2", "l3"],
      })
      expect(nack?.message).toMatch(/Error adding\/updating listener\(s\) l2: /)
      // The good one of the refused response is there all the same.
      const names = async () =>
        ((await envoy.admin("/listeners?format=json")) as { listener_statuses: { name: string }[] }).listener_statuses
      await expect.poll(async () => (await names()).map((l) => l.name).sort(), soon).toEqual(["l3", "main"])
      server.setSnapshot("web", first)
      await expect.poll(async () => (await names()).map((l) => l.name), soon).toEqual(["main"])
      expect(nacksOf(events)).toHaveLength(1)
      expect(await envoy.get("/")).toEqual({ status: 200, body: "hello" })
    })

    it(`gets a refused route back (${variant})`, async () => {
      const first = createSnapshot(sampleResources(0, "hello"))
      const { server, events, envoy } = await serveEnvoy(first, { variant })
      await expect.poll(() => envoy.get("/"), soon).toMatchObject({ status: 200 })
      const twice = routeConfiguration("routes", [{ prefix: "/", cluster: "" }])
      server.setSnapshot("web", updateSnapshot(first, { [typeUrls.route]: { put: [twice] } }))
      await expect.poll(() => nacksOf(events).length, soon).toBe(1)
      expect(nacksOf(events)[0]).toMatchObject({ typeUrl: typeUrls.route, resources: ["routes"] })
      expect(nacksOf(events)[0]?.message).toMatch(/RouteAction/)
      expect(await envoy.get("/")).toEqual({ status: 200, body: "hello" })
      server.setSnapshot("web", withRoute(first, "mended"))
      await expect.poll(() => envoy.get("/"), soon).toEqual({ status: 200, body: "mended" })
      expect(nacksOf(events)).toHaveLength(1)
    })

    it(`warms a changed cluster at once, because its endpoints come again (${variant})`, async () => {
      const first = createSnapshot(sampleResources(0, "hello", { a: await backend("backend a") }))
      const { server, envoy } = await serveEnvoy(first, { variant })
      await expect.poll(() => envoy.get("/a"), soon).toMatchObject({ status: 200 })
      server.setSnapshot("web", updateSnapshot(first, { [typeUrls.cluster]: { put: [edsCluster("a", 2500)] } }))
      // Without the repetition Envoy would wait 15 s for the initial fetch timeout.
      const active = async () => JSON.stringify(await envoy.admin("/config_dump?resource=dynamic_active_clusters"))
      await expect.poll(active, { ...soon, timeout: 5000 }).toContain('"2.500s"')
      expect(JSON.stringify(await envoy.admin("/config_dump?resource=dynamic_warming_clusters"))).not.toContain('"a"')
    })

    it(`moves traffic between clusters without a failed request (${variant})`, async () => {
      const names = ["a", "b", "c"]
      const ports = await Promise.all(names.map(backend))
      const only = (n: number): Snapshot =>
        createSnapshot({
          ...sampleResources(0, "", { [`v${n}`]: ports[n % 3] ?? 0 }),
          [typeUrls.route]: [routeConfiguration("routes", [{ prefix: "/", cluster: `v${n}` }])],
        })
      const { server, events, envoy } = await serveEnvoy(only(0), { variant })
      await expect.poll(() => envoy.get("/"), soon).toMatchObject({ status: 200 })
      const seen: string[] = []
      for (let n = 1; n <= 30; n++) {
        server.setSnapshot("web", only(n))
        for (let m = 0; m < 6; m++) {
          const { status, body } = await envoy.get("/")
          seen.push(`${status} ${body}`)
        }
      }
      expect(seen.filter((s) => !s.startsWith("200 "))).toEqual([])
      expect(new Set(seen)).toEqual(new Set(names.map((name) => `200 ${name}`)))
      await expect.poll(() => envoy.get("/"), soon).toEqual({ status: 200, body: "a" })
      const clusters = async () =>
        Object.keys(((await envoy.admin("/clusters?format=json")) as { cluster_statuses: [] }).cluster_statuses).length
      await expect.poll(clusters, soon).toBe(2)
      expect(nacksOf(events)).toEqual([])
    })
  }

  it("says what it has when it comes back, and gets only the rest", async () => {
    const first = createSnapshot(sampleResources(0, "hello", { a: await backend("a"), b: await backend("b") }))
    const { server, events, envoy, where } = await serveEnvoy(first, { variant: "delta" })
    await expect.poll(() => envoy.get("/b"), soon).toMatchObject({ status: 200 })
    await server.close()
    const before = events.length
    const second = createSnapshot(sampleResources(0, "hello again", { a: 9 }), first)
    const routes = second.types.get(typeUrls.route)?.resources.values() ?? []
    server.setSnapshot(
      "web",
      createSnapshot(
        {
          ...Object.fromEntries([...first.types].map(([u, t]) => [u, t.resources.values()])),
          [typeUrls.route]: routes,
        },
        first,
      ),
    )
    await server.listen(where)
    await expect.poll(() => envoy.get("/"), soon).toEqual({ status: 200, body: "hello again" })
    // The workers answer with the new route before Envoy's main thread has acknowledged it.
    await expect.poll(() => answersWithResources(events.slice(before)), soon).toEqual([[typeUrls.route, ["routes"]]])
  })
})

/** What was delivered and answered, by type; an answer to a response without resources is left out. */
function answersWithResources(events: readonly XdsEvent[]): readonly (readonly [string, readonly string[]])[] {
  return events
    .filter((e): e is AnswerEvent => e.type === "ack" || e.type === "nack")
    .filter((e) => e.resources.length > 0)
    .map((e) => [e.typeUrl, e.resources])
}
