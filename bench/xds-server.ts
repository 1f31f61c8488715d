/**
 * The xDS server by itself: memory per connected client, and the time from a snapshot to the client.
 *
 * Part of `npm run bench`; alone: node --expose-gc bench/part.ts xds-server [STREAMS] [RESOURCES] [ROUTES] [CHANGES].
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
import { memoryMiB, quantile } from "./figures.ts"

/** What the xDS server needs. */
export interface XdsServerFigures {
  readonly streams: number
  readonly resources: number
  /** Until every stream has everything, in seconds. */
  readonly deliveredS: number
  /** Heap and buffers of the server for each stream, in KiB. */
  readonly kibPerStream: number
  readonly residentMiB: number
  readonly routes: number
  readonly changes: number
  /** From a snapshot to the client at 50 changes a second, in milliseconds. */
  readonly client: { readonly p50: number; readonly p99: number }
}

const directory = mkdtempSync(join(tmpdir(), "bench-xds-"))

/** Measures in this process. */
export async function measure(parameters: readonly string[]): Promise<XdsServerFigures> {
  const [streams = 1000, resources = 5000, routes = 5000, changes = 500] = parameters.map(Number)
  try {
    const memory = await memoryPerClient(streams, resources)
    return { streams, resources, ...memory, routes, changes, client: await changeToClient(routes, changes) }
  } finally {
    rmSync(directory, { recursive: true })
  }
}

/** Half the resources are clusters, which every client takes by wildcard, half endpoints, which it takes by name. */
async function memoryPerClient(
  streams: number,
  resources: number,
): Promise<Pick<XdsServerFigures, "deliveredS" | "kibPerStream" | "residentMiB">> {
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
  const before = await memoryMiB()
  const start = performance.now()
  server.setSnapshot("web", snapshot)
  await message(clients, "all")
  const deliveredS = (performance.now() - start) / 1000
  await new Promise((resolve) => setTimeout(resolve, 500))
  const after = await memoryMiB()
  clients.kill()
  await server.close()
  const kibPerStream = ((after.heap - before.heap) * 1024) / streams
  return { deliveredS, kibPerStream, residentMiB: after.resident }
}

/** One route configuration changes 50 times a second; the client notes when each version reaches it. */
async function changeToClient(routes: number, changes: number): Promise<XdsServerFigures["client"]> {
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
  clients.kill()
  await server.close()
  if (took.length === 0) throw new Error("nothing was delivered")
  return { p50: quantile(took, 0.5), p99: quantile(took, 0.99) }
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
