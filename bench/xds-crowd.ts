/**
 * A thousand proxies that connect to one xDS server at the same moment, as after a restart, and then stop reading.
 *
 * In each of the four variants: the time until all have everything, the memory that each costs meanwhile and afterwards, and what
 * changes cost that nobody reads. Half the resources are clusters with endpoints by EDS, half the endpoints.
 *
 * Run: node --expose-gc --max-semi-space-size=4 bench/part.ts xds-crowd [STREAMS] [RESOURCES] [CHANGES].
 */
import { type ChildProcess, fork } from "node:child_process"
import { fileURLToPath } from "node:url"
import { resourceTypeUrls as typeUrls } from "@attache/envoy-api"
import { createSnapshot, createXdsServer, type Snapshot } from "@attache/xds-server"
import { edsCluster, localEndpoint } from "@attache/xds-server/testing"
import { memoryMiB } from "./figures.ts"

/** One variant. */
export interface CrowdFigures {
  readonly variant: "sotw" | "delta"
  readonly mode: "ads" | "single"
  readonly streams: number
  readonly resources: number
  /** Until every proxy has everything, in seconds. */
  readonly deliveredS: number
  /** Resident memory for each proxy at its most, in KiB, the room that Node takes for garbage included. */
  readonly peakKib: number
  /** Heap and buffers for each proxy when all is quiet, in KiB. */
  readonly quietKib: number
  /** Growth of heap and buffers for each proxy by changes of every cluster that it does not read, in KiB. */
  readonly stalledKib: number
  /** Bytes of the clusters, in KiB: one message to a proxy. */
  readonly messageKib: number
}

/** Measures in this process. */
export async function measure(parameters: readonly string[]): Promise<readonly CrowdFigures[]> {
  const [streams = 1000, resources = 5000, changes = 100] = parameters.map(Number)
  const figures: CrowdFigures[] = []
  for (const mode of ["ads", "single"] as const)
    for (const variant of ["sotw", "delta"] as const)
      figures.push(await measureOne(variant, mode, { streams, resources, changes }))
  return figures
}

interface Size {
  readonly streams: number
  readonly resources: number
  readonly changes: number
}

async function measureOne(
  variant: CrowdFigures["variant"],
  mode: CrowdFigures["mode"],
  { streams, resources, changes }: Size,
): Promise<CrowdFigures> {
  const server = createXdsServer()
  const { port } = await server.listen({ host: "127.0.0.1", port: 0 })
  const state = stateOf(resources, 0)
  server.setSnapshot("web", state)
  const clients = fork(
    fileURLToPath(new URL("xds-crowd-clients.ts", import.meta.url)),
    [String(port), String(streams), String(resources), variant, mode],
    { execArgv: ["--max-old-space-size=8192"] },
  )
  await message(clients, "ready")
  const before = await memoryMiB()
  let peak = 0
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }, 10)
  const start = performance.now()
  clients.send("connect")
  await message(clients, "all")
  const deliveredS = (performance.now() - start) / 1000
  clearInterval(watch)
  await new Promise((resolve) => setTimeout(resolve, 1000))
  const quiet = await memoryMiB()
  clients.send("stall")
  await message(clients, "stalled")
  for (let n = 1; n <= changes; n++) {
    server.setSnapshot("web", stateOf(resources, n))
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const stalled = await memoryMiB()
  const ended = new Promise((resolve) => clients.on("exit", resolve))
  clients.kill()
  await ended
  await server.close()
  const each = (mib: number): number => Math.round(((mib * 1024) / streams) * 10) / 10
  const clusters = [...(state.types.get(typeUrls.cluster)?.resources.values() ?? [])]
  return {
    variant,
    mode,
    streams,
    resources,
    deliveredS: Math.round(deliveredS * 10) / 10,
    peakKib: each(peak / 2 ** 20 - before.resident),
    quietKib: each(quiet.heap - before.heap),
    stalledKib: each(stalled.heap - quiet.heap),
    messageKib: Math.round(clusters.reduce((sum, { bytes }) => sum + bytes.length, 0) / 1024),
  }
}

/** Every state has other clusters of the same names. */
function stateOf(resources: number, n: number): Snapshot {
  const names = Array.from({ length: resources / 2 }, (_, at) => `httproute/default/backend-${at}/rule/0`)
  return createSnapshot({
    [typeUrls.cluster]: names.map((name) => edsCluster(name, 1000 + n)),
    [typeUrls.endpoint]: names.map((name) => localEndpoint(name, 9000)),
  })
}

function message(child: ChildProcess, want: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const look = (text: unknown): void => {
    if (text !== want) return
    child.off("message", look)
    resolve()
  }
  child.on("message", look)
  child.once("exit", () => reject(new Error("the clients ended")))
  return promise
}
