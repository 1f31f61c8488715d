import { AttacheError, createManualClock, type ManualClock } from "@attache/base"
import { type ConfigDumpOptions, type JsonObject, type JsonValue, parseLogLine } from "@attache/envoy"
import { describe, expect, it } from "vitest"
import type { Knock } from "./dead-processors.ts"
import { createObserver, type Observer } from "./observer.ts"

const began = Date.parse("2026-11-21T08:00:00.000Z")
const timeText = (ms: number): string => new Date(ms).toISOString()
const type = (name: string): string => `type.googleapis.com/envoy.extensions.filters.http.${name}`
const wasm = (name: string): JsonObject => ({
  name: `envoy.filters.http.wasm/envoyextensionpolicy/ns/${name}/wasm/0`,
  typed_config: { "@type": type("wasm.v3.Wasm"), config: { name, vm_config: { vm_id: name } } },
})
const processor: JsonObject = {
  name: "envoy.filters.http.ext_proc/envoyextensionpolicy/ns/p/extproc/0",
  typed_config: {
    "@type": type("ext_proc.v3.ExternalProcessor"),
    grpc_service: { envoy_grpc: { cluster_name: "envoyextensionpolicy/ns/p/extproc/0" } },
  },
}

interface World {
  readonly observer: Observer
  readonly clock: ManualClock
  readonly asked: string[]
  readonly said: string[]
  filters: readonly JsonObject[]
  updatedMs: number
  isWarming: boolean
  knock: Knock
  error: Error | undefined
  trap(): void
}

function setUp(): World {
  const clock = createManualClock(began)
  const asked: string[] = []
  const said: string[] = []
  const dump = (o: ConfigDumpOptions = {}): JsonObject => {
    asked.push(o.mask === undefined ? (o.resource ?? "") : `${o.resource} masked`)
    if (o.resource === "dynamic_warming_clusters") return {}
    const state = (ms: number, listener: JsonObject): JsonObject => ({
      last_updated: timeText(ms),
      ...(o.mask === undefined ? { listener } : {}),
    })
    const chain = { filters: [{ name: "h", typed_config: { http_filters: world.filters } }] }
    const active_state = state(world.updatedMs, { name: "l", filter_chains: [chain] })
    const warming = world.isWarming ? { warming_state: state(world.updatedMs, {}) } : {}
    return { configs: [{ name: "l", active_state, ...warming }] }
  }
  const answer = async <T>(value: () => T): Promise<T> => {
    if (world.error !== undefined) throw world.error
    return value()
  }
  const statuses = (): readonly JsonValue[] => [
    { name: "envoyextensionpolicy/ns/p/extproc/0", host_statuses: [{ address: { pipe: { path: "/p" } } }] },
  ]
  const admin = {
    configDump: (o?: ConfigDumpOptions) => answer(() => dump(o)),
    initDump: () =>
      answer(() => new Map([["init manager Listener-local-init-manager l 123456789", ["target Rds r 987654321"]]])),
    clusters: () => answer(statuses),
    stats: () => answer(() => new Map<string, number>()),
  }
  const observer = createObserver({
    admin,
    clock,
    knock: async () => {
      asked.push("knock")
      return world.knock
    },
    onWorking: ({ state, lacks }) => void said.push([state, ...lacks.map(({ object }) => object?.name)].join(" ")),
  })
  const world: World = {
    observer,
    clock,
    asked,
    said,
    filters: [wasm("a")],
    updatedMs: began,
    isWarming: false,
    knock: "open",
    error: undefined,
    trap: () => {
      const time = (clock.now() / 1000).toFixed(3)
      observer.note(parseLogLine(`${time}\terror\twasm\t7\ta.cc:1\tFunction: f failed: unreachable`))
    },
  }
  return world
}

describe("an observer", () => {
  it("finds nothing wrong where nothing is, and reads listeners again only when they were updated", async () => {
    const world = setUp()
    expect(await world.observer.look()).toEqual({
      warmed: { state: "yes", lacks: [] },
      working: { state: "yes", lacks: [] },
    })
    await world.observer.look()
    expect(world.asked.filter((path) => path === "dynamic_listeners")).toHaveLength(1)
    world.updatedMs += 5
    await world.observer.look()
    expect(world.asked.filter((path) => path === "dynamic_listeners")).toHaveLength(2)
    expect(world.asked).not.toContain("knock")
  })

  it("looks by itself when the log tells of a failure, and forgets it when the plugin is made anew", async () => {
    const world = setUp()
    world.trap()
    expect(world.said).toEqual([])
    world.clock.advance(50)
    const { working } = await world.observer.look()
    expect(working.lacks).toMatchObject([
      { object: { name: "a" }, reason: "f failed: unreachable; its requests get 503" },
    ])
    world.updatedMs = world.clock.now()
    expect((await world.observer.look()).working.state, "another chain of the listener changed").toBe("no")
    world.filters = [wasm("a"), wasm("b")]
    world.updatedMs++
    expect((await world.observer.look()).working.state).toBe("yes")
    expect(world.said).toEqual(["no a", "yes"])
  })

  it("keeps what failed while a listener warms until that is in use", async () => {
    const world = setUp()
    await world.observer.look()
    world.isWarming = true
    world.filters = []
    world.clock.advance(1_000)
    world.trap()
    const { warmed, working } = await world.observer.look()
    expect(warmed.lacks).toEqual([
      { subject: "Listener l", reason: "it warms, waiting for Rds r; its last form is in use" },
    ])
    expect(working.state).toBe("yes")
    world.isWarming = false
    world.filters = [wasm("a")]
    world.updatedMs = world.clock.now()
    expect((await world.observer.look()).working.state).toBe("no")
  })

  it("narrows down by requests", async () => {
    const world = setUp()
    world.filters = [wasm("a"), wasm("b")]
    world.observer.noteRequest(() => true)
    world.trap()
    await world.observer.look()
    world.observer.noteRequest((filter) => filter.includes("/b/"))
    expect((await world.observer.look()).working.lacks).toMatchObject([{ object: { name: "b" } }])
  })

  it("knocks at processors, not at every look", async () => {
    const world = setUp()
    world.filters = [processor]
    expect((await world.observer.look()).working.state).toBe("yes")
    world.knock = "refused"
    await world.observer.look()
    expect(world.asked.filter((path) => path === "knock")).toHaveLength(1)
    world.clock.advance(1_000)
    expect((await world.observer.look()).working.lacks).toMatchObject([{ object: { name: "p" } }])
  })

  it("gives one look to all who ask meanwhile", async () => {
    const world = setUp()
    const [one, other] = await Promise.all([world.observer.look(), world.observer.look()])
    expect(one).toBe(other)
  })

  it("says so when Envoy does not answer", async () => {
    const world = setUp()
    world.error = new AttacheError("ATT_ENVOY_ADMIN_UNREACHABLE", "no way")
    const { warmed, working } = await world.observer.look()
    for (const fact of [warmed, working]) expect(fact).toMatchObject({ state: "no", lacks: [{ reason: "no way" }] })
    world.error = new Error("odd")
    expect((await world.observer.look()).working.lacks[0]?.reason).toBe("it cannot be read: odd")
    world.error = undefined
    expect((await world.observer.look()).working.state).toBe("yes")
  })

  it("does nothing by itself after its end", async () => {
    const world = setUp()
    world.trap()
    world.observer.close()
    world.clock.advance(1_000)
    expect(world.asked).toEqual([])
  })
})
