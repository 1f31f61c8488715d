import { mkdtemp, rm } from "node:fs/promises"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { resourceTypeUrls as typeUrls } from "@attache/envoy-api"
import { afterEach, describe, expect, it } from "vitest"
import type { AnswerEvent, XdsEvent } from "./events.ts"
import type { XdsAddress } from "./listen.ts"
import { createXdsServer, type XdsServer } from "./server.ts"
import { createSnapshot, type Snapshot, updateSnapshot } from "./snapshot.ts"
import { type EnvoyProcess, findTestEnvoy, startEnvoy } from "./testing/envoy-process.ts"
import { edsCluster, httpListener, routeConfiguration, sampleResources } from "./testing/sample-resources.ts"
import type { Variant } from "./type-state.ts"

const binary = findTestEnvoy()
const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const soon = { timeout: 10_000, interval: 10 }

interface Setup {
  readonly server: XdsServer
  readonly events: XdsEvent[]
  readonly envoy: EnvoyProcess
  readonly where: XdsAddress
}

async function start(variant: Variant, transport: "tcp" | "unix", snapshot: Snapshot): Promise<Setup> {
  const events: XdsEvent[] = []
  const server = createXdsServer({ onEvent: (event) => events.push(event) })
  cleanups.push(() => server.close())
  const directory = await mkdtemp(join(tmpdir(), "xds-"))
  cleanups.push(() => rm(directory, { recursive: true }))
  const where = transport === "unix" ? { unixPath: join(directory, "s") } : { host: "127.0.0.1", port: 0 }
  const { address } = await server.listen(where)
  server.setSnapshot("web", snapshot)
  const envoy = await startEnvoy(binary ?? "", address, variant)
  cleanups.push(() => envoy.stop())
  return { server, events, envoy, where }
}

/** A backend that answers with its name; gives its port. */
async function backend(name: string): Promise<number> {
  const server = createServer((_, response) => response.end(name))
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  cleanups.push(() => server.close())
  return (server.address() as AddressInfo).port
}

const nacks = (events: readonly XdsEvent[]): readonly AnswerEvent[] =>
  events.filter((e): e is AnswerEvent => e.type === "nack")

const withRoute = (snapshot: Snapshot, text: string): Snapshot =>
  updateSnapshot(snapshot, { [typeUrls.route]: { put: [routeConfiguration("routes", [{ prefix: "/", text }])] } })

describe.skipIf(binary === undefined)("a real Envoy", () => {
  for (const variant of ["sotw", "delta"] as const) {
    it.each(["tcp", "unix"] as const)(
      `takes clusters, endpoints, listeners and routes (${variant}, %s)`,
      async (transport) => {
        const port = await backend("backend a")
        const first = createSnapshot(sampleResources(0, "hello", { a: port }))
        const { server, events, envoy } = await start(variant, transport, first)
        await expect.poll(() => envoy.get("/"), soon).toEqual({ status: 200, body: "hello" })
        expect(await envoy.get("/a")).toEqual({ status: 200, body: "backend a" })
        server.setSnapshot("web", withRoute(first, "changed"))
        await expect.poll(() => envoy.get("/"), soon).toEqual({ status: 200, body: "changed" })
        // Envoy serves what it takes before it says so.
        const state = () => server.acks("web")[0]?.types.get(typeUrls.route)?.resources.get("routes")?.state
        await expect.poll(state, soon).toBe("acked")
        expect(nacks(events)).toEqual([])
      },
    )

    it(`refuses in its own words, and goes back to earlier content (${variant})`, async () => {
      const first = createSnapshot(sampleResources(0, "hello"))
      const { server, events, envoy } = await start(variant, "unix", first)
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
      await expect.poll(() => nacks(events).length, soon).toBe(1)
      const [nack] = nacks(events)
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
      expect(nacks(events)).toHaveLength(1)
      expect(await envoy.get("/")).toEqual({ status: 200, body: "hello" })
    })

    it(`gets a refused route back (${variant})`, async () => {
      const first = createSnapshot(sampleResources(0, "hello"))
      const { server, events, envoy } = await start(variant, "unix", first)
      await expect.poll(() => envoy.get("/"), soon).toMatchObject({ status: 200 })
      const twice = routeConfiguration("routes", [{ prefix: "/", cluster: "" }])
      server.setSnapshot("web", updateSnapshot(first, { [typeUrls.route]: { put: [twice] } }))
      await expect.poll(() => nacks(events).length, soon).toBe(1)
      expect(nacks(events)[0]).toMatchObject({ typeUrl: typeUrls.route, resources: ["routes"] })
      expect(nacks(events)[0]?.message).toMatch(/RouteAction/)
      expect(await envoy.get("/")).toEqual({ status: 200, body: "hello" })
      server.setSnapshot("web", withRoute(first, "mended"))
      await expect.poll(() => envoy.get("/"), soon).toEqual({ status: 200, body: "mended" })
      expect(nacks(events)).toHaveLength(1)
    })

    it(`warms a changed cluster at once, because its endpoints come again (${variant})`, async () => {
      const first = createSnapshot(sampleResources(0, "hello", { a: await backend("backend a") }))
      const { server, envoy } = await start(variant, "unix", first)
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
      const { server, events, envoy } = await start(variant, "unix", only(0))
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
      expect(nacks(events)).toEqual([])
    })
  }

  it("says what it has when it comes back, and gets only the rest", async () => {
    const first = createSnapshot(sampleResources(0, "hello", { a: await backend("a"), b: await backend("b") }))
    const { server, events, envoy, where } = await start("delta", "unix", first)
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
    const answers = events.slice(before).filter((e): e is AnswerEvent => e.type === "ack" || e.type === "nack")
    expect(answers.filter((e) => e.resources.length > 0).map((e) => [e.typeUrl, e.resources])).toEqual([
      [typeUrls.route, ["routes"]],
    ])
  })
})
