/**
 * A control plane over files with one client and one Envoy: cold start, and edits from the file to their answers.
 *
 * Part of `npm run bench`; alone: node --expose-gc bench/part.ts serving ROUTES [PER_SECOND]
 */
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { silentLogger } from "@attache/base"
import { type ControlPlane, createControlPlane } from "@attache/control-plane"
import { freePorts } from "@attache/envoy"
import type { AnyObject } from "@attache/translate"
import {
  generatedProxy,
  generatedSettings,
  generateWorld,
  type WorldShape,
  worldEdits,
} from "@attache/translate/testing"
import { cpuMs, type Delivery, memoryMiB, quantile, type ServingFigures, type Stream } from "./figures.ts"
import { type Arrivals, createArrivals } from "./serving-arrivals.ts"
import { type BenchEnvoy, startBenchClient, startBenchEnvoy } from "./serving-peers.ts"
import { watchTurns } from "./turns.ts"
import { nameOf, writeWorld, yamlOf } from "./world-files.ts"

/** Edits that are measured one by one. */
const edits = [
  "path of a route",
  "endpoints of a service",
  "Lua of a route",
  "protocol of a service",
  "certificate of a listener",
] as const
/** Reaches every virtual host. */
const wideEdit = "annotation of the Gateway"
const repetitions = 24

/** A running control plane with what hangs on it. */
interface World {
  readonly controlPlane: ControlPlane
  readonly arrivals: Arrivals
  readonly envoy: BenchEnvoy | undefined
  /** Writes an object into its file, at once as editors do. */
  readonly write: (object: AnyObject) => void
  readonly shape: WorldShape
}

/** Measures one size in this process. */
export async function measure([routes = "1000", perSecond = "50"]: readonly string[]): Promise<ServingFigures> {
  const folder = mkdtempSync(join(tmpdir(), "bench-serving-"))
  const closing: (() => unknown)[] = []
  try {
    const [web = 0, internal = 0, secure = 0] = await freePorts(3)
    const shape: WorldShape = { routes: Number(routes), ports: { web, internal, secure } }
    const objects = generateWorld(shape)
    const versions = ([...edits, wideEdit] as const).map((name) => objectOf(shape, name, 0))
    const paths = writeWorld(join(folder, "objects"), objects, versions)
    const turns = watchTurns()
    const arrivals = createArrivals()
    const settings = { ...generatedSettings, profile: "host", shiftPortsBelow: 0 } as const
    const controlPlane = createControlPlane({
      paths: [join(folder, "objects")],
      settings,
      defaultNamespace: "default",
      logger: silentLogger,
      onUpdate: (update) => arrivals.note(update, controlPlane),
    })
    closing.push(() => controlPlane.close())
    const began = { cpu: cpuMs(), wall: performance.now() }
    await controlPlane.start()
    const cold = { cpuMs: cpuMs() - began.cpu, wallMs: performance.now() - began.wall }
    const starting = turns.stop()
    const findings = controlPlane.findings()
    if (findings.length > 0) throw new Error(`the world is not good: ${findings[0]?.message}`)
    const memory = await memoryMiB()
    const connectingTurns = watchTurns()
    const socket = join(folder, "xds")
    await controlPlane.xds.listen({ unixPath: socket })
    const client = await startBenchClient(`unix:${socket}`, generatedProxy, arrivals.received)
    closing.push(() => client.stop())
    const envoy = await startBenchEnvoy(socket, generatedProxy)
    if (envoy !== undefined) closing.push(() => envoy.stop())
    await arrivals.settled(controlPlane, envoy === undefined ? 1 : 2)
    const connecting = connectingTurns.stop()
    const write = (object: AnyObject): void => {
      const path = paths.get(nameOf(object)) ?? join(folder, "objects", "more.yaml")
      writeFileSync(`${path}.new`, yamlOf(object))
      renameSync(`${path}.new`, path)
    }
    const world: World = { controlPlane, arrivals, envoy, write, shape }
    const deliveries: Delivery[] = []
    for (const name of edits) deliveries.push(await deliver(world, name))
    const wideTurns = watchTurns()
    await editOnce(world, wideEdit, 1)
    const everything = wideTurns.stop()
    const serving = watchTurns()
    const stream = await streamEdits(world, Number(perSecond))
    const longestTurnMs = { starting, connecting, everything, serving: serving.stop() }
    const memoryServed = await memoryMiB()
    return { routes: shape.routes, cold, longestTurnMs, memory, memoryServed, deliveries, stream }
  } finally {
    for (const close of closing.reverse()) await close()
    rmSync(folder, { recursive: true, force: true })
  }
}

type EditName = keyof ReturnType<typeof worldEdits>

function objectOf(shape: WorldShape, edit: EditName, version: number): AnyObject {
  const object = worldEdits(shape)[edit](version)
  if (typeof object === "string") throw new Error(`${edit} removes an object`)
  return object
}

/** One edit, until it has been answered by all. */
async function editOnce({ controlPlane, arrivals, envoy, write, shape }: World, edit: EditName, version: number) {
  const object = objectOf(shape, edit, version)
  const began = { cpu: cpuMs(), wall: performance.now(), envoy: envoy?.cpuMs() ?? 0, bytes: arrivals.bytesAtClient() }
  write(object)
  await controlPlane.refresh()
  const sent = arrivals.lastPublished()
  const clientMs = (await arrivals.atClient(sent)) - began.wall
  const cpu = cpuMs() - began.cpu
  const bytes = arrivals.bytesAtClient() - began.bytes
  const answered = envoy === undefined ? began.wall : await arrivals.atEnvoy(sent)
  return { cpu, bytes, clientMs, envoyMs: answered - began.wall, envoyCpu: (envoy?.cpuMs() ?? 0) - began.envoy }
}

async function deliver(world: World, edit: EditName): Promise<Delivery> {
  const samples: Awaited<ReturnType<typeof editOnce>>[] = []
  for (let version = 1; version <= repetitions; version++) samples.push(await editOnce(world, edit, version))
  const middle = (pick: (sample: (typeof samples)[number]) => number): number => quantile(samples.map(pick), 0.5)
  const withEnvoy = { envoyMs: middle((s) => s.envoyMs), envoyCpuMs: middle((s) => s.envoyCpu) }
  return {
    edit,
    cpuMs: middle((s) => s.cpu),
    bytes: middle((s) => s.bytes),
    clientMs: middle((s) => s.clientMs),
    ...(world.envoy === undefined ? {} : withEnvoy),
  }
}

/** Edits of one route at a pace, whatever becomes of those before. */
async function streamEdits(world: World, perSecond: number): Promise<Stream> {
  const { controlPlane, arrivals, envoy, write, shape } = world
  const count = 5 * perSecond
  const written: number[] = []
  const begin = performance.now()
  for (let n = 0; n < count; n++) {
    const due = begin + (1000 * n) / perSecond
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())))
    written.push(performance.now())
    // Behind all versions so far; the number is in the path, so that a receiver knows which edit it has.
    const object = worldEdits(shape)["path of a route"](1_000_000 + n)
    if (typeof object !== "string") write(object)
    void controlPlane.refresh()
  }
  const last = 1_000_000 + count - 1
  await arrivals.edit(last, envoy !== undefined)
  const times = (arrived: ReadonlyMap<number, number>): { readonly p50: number; readonly p99: number } => {
    const took = written.map((at, n) => firstFrom(arrived, 1_000_000 + n) - at)
    return { p50: quantile(took, 0.5), p99: quantile(took, 0.99) }
  }
  return {
    edits: count,
    perSecond,
    client: times(arrivals.editsAtClient),
    ...(envoy === undefined ? {} : { envoy: times(arrivals.editsAtEnvoy) }),
  }
}

/** When this edit or a later one arrived first. */
function firstFrom(arrived: ReadonlyMap<number, number>, edit: number): number {
  return Math.min(...[...arrived].filter(([n]) => n >= edit).map(([, at]) => at))
}
