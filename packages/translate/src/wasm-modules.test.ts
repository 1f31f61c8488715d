import { AttacheError, createGraph, createManualClock } from "@attache/base"
import type { Wasm } from "@attache/kube-api"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { WasmModuleState, WasmRequest } from "./attach/policies/envoy-extension-policy/wasm.ts"
import type { WasmCode } from "./plan/index.ts"
import { createWasmModules, type ModuleInterim, retryPauseMs, type WantedModule } from "./wasm-modules.ts"

const request = (name: string): WasmRequest => ({ type: "HTTP", url: `http://modules/${name}` })
const code = (name: string): WasmCode => ({ type: "file", path: `/store/${name}`, sha256: name })
const entryOf = ({ url }: WasmRequest) => ({ name: url, code: { type: "HTTP" } }) as Wasm
/** What an entry had, as it was then. */
const had = (name: string) => ({ code: code(name), entry: entryOf(request(name)) })
const later = (text: string) => new AttacheError("ATT_TEST", text, { retry: "later" })
const never = (text: string) => new AttacheError("ATT_TEST", text)

/** One entry of a policy over a loader that answers when it is told to. */
function setUp() {
  const graph = createGraph()
  const clock = createManualClock()
  const loads: ({
    url: string
    signal: AbortSignal
    resolve(code: WasmCode): void
    reject(error: unknown): void
  } & ModuleInterim)[] = []
  let changes = 0
  const modules = createWasmModules(graph, {
    load: ({ url }, signal, interim) =>
      new Promise((resolve, reject) =>
        loads.push({ url: url.slice("http://modules/".length), signal, resolve, reject, ...interim }),
      ),
    onChange: () => changes++,
    clock,
    random: () => 0,
  })
  const wanted = graph.input<WasmRequest>("wanted")
  const entry = graph.query<WasmModuleState | undefined>("entry", (attachment) => {
    const asked = wanted.get(attachment)
    return asked === undefined ? undefined : modules.read(asked, attachment, entryOf(asked))
  })
  const asked = (): WantedModule[] =>
    wanted.keys().flatMap((attachment) => {
      const found = wanted.get(attachment)
      return found === undefined ? [] : [{ attachment, request: found }]
    })
  return {
    clock,
    loads,
    modules,
    changes: () => changes,
    ask: (name: string, attachment = "a") => wanted.set(attachment, request(name)),
    drop: (attachment = "a") => wanted.delete(attachment),
    state: (attachment = "a") => entry.get(attachment),
    collect: () => {
      graph.collect()
      modules.retain(asked())
    },
    /** Lets loads that were asked for begin, and results arrive. */
    turn: () => new Promise((resolve) => setImmediate(resolve)),
  }
}

describe("createWasmModules", () => {
  it("loads a module when it is first read and tells of its arrival", async () => {
    const world = setUp()
    world.ask("one")
    expect(world.loads).toEqual([])
    expect(world.state()).toEqual({ state: "pending" })
    await world.turn()
    expect(world.loads.map(({ url }) => url)).toEqual(["one"])
    expect(world.modules.pending()).toBe(1)
    world.loads[0]?.resolve(code("one"))
    await world.modules.settled()
    expect(world.state()).toEqual({ state: "ready", value: code("one") })
    expect(world.changes()).toBe(1)
  })

  it("loads one module once for any number of entries", async () => {
    const world = setUp()
    for (const attachment of ["a", "b"]) {
      world.ask("one", attachment)
      world.state(attachment)
    }
    await world.turn()
    expect(world.loads).toHaveLength(1)
  })

  it("keeps the old module of an entry while the new one is on its way, and only then", async () => {
    const world = setUp()
    world.ask("one")
    world.state()
    await world.turn()
    world.loads[0]?.resolve(code("one"))
    await world.turn()
    world.state()

    world.ask("two")
    expect(world.state()).toEqual({ state: "pending", lastGood: had("one") })
    world.collect()
    expect(world.state()).toEqual({ state: "pending", lastGood: had("one") })
    world.ask("two", "b")
    expect(world.state("b"), "another entry never had one").toEqual({ state: "pending" })

    await world.turn()
    world.loads[1]?.resolve(code("two"))
    await world.turn()
    expect(world.state()).toEqual({ state: "ready", value: code("two") })
  })

  it("keeps the old module through failures that may pass, and gives it up after a final one", async () => {
    const world = setUp()
    world.ask("one")
    world.state()
    await world.turn()
    world.loads[0]?.resolve(code("one"))
    await world.turn()
    world.state()

    world.ask("two")
    world.state()
    await world.turn()
    world.loads[1]?.reject(later("no route"))
    await world.turn()
    expect(world.state()).toEqual({ state: "failed", error: "no route", lastGood: had("one") })

    world.clock.advance(60_000)
    world.loads[2]?.reject(never("no module"))
    await world.turn()
    expect(world.state()).toEqual({ state: "failed", error: "no module" })
    world.ask("three")
    expect(world.state(), "it is not taken out again").toEqual({ state: "pending" })
  })

  it("heals by itself: tries again after growing pauses, without a pause when told to, and never after a final failure", async () => {
    const world = setUp()
    world.ask("one")
    world.state()
    await world.turn()
    for (const pauseMs of [500, 1_000, 2_000]) {
      const before = world.loads.length
      world.loads.at(-1)?.reject(later("away"))
      await world.turn()
      expect(world.modules.pending()).toBe(0)
      world.clock.advance(pauseMs - 1)
      expect(world.loads).toHaveLength(before)
      world.clock.advance(1)
      expect(world.loads).toHaveLength(before + 1)
    }
    world.loads.at(-1)?.reject(later("away"))
    await world.turn()
    world.modules.retry()
    expect(world.loads).toHaveLength(5)
    world.loads.at(-1)?.resolve(code("one"))
    await world.turn()
    expect(world.state()).toEqual({ state: "ready", value: code("one") })
    expect(world.changes(), "equal failures are one change").toBe(2)

    world.ask("two")
    world.state()
    await world.turn()
    world.loads.at(-1)?.reject(new Error("plain errors are final"))
    await world.turn()
    world.clock.advance(3_600_000)
    world.modules.retry()
    expect(world.loads).toHaveLength(6)
  })

  it("aborts, forgets and stops trying what no policy wants any more", async () => {
    const world = setUp()
    world.ask("slow", "a")
    world.ask("broken", "b")
    world.state("a")
    world.state("b")
    await world.turn()
    world.loads[1]?.reject(later("away"))
    await world.turn()
    world.drop("a")
    world.drop("b")
    world.state("a")
    world.state("b")
    world.collect()
    expect(world.loads[0]?.signal.aborted).toBe(true)
    expect(world.modules.pending()).toBe(0)
    world.loads[0]?.reject(later("aborted"))
    await world.turn()
    world.clock.advance(3_600_000)
    expect(world.loads).toHaveLength(2)

    world.ask("slow", "a")
    expect(world.state("a")).toEqual({ state: "pending" })
  })

  it("gives what a load names meanwhile, in place of the old one, until it succeeds", async () => {
    const world = setUp()
    world.ask("one")
    world.state()
    await world.turn()
    const [load] = world.loads
    load?.meanwhile(code("kept"))
    load?.meanwhile(code("kept"))
    expect(world.changes(), "equal ones are one change").toBe(1)
    expect(world.state()).toEqual({ state: "pending", lastGood: { code: code("kept") } })
    load?.reject(later("away"))
    await world.turn()
    expect(world.state()).toEqual({ state: "failed", error: "away", lastGood: { code: code("kept") } })
    world.clock.advance(60_000)
    world.loads[1]?.resolve(code("one"))
    await world.turn()
    expect(world.state()).toEqual({ state: "ready", value: code("one") })
  })

  it("takes the old module too when a load says so, and goes on trying", async () => {
    const world = setUp()
    world.ask("one")
    world.state()
    await world.turn()
    world.loads[0]?.resolve(code("one"))
    await world.turn()
    world.state()
    world.ask("two")
    world.state()
    await world.turn()
    world.loads[1]?.meanwhile(undefined)
    world.loads[1]?.reject(later("denied"))
    await world.turn()
    expect(world.state()).toEqual({ state: "failed", error: "denied" })
    world.clock.advance(60_000)
    world.loads[2]?.resolve(code("two"))
    await world.turn()
    expect(world.state()).toEqual({ state: "ready", value: code("two") })
  })

  it("tells when nobody wants a module any more, and then listens no longer", async () => {
    const world = setUp()
    world.ask("one")
    world.state()
    await world.turn()
    const [load] = world.loads
    load?.resolve(code("one"))
    await world.turn()
    world.collect()
    expect(load?.released.aborted).toBe(false)
    world.drop()
    world.state()
    world.collect()
    expect(load?.released.aborted).toBe(true)
    const before = world.changes()
    load?.meanwhile(code("late"))
    expect(world.changes()).toBe(before)
  })

  it("loads a module again when the load says so, and keeps it meanwhile", async () => {
    const world = setUp()
    world.ask("one")
    world.state()
    await world.turn()
    world.loads[0]?.resolve(code("one"))
    await world.turn()
    const ready = { state: "ready", value: code("one") }
    expect(world.state()).toEqual(ready)
    world.loads[0]?.reload()
    world.loads[0]?.reload()
    await world.turn()
    expect([world.loads.length, world.state()]).toEqual([2, ready])
    world.loads[1]?.reject(later("away"))
    await world.turn()
    const kept = { state: "failed", error: "away", lastGood: { code: code("one") } }
    expect(world.state(), "the same module under the entry as it is").toEqual(kept)
    world.clock.advance(60_000)
    world.loads[2]?.resolve({ ...code("one"), revision: 1 })
    await world.turn()
    expect(world.state()).toEqual({ state: "ready", value: { ...code("one"), revision: 1 } })
    world.drop()
    world.state()
    world.collect()
    world.loads[0]?.reload()
    expect(world.loads).toHaveLength(3)
  })

  it("takes the module from an entry that was gone in between", async () => {
    const world = setUp()
    world.ask("one")
    world.state()
    await world.turn()
    world.loads[0]?.resolve(code("one"))
    await world.turn()
    world.state()
    world.drop()
    world.state()
    world.collect()
    world.ask("two")
    expect(world.state()).toEqual({ state: "pending" })
  })
})

describe("retryPauseMs", () => {
  it("grows from half a second at least to a minute at most", () => {
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000 }), random, (failures, chance) => {
        const pauseMs = retryPauseMs(failures, chance)
        expect(pauseMs).toBeGreaterThanOrEqual(500)
        expect(pauseMs).toBeLessThanOrEqual(60_000)
        expect(retryPauseMs(failures + 1, chance)).toBeGreaterThanOrEqual(pauseMs)
      }),
    )
  })
})
