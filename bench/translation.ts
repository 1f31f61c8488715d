/**
 * Translation in process: a cold build from objects, and one edit after it, by number of routes.
 *
 * Part of `npm run bench`; alone: node --expose-gc bench/part.ts translation ROUTES
 */
import { createTranslator, snapshotChanges, type Translator } from "@attache/translate"
import {
  generatedProxy,
  generatedSettings,
  generateWorld,
  type WorldEdit,
  worldEdits,
} from "@attache/translate/testing"
import { emptySnapshot, type Snapshot, updateSnapshot } from "@attache/xds-server"
import { cpuMs, type EditCost, memoryMiB, type TranslationFigures } from "./figures.ts"

const warmups = 10
const batches = 4
const batch = 15

/** A translator and what was published of it. */
interface Published {
  readonly translator: Translator
  snapshot: Snapshot
}

/** Measures one size in this process. */
export async function measure([routes = "1000"]: readonly string[]): Promise<TranslationFigures> {
  const shape = { routes: Number(routes) }
  const objects = generateWorld(shape)
  const translator = createTranslator({ settings: generatedSettings, onFailure })
  const began = { cpu: cpuMs(), wall: performance.now() }
  for (const object of objects) translator.upsert(object)
  const published: Published = { translator, snapshot: emptySnapshot }
  publish(published, undefined)
  const cold = { cpuMs: cpuMs() - began.cpu, wallMs: performance.now() - began.wall }
  const memory = await memoryMiB()
  const edits = Object.entries(worldEdits(shape)).map(([name, edit]) => costOf(published, name, edit))
  const patched = patchedRoutes(shape.routes)
  return { routes: shape.routes, objects: objects.length, cold, memory, edits: [...edits, patched] }
}

function onFailure(query: string, key: string, error: unknown): never {
  throw new Error(`${query} ${key}`, { cause: error })
}

/** As a control plane does after a change: what to send, and what to write into statuses. */
function publish(published: Published, before: ReturnType<Translator["snapshot"]>) {
  const { translator } = published
  const changes = snapshotChanges(before, translator.snapshot(generatedProxy))
  published.snapshot = updateSnapshot(published.snapshot, changes)
  translator.statusChanges()
  return changes
}

function costOf(published: Published, name: string, edit: WorldEdit): EditCost {
  const { translator } = published
  let version = 0
  let cost: Omit<EditCost, "cpuMs" | "edit"> = { queries: 0, resources: 0, bytes: 0 }
  const editOnce = (): void => {
    const change = edit(++version)
    const before = translator.snapshot(generatedProxy)
    translator.resetStats()
    if (typeof change === "string") translator.remove(change)
    else translator.upsert(change)
    const changes = [...publish(published, before).values()]
    translator.collect()
    cost = {
      queries: [...translator.stats().runs.values()].reduce((sum, n) => sum + n, 0),
      resources: changes.reduce((sum, { put, remove }) => sum + put.length + remove.length, 0),
      bytes: changes.flatMap(({ put }) => put).reduce((sum, { bytes }) => sum + bytes.length, 0),
    }
  }
  for (let n = 0; n < warmups; n++) editOnce()
  const perEdit = Array.from({ length: batches }, () => {
    const began = cpuMs()
    for (let n = 0; n < batch; n++) editOnce()
    return (cpuMs() - began) / batch
  })
  // The last of an odd number of edits: the route that comes and goes has come.
  editOnce()
  return { edit: name, ...cost, cpuMs: Math.min(...perEdit) }
}

/** An edited route in a world where a patch changes the route configuration: the patch is applied again to the whole. */
function patchedRoutes(routes: number): EditCost {
  const shape = { routes, isRoutesPatched: true }
  const translator = createTranslator({ settings: generatedSettings, onFailure })
  for (const object of generateWorld(shape)) translator.upsert(object)
  const published: Published = { translator, snapshot: emptySnapshot }
  publish(published, undefined)
  return costOf(published, "path of a route, all patched", worldEdits(shape)["path of a route"])
}
