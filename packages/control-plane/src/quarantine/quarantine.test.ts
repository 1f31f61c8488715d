import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { createLogger, createManualClock } from "@attache/base"
import { resourceTypeUrls } from "@attache/envoy-api"
import type { Resource, Suspect, Translator, Withdrawn } from "@attache/translate"
import type { AnswerEvent } from "@attache/xds-server"
import { describe, expect, it } from "vitest"
import { temporaryDirectory } from "../../test/temporary-directory.ts"
import type { Judge } from "./judge.ts"
import { createQuarantine, type QuarantineOptions } from "./quarantine.ts"

const proxy = "default/gw"
const name = "default/gw/http"

/** A translator of one route configuration whose parts are named by letters, and an Envoy that dislikes some of them. */
function setUp(initial: readonly string[], isRefused: (parts: readonly string[]) => string | undefined, path?: string) {
  let parts = initial
  let withdrawn: Withdrawn = new Map()
  let changes = 0
  let envoyVersion: string | undefined = "1.40.0"
  let shaping = ["EnvoyProxy/default/own"]
  const suspect = (key: string): Suspect => ({
    key,
    kind: "route",
    origins: [{ object: `HTTPRoute/default/${key[0]}`, field: `spec.rules[${key.slice(1)}]` }],
  })
  const made = { object: "Gateway/default/gw", field: "spec.listeners[0]" }
  const resource = (without: readonly string[], frame: readonly string[] = ["frame"]): Resource => {
    const left = [...frame, ...parts.filter((part) => !without.includes(part) && !withdrawn.has(part))]
    return { name, bytes: Buffer.from(left.join(",")), version: left.join(","), origins: [made] }
  }
  const translator: QuarantineOptions["translator"] = {
    suspects: () => parts.map(suspect),
    without: (_proxy, without) => resource([...without]),
    withoutObjects: (_proxy, objects) =>
      resource([], [...objects].some((object) => shaping.includes(object)) ? [] : ["frame"]),
    objectKeys: () => ["Backend/default/one", "EnvoyProxy/default/own", "HTTPRoute/default/a"],
    snapshot: () => undefined,
    withdraw: (_proxy, wanted) => {
      withdrawn = wanted
    },
  } satisfies Pick<Translator, "suspects" | "without" | "withoutObjects" | "objectKeys" | "withdraw" | "snapshot">
  const judge: Judge = {
    refusalOf: (snapshot) => {
      const [{ bytes } = { bytes: new Uint8Array() }] = snapshot.tables.routes.groups[0]?.resources ?? []
      const text = Buffer.from(bytes).toString()
      return Promise.resolve(isRefused(text === "" ? [] : text.split(",")))
    },
    version: () => (envoyVersion === undefined ? Promise.reject(new Error("no Envoy")) : Promise.resolve(envoyVersion)),
    close: () => Promise.resolve(),
  }
  const clock = createManualClock()
  let onChange = (): void => {}
  const create = () =>
    createQuarantine({
      translator,
      judge,
      clock,
      logger: createLogger({ level: "error", write: () => {} }),
      onChange: () => {
        changes++
        onChange()
      },
      ...(path === undefined ? {} : { path }),
    })
  const answer = (type: "ack" | "nack"): AnswerEvent => ({
    type,
    proxyKey: proxy,
    nodeId: "n",
    streamId: 1,
    typeUrl: resourceTypeUrls.route,
    version: "1",
    resources: [name],
    changed: [name],
    message: "no",
  })
  return {
    create,
    answer,
    clock,
    withdrawn: () => [...withdrawn.keys()],
    changes: () => changes,
    whenChanged: (call: () => void) => {
      onChange = call
    },
    setParts: (wanted: readonly string[]) => {
      parts = wanted
    },
    setShaping: (wanted: readonly string[]) => {
      shaping = [...wanted]
    },
    setVersion: (version: string | undefined) => {
      envoyVersion = version
    },
  }
}

const dislikes =
  (...bad: readonly string[]) =>
  (parts: readonly string[]): string | undefined => {
    const found = parts.find((part) => bad.includes(part))
    return found === undefined ? undefined : `bad ${found}`
  }

describe("createQuarantine", () => {
  it("withdraws what is to blame, with Envoy's words, and asks to be published", async () => {
    const world = setUp(["a0", "a1", "b0"], dislikes("a1"))
    const quarantine = world.create()
    quarantine.record(world.answer("nack"))
    await quarantine.settled()
    expect(world.withdrawn()).toEqual(["a1"])
    expect(world.changes()).toBe(1)
    expect(quarantine.list()).toMatchObject([
      { object: "HTTPRoute/default/a", field: "spec.rules[1]", message: "bad a1", isWhole: false },
    ])
  })

  it("says when nothing of the object is left", async () => {
    const world = setUp(["a0", "b0", "b1"], dislikes("b0", "b1"))
    const quarantine = world.create()
    quarantine.record(world.answer("nack"))
    await quarantine.settled()
    expect(world.withdrawn().sort()).toEqual(["b0", "b1"])
    expect(quarantine.list().some(({ isWhole }) => isWhole)).toBe(true)
  })

  it("leaves alone what was accepted before", async () => {
    const world = setUp(["b0"], (parts) => (parts.includes("a0") && parts.includes("b0") ? "together" : undefined))
    const quarantine = world.create()
    quarantine.record(world.answer("ack"))
    world.setParts(["a0", "b0"])
    quarantine.record(world.answer("nack"))
    await quarantine.settled()
    expect(world.withdrawn()).toEqual(["a0"])
  })

  it("releases a part when its bytes change or it is gone", async () => {
    const world = setUp(["a0", "b0"], dislikes("a0"))
    const quarantine = world.create()
    quarantine.record(world.answer("nack"))
    await quarantine.settled()
    quarantine.release()
    expect(world.withdrawn()).toEqual(["a0"])
    world.setParts(["a9", "b0"])
    quarantine.release()
    expect([world.withdrawn(), quarantine.list()]).toEqual([[], []])
  })

  it("blames an object where no part is, until Envoy takes the resource", async () => {
    const world = setUp(["a0"], dislikes("frame"))
    const quarantine = world.create()
    quarantine.record(world.answer("nack"))
    await quarantine.settled()
    expect(world.withdrawn()).toEqual([])
    expect(quarantine.list()).toMatchObject([{ part: "", object: "EnvoyProxy/default/own", message: "bad frame" }])
    quarantine.record(world.answer("ack"))
    expect(quarantine.list()).toEqual([])
  })

  it("blames who refers to a backend, not the backend without which there would be nothing to refuse", async () => {
    const world = setUp(["a0"], dislikes("frame"))
    world.setShaping(["EnvoyProxy/default/own", "Backend/default/one"])
    const quarantine = world.create()
    quarantine.record(world.answer("nack"))
    await quarantine.settled()
    expect(quarantine.list()).toMatchObject([{ object: "EnvoyProxy/default/own" }])
  })

  it("comes back from disk, for the same Envoy only", async () => {
    await using folder = await temporaryDirectory()
    const path = join(folder.path, "state", "quarantine.json")
    const world = setUp(["a0", "b0"], dislikes("a0"), path)
    const first = world.create()
    first.record(world.answer("nack"))
    await first.settled()
    await first.close()
    expect(existsSync(path)).toBe(true)
    const again = setUp(["a0", "b0"], dislikes("a0"), path)
    await again.create().restore()
    expect(again.withdrawn()).toEqual(["a0"])
    const other = setUp(["a0", "b0"], dislikes("a0"), path)
    other.setVersion("1.41.0")
    await other.create().restore()
    expect(other.withdrawn()).toEqual([])
  })

  it("is on disk before anything of it is published", async () => {
    await using folder = await temporaryDirectory()
    const path = join(folder.path, "quarantine.json")
    const world = setUp(["a0", "b0"], dislikes("a0"), path)
    const onDisk: boolean[] = []
    world.whenChanged(() => onDisk.push(existsSync(path)))
    const quarantine = world.create()
    quarantine.record(world.answer("nack"))
    await quarantine.settled()
    expect(onDisk).toEqual([true])
  })

  it.each(["", "{", "{}", "[1, null]", '[{"part": "a0"}]'])("takes %j on disk for nothing", async (text) => {
    await using folder = await temporaryDirectory()
    const path = join(folder.path, "quarantine.json")
    writeFileSync(path, text)
    const world = setUp(["a0"], dislikes(), path)
    await world.create().restore()
    expect([world.withdrawn(), readFileSync(path, "utf8")]).toEqual([[], text])
  })

  it("survives a judge that fails, and asks again after a while", async () => {
    let failures = 3
    const world = setUp(["a0"], (parts) => {
      if (failures-- > 0) throw new Error("no Envoy")
      return dislikes("a0")(parts)
    })
    const quarantine = world.create()
    quarantine.record(world.answer("nack"))
    await quarantine.settled()
    expect(quarantine.list()).toEqual([])
    for (const pause of [500, 1_000, 2_000]) {
      expect(world.withdrawn()).toEqual([])
      world.clock.advance(pause)
      await quarantine.settled()
    }
    expect(world.withdrawn()).toEqual(["a0"])
  })

  it("does not ask again where there is no Envoy to ask", async () => {
    const world = setUp(["a0"], dislikes("a0"))
    world.setVersion(undefined)
    const quarantine = world.create()
    quarantine.record(world.answer("nack"))
    await quarantine.settled()
    world.setVersion("1.40.0")
    world.clock.advance(100_000)
    await quarantine.settled()
    expect(world.withdrawn()).toEqual([])
    quarantine.record(world.answer("nack"))
    await quarantine.settled()
    expect(world.withdrawn()).toEqual(["a0"])
  })

  it("does not ask again about what was accepted meanwhile", async () => {
    let offers = 0
    const world = setUp(["a0"], () => {
      offers++
      throw new Error("no Envoy")
    })
    const quarantine = world.create()
    quarantine.record(world.answer("nack"))
    await quarantine.settled()
    quarantine.record(world.answer("ack"))
    world.clock.advance(100_000)
    await quarantine.settled()
    expect(offers).toBe(1)
  })

  it("blames whom a resource is made for, where the judge takes what the other Envoy does not, until that does", async () => {
    const world = setUp(["a0"], () => undefined)
    const quarantine = world.create()
    quarantine.record(world.answer("nack"))
    await quarantine.settled()
    expect(quarantine.list()).toMatchObject([
      { part: "", object: "Gateway/default/gw", field: "spec.listeners[0]", message: "no" },
    ])
    quarantine.record(world.answer("ack"))
    expect(quarantine.list()).toEqual([])
    quarantine.record(world.answer("nack"))
    quarantine.record(world.answer("ack"))
    await quarantine.settled()
    expect(quarantine.list()).toEqual([])
  })

  it("releases a part with the one that it is refused together with", async () => {
    const isRefused = (parts: readonly string[]): string | undefined =>
      parts.includes("a0") && parts.includes("c0") ? "together" : undefined
    const world = setUp(["a0", "b0", "c0"], isRefused)
    const quarantine = world.create()
    quarantine.record(world.answer("nack"))
    await quarantine.settled()
    expect(quarantine.list()).toMatchObject([{ part: "c0", partner: "a0" }])
    world.setParts(["a0", "b1", "c0"])
    quarantine.release()
    expect(world.withdrawn()).toEqual(["c0"])
    world.setParts(["a1", "b1", "c0"])
    quarantine.release()
    expect(world.withdrawn()).toEqual([])
  })
})
