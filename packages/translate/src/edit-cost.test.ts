// What an edit costs is counted, not timed: queries that run and resources that are encoded again, at two sizes.
import { describe, expect, it } from "vitest"
import { type Resource, resourceMaps, snapshotChanges } from "./emit/snapshot.ts"
import { generatedProxy, generatedSettings, generateWorld, type WorldShape, worldEdits } from "./testing/index.ts"
import { createTranslator, type Translator } from "./translator.ts"

/** What one edit did. */
interface Cost {
  readonly queries: number
  /** Resources by type that are other bytes than before. */
  readonly changed: Readonly<Record<string, number>>
  /** Statuses of objects that differ. */
  readonly statuses: number
}

const sizes = [100, 1000]
// Both large enough for the routes of a listener to be held in groups.
const grouped = [1000, 2000]

function world(shape: WorldShape): Translator {
  const translator = createTranslator({
    settings: generatedSettings,
    onFailure: (query, key, cause) => {
      throw new Error(`${query} ${key}`, { cause })
    },
  })
  for (const object of generateWorld(shape)) translator.upsert(object)
  translator.snapshot(generatedProxy)
  translator.statusChanges()
  return translator
}

function tables(translator: Translator): ReadonlyMap<string, ReadonlyMap<string, Resource>> {
  const snapshot = translator.snapshot(generatedProxy)
  return snapshot === undefined ? new Map() : resourceMaps(snapshot)
}

/** The third of three like edits: the first may be the first of its kind, and the second may undo it. */
function costOf(shape: WorldShape, edit: keyof ReturnType<typeof worldEdits>): Cost {
  const translator = world(shape)
  let cost: Cost | undefined
  for (const version of [1, 2, 3]) {
    const before = translator.snapshot(generatedProxy)
    const old = tables(translator)
    translator.collect()
    translator.resetStats()
    const change = worldEdits(shape)[edit](version)
    if (typeof change === "string") translator.remove(change)
    else translator.upsert(change)
    const after = translator.snapshot(generatedProxy)
    const statuses = translator.statusChanges().size
    const queries = [...translator.stats().runs.values()].reduce((sum, n) => sum + n, 0)
    const changes = snapshotChanges(before, after)
    expectOnlyWhatChanged(old, tables(translator), changes)
    const changed = [...changes].map(([type, { put, remove }]) => [type.split(".").at(-1), put.length + remove.length])
    cost = { queries, changed: Object.fromEntries(changed), statuses }
  }
  return cost as Cost
}

/** Nothing is sent whose bytes did not change, and nothing that did is left out. */
function expectOnlyWhatChanged(
  before: ReadonlyMap<string, ReadonlyMap<string, Resource>>,
  after: ReadonlyMap<string, ReadonlyMap<string, Resource>>,
  changes: ReturnType<typeof snapshotChanges>,
): void {
  for (const [type, resources] of after) {
    const old = before.get(type) ?? new Map<string, Resource>()
    const put = [...resources.values()].filter(
      ({ name, bytes }) => Buffer.compare(bytes, old.get(name)?.bytes ?? new Uint8Array()) !== 0,
    )
    const remove = [...old.keys()].filter((name) => !resources.has(name))
    const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name).sort()
    expect(names(changes.get(type)?.put ?? [])).toEqual(names(put))
    expect([...(changes.get(type)?.remove ?? [])].sort()).toEqual(remove.sort())
  }
}

type Row = readonly [edit: keyof ReturnType<typeof worldEdits>, changed: Cost["changed"], statuses: number]

describe("an edit costs the same in a small and in a large world", () => {
  it.each<Row>([
    ["weight in a route", { ClusterLoadAssignment: 1 }, 0],
    ["path of a route", { RouteConfiguration: 1 }, 0],
    ["hostname of a route", { RouteConfiguration: 1 }, 0],
    ["endpoints of a service", { ClusterLoadAssignment: 4 }, 0],
    ["Lua of a route", { Listener: 1 }, 0],
    ["certificate of a listener", { Secret: 1 }, 0],
    ["patch of a listener", { Listener: 1 }, 0],
  ])("%s", (edit, changed, statuses) => {
    const [small, large] = sizes.map((routes) => costOf({ routes }, edit))
    expect(small).toEqual(large)
    expect(small).toMatchObject({ changed, statuses })
  })

  // What shares a group with what is an accident of names, so these differ by a few queries either way.
  it.each<Row>([
    ["external processor of a route", { Listener: 1 }, 0],
    ["route comes and goes", { Cluster: 1, ClusterLoadAssignment: 1, RouteConfiguration: 1 }, 2],
    ["protocol of a service", { Cluster: 4 }, 0],
    ["TLS to a service", { Cluster: 4 }, 0],
  ])("%s, but for neighbours in groups", (edit, changed, statuses) => {
    const [small, large] = grouped.map((routes) => costOf({ routes }, edit))
    expect(large).toMatchObject({ changed, statuses })
    expect(small).toMatchObject({ changed, statuses })
    expect(large?.queries).toBeLessThan((small?.queries ?? 0) + 24)
    expect(large?.queries).toBeLessThan(96)
  })
})
