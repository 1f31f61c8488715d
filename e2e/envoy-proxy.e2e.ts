// What an EnvoyProxy makes of a running Envoy: access logs, statistics, bootstrap, order of routes.
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freePorts } from "@attache/envoy"
import { afterAll, beforeAll, expect, it } from "vitest"
import { startBackend } from "./backend.ts"
import { type GatewayUnderTest, startGateway } from "./gateway-under-test.ts"
import { backend, gateway, governed, prefix, route, stream, to } from "./resources.ts"

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "attache-proxy-"))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** A gateway with one route on `/` and an EnvoyProxy. */
async function start(
  port: number,
  backendPort: number,
  spec: Readonly<Record<string, unknown>>,
): Promise<GatewayUnderTest> {
  return startGateway({
    "gateway.yaml": stream(...governed(gateway({ http: port }), spec)),
    "routes.yaml": stream(backend("one", backendPort), route("all", [prefix("/", { backendRefs: [to("one")] })])),
  })
}

const admin = (port: number) => ({ address: { socket_address: { address: "127.0.0.1", port_value: port } } })

it("writes access logs to files: JSON, text, and only what an expression picks", async () => {
  const [port] = (await freePorts(1)) as [number]
  await using one = await startBackend("one", (request, response) => {
    response.statusCode = request.url === "/teapot" ? 418 : 200
    return false
  })
  const file = (name: string) => [{ type: "File", file: { path: join(folder, name) } }]
  const json = { path: "%REQ(:PATH)%", code: "%RESPONSE_CODE%", route: "%ROUTE_NAME%" }
  const text = "%REQ(:METHOD)% %REQ(:PATH)% %RESPONSE_CODE%\n"
  const settings = [
    { format: { type: "JSON", json }, sinks: file("all.json") },
    { format: { type: "Text", text }, matches: ["response.code >= 400"], sinks: file("errors.txt") },
  ]
  const gw = await start(port, one.port, { telemetry: { accessLog: { settings } } })
  for (const path of ["/a?q=1", "/teapot", "/b"]) await gw.request(port, path)
  // Envoy writes what it has when it ends, otherwise every ten seconds.
  await gw.stop()
  const lines = (await readFile(join(folder, "all.json"), "utf8")).trim().split("\n")
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(
    [
      ["/a?q=1", 200],
      ["/teapot", 418],
      ["/b", 200],
    ].map(([path, code]) => ({ path, code, route: "httproute/default/all/rule/0/match/0/*" })),
  )
  expect(await readFile(join(folder, "errors.txt"), "utf8")).toBe("GET /teapot 418\n")
})

it("merges a bootstrap over its own: the admin interface, and through it the statistics for Prometheus", async () => {
  const [port, adminPort] = (await freePorts(2)) as [number, number]
  await using one = await startBackend("one")
  const bootstrap = { type: "Merge", value: JSON.stringify({ admin: admin(adminPort) }) }
  await using gw = await start(port, one.port, { bootstrap })
  for (let i = 0; i < 5; i++) await gw.request(port, "/x")
  const { status, body } = await gw.request(adminPort, "/stats/prometheus")
  expect(status).toBe(200)
  expect(body).toMatch(/^envoy_cluster_upstream_rq_total\{envoy_cluster_name="httproute\/default\/all\/rule\/0"\} 5$/m)
})

it("patches its bootstrap, and keeps only the statistics that match", async () => {
  const [port, adminPort] = (await freePorts(2)) as [number, number]
  await using one = await startBackend("one")
  const jsonPatches = [
    { op: "add", path: "/admin", value: admin(adminPort) },
    { op: "replace", jsonPath: "$..max_active_downstream_connections", value: 77 },
  ]
  const metrics = { matches: [{ type: "Prefix", value: "server." }] }
  await using gw = await start(port, one.port, {
    bootstrap: { type: "JSONPatch", jsonPatches },
    telemetry: { metrics },
  })
  expect((await gw.request(port, "/x")).status).toBe(200)
  const { body } = await gw.request(adminPort, "/config_dump?mask=bootstrap")
  expect(body).toMatch(/"max_active_downstream_connections": "77"/)
  const stats = (await gw.request(adminPort, "/stats")).body.trim().split("\n")
  expect(stats.filter((line) => !line.startsWith("server."))).toEqual([])
  expect(stats.length).toBeGreaterThan(10)
})

it("warns of a bootstrap that would cut it off, goes on with its own, and tells of a later one", async () => {
  const [port] = (await freePorts(1)) as [number]
  await using one = await startBackend("one")
  const jsonPatches = [{ op: "remove", path: "/cluster_manager" }]
  await using gw = await start(port, one.port, { bootstrap: { type: "JSONPatch", jsonPatches } })
  expect(gw.output()).toMatch(/warning: spec\.bootstrap: .*default\/gw.*\/cluster_manager.*\[ATT_RESOURCE_BOOTSTRAP\]/)
  expect((await gw.request(port, "/x")).status).toBe(200)
  const bootstrap = { type: "Merge", value: "stats_flush_interval: 3s" }
  await gw.write("gateway.yaml", stream(...governed(gateway({ http: port }), { bootstrap })))
  await gw.until(port, "/x", () => gw.output().includes("changed bootstrap of default/gw"))
})

it("keeps the order in which routes are written when it is told to", async () => {
  const [port] = (await freePorts(1)) as [number]
  await using one = await startBackend("one")
  await using two = await startBackend("two")
  const routes = stream(
    backend("one", one.port),
    backend("two", two.port),
    route("all", [
      prefix("/", { backendRefs: [to("one")] }),
      { matches: [{ path: { type: "Exact", value: "/x" } }], backendRefs: [to("two")] },
    ]),
  )
  const gatewayWith = (spec: Readonly<Record<string, unknown>>) => stream(...governed(gateway({ http: port }), spec))
  await using gw = await startGateway({ "gateway.yaml": gatewayWith({}), "routes.yaml": routes })
  expect((await gw.request(port, "/x")).body).toContain('"two"')
  await gw.write("gateway.yaml", gatewayWith({ preserveRouteOrder: true }))
  await gw.until(port, "/x", ({ body }) => body.includes('"one"'))
})

it("runs one Envoy for all Gateways of a class that merges them", async () => {
  const [a, b, adminPort] = (await freePorts(3)) as [number, number, number]
  await using one = await startBackend("one")
  const [namespace, gatewayClass, gw] = gateway({ http: a })
  const parametersRef = { group: "gateway.envoyproxy.io", kind: "EnvoyProxy", name: "own", namespace: "default" }
  const [, , other] = gateway({ http: b })
  const [proxy] = governed([], {
    mergeGateways: true,
    bootstrap: { type: "Merge", value: JSON.stringify({ admin: admin(adminPort) }) },
  })
  const objects = [
    namespace,
    { ...gatewayClass, spec: { ...(gatewayClass?.spec as object), parametersRef } },
    gw,
    { ...other, metadata: { name: "other" } },
    proxy,
    backend("one", one.port),
    route("all", [prefix("/", { backendRefs: [to("one")] })], { parentRefs: [{ name: "gw" }, { name: "other" }] }),
  ]
  await using running = await startGateway({ "all.yaml": stream(...(objects as Record<string, unknown>[])) })
  for (const port of [a, b]) expect((await running.request(port, "/x")).status).toBe(200)
  const listeners = (await running.request(adminPort, "/listeners")).body
  expect([listeners.includes(`:${a}\n`), listeners.includes(`:${b}\n`)]).toEqual([true, true])
})
