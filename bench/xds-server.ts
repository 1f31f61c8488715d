/**
 * The xDS server by itself: memory per connected client, and the time from a snapshot to the client.
 *
 * Run: node --expose-gc bench/xds-server.ts [STREAMS] [RESOURCES] [ROUTES] [CHANGES]. Prints only.
 * Clients live in a process of their own, so that the server's memory and time are its own.
 */
import { type ChildProcess, fork } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { contentVersion } from "@attache/base"
import { encode, resourceTypeUrls as typeUrls } from "@attache/envoy-api"
import { RouteConfigurationSchema } from "@attache/envoy-api/gen/envoy/config/route/v3/route_pb"
import {
  createSnapshot,
  createXdsServer,
  type ResourceInput,
  updateSnapshot,
  type XdsServer,
} from "@attache/xds-server"

const streams = Number(process.argv[2] ?? 1000)
const resources = Number(process.argv[3] ?? 5000)
const routes = Number(process.argv[4] ?? 5000)
const changes = Number(process.argv[5] ?? 500)

const MiB = 1024 * 1024
const directory = mkdtempSync(join(tmpdir(), "bench-xds-"))
try {
  await memoryPerClient()
  await changeToClient()
} finally {
  rmSync(directory, { recursive: true })
}
process.exit(0)

/** Half the resources are clusters, which every client takes by wildcard, half endpoints, which it takes by name. */
async function memoryPerClient(): Promise<void> {
  const names = Array.from({ length: resources / 2 }, (_, n) => `httproute/default/backend-${n}/rule/0`)
  const filled = (name: string, size: number): ResourceInput => ({
    name,
    bytes: Buffer.alloc(size, contentVersion(name)),
  })
  const snapshot = createSnapshot({
    [typeUrls.cluster]: names.map((name) => filled(name, 400)),
    [typeUrls.endpoint]: names.map((name) => filled(name, 150)),
  })
  const { server, clients } = await connect(streams, "memory", names)
  const before = await resident()
  const start = performance.now()
  server.setSnapshot("web", snapshot)
  await message(clients, "all")
  const seconds = (performance.now() - start) / 1000
  await new Promise((resolve) => setTimeout(resolve, 500))
  const after = await resident()
  const kb = (from: number, to: number): string => `${((to - from) / streams / 1024).toFixed(1)} KiB`
  console.log(`${streams} streams, ${resources} resources each, delivered in ${seconds.toFixed(1)} s`)
  console.log(`  per client, heap and buffers: ${kb(before.used, after.used)}; resident: ${kb(before.rss, after.rss)}`)
  console.log(
    `  server in all: ${(after.rss / MiB).toFixed(0)} MiB resident; a stream before any snapshot: ${kb(0, before.rss)} of the process`,
  )
  clients.kill()
  await server.close()
}

/** One route configuration changes 50 times a second; the client notes when each version reaches it. */
async function changeToClient(): Promise<void> {
  const { server, clients } = await connect(1, "latency", ["routes"])
  const bytes = encode(RouteConfigurationSchema, {
    name: "routes",
    virtualHosts: [{ name: "all", domains: ["*"], routes: Array.from({ length: routes }, (_, n) => oneRoute(n)) }],
  })
  let snapshot = createSnapshot({ [typeUrls.route]: [{ name: "routes", bytes }] })
  const sent = new Map<string, bigint>()
  const took: number[] = []
  clients.on("message", ({ version, at }: { version: string; at: string }) => {
    const from = sent.get(version)
    if (from !== undefined) took.push(Number(BigInt(at) - from) / 1e6)
  })
  for (let n = 0; n < changes; n++) {
    // The last bytes of the message are the last route's cluster name: a change of equal size, joined as the translator would.
    const changed = Buffer.from(bytes)
    changed.write(String(n).padStart(6, "0"), changed.length - 6)
    const version = contentVersion(String(n))
    sent.set(version, process.hrtime.bigint())
    snapshot = updateSnapshot(snapshot, { [typeUrls.route]: { put: [{ name: "routes", bytes: changed, version }] } })
    server.setSnapshot("web", snapshot)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await new Promise((resolve) => setTimeout(resolve, 300))
  took.sort((a, b) => a - b)
  const at = (part: number): string => `${(took[Math.floor(took.length * part)] ?? 0).toFixed(1)} ms`
  console.log(
    `${routes} routes (${(bytes.length / MiB).toFixed(2)} MiB), ${changes} changes at 50/s: ${took.length} delivered`,
  )
  console.log(`  snapshot to client: p50 ${at(0.5)}, p99 ${at(0.99)}`)
  clients.kill()
  await server.close()
}

function oneRoute(n: number) {
  return {
    name: `httproute/default/route-${n}/rule/0/match/0/www_example_com`,
    match: { pathSpecifier: { case: "pathSeparatedPrefix", value: `/service-${n}` } } as const,
    action: {
      case: "route",
      value: { clusterSpecifier: { case: "cluster", value: `httproute/default/route-${n}/rule/000000` } },
    } as const,
  }
}

async function connect(
  count: number,
  mode: string,
  names: readonly string[],
): Promise<{ server: XdsServer; clients: ChildProcess }> {
  let connected = 0
  const all = Promise.withResolvers<void>()
  const server = createXdsServer({ onEvent: (e) => e.type === "connect" && ++connected === count && all.resolve() })
  const { address } = await server.listen({ unixPath: join(directory, mode) })
  const file = fileURLToPath(new URL("xds-server-clients.ts", import.meta.url))
  const clients = fork(file, [address, String(count), mode], { execArgv: ["--max-old-space-size=4096"] })
  await message(clients, "ready")
  clients.send({ names })
  await all.promise
  return { server, clients }
}

function message(child: ChildProcess, want: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const look = (text: unknown): void => {
    if (text !== want) return
    child.off("message", look)
    resolve()
  }
  child.on("message", look)
  return promise
}

async function resident(): Promise<{ used: number; rss: number }> {
  for (let n = 0; n < 3; n++) {
    globalThis.gc?.()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  if (process.env.DEBUG_MEM) console.log(process.memoryUsage())
  const { heapUsed, external, rss } = process.memoryUsage()
  return { used: heapUsed + external, rss }
}
