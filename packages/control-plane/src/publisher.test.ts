import { createManualClock } from "@attache/base"
import type { ProxySnapshot } from "@attache/translate"
import { createXdsServer } from "@attache/xds-server"
import { describe, expect, it } from "vitest"
import { typeUrls } from "../test/type-urls.ts"
import { createPublisher, firstSnapshotMs } from "./publisher.ts"

function snapshotOf(key: string, ...clusters: readonly string[]): ProxySnapshot {
  const table = (typeUrl: string, names: readonly string[]) => ({
    typeUrl,
    groups: [{ resources: names.map((name) => ({ name, bytes: Buffer.from(name), version: name, origins: [] })) }],
  })
  return {
    key,
    diagnostics: clusters.includes("bad") ? [{ code: "X", severity: "error", message: key }] : [],
    tables: {
      listeners: table(typeUrls.listener, []),
      routes: table(typeUrls.route, []),
      clusters: table(typeUrls.cluster, clusters),
      endpoints: table(typeUrls.endpoint, []),
      secrets: table(typeUrls.secret, []),
    },
  }
}

function setUp() {
  const proxies = new Map<string, ProxySnapshot | undefined | Error>()
  const clock = createManualClock()
  const failures: string[] = []
  const asked: string[] = []
  let pending = 0
  const xds = createXdsServer()
  const publisher = createPublisher({
    translator: {
      proxyKeys: () => [...proxies.keys()].sort(),
      snapshot: (key) => {
        asked.push(key)
        const found = proxies.get(key)
        if (found instanceof Error) throw found
        return found
      },
      pending: () => pending,
      *inSteps(work) {
        yield
        return work()
      },
    },
    xds,
    clock,
    onFailure: (key) => failures.push(key),
  })
  const publish = () => {
    const steps = publisher.publish()
    for (;;) {
      const { done, value } = steps.next()
      if (done === true) return value
    }
  }
  return {
    proxies,
    clock,
    failures,
    asked,
    publisher,
    publish,
    setPending: (count: number) => (pending = count),
    clusters: (key: string) => [...(xds.snapshot(key)?.types.get(typeUrls.cluster)?.resources.keys() ?? [])],
    isPublished: (key: string) => xds.snapshot(key) !== undefined,
  }
}

describe("createPublisher", () => {
  it("publishes each proxy once for each change", () => {
    const world = setUp()
    world.proxies.set("a", snapshotOf("a", "1")).set("b", snapshotOf("b", "1"))
    expect(world.publish().changed).toEqual(["a", "b"])
    expect(world.publish().changed).toEqual([])
    world.proxies.set("a", snapshotOf("a", "1", "2"))
    expect(world.publish().changed).toEqual(["a"])
    expect(world.clusters("a")).toEqual(["1", "2"])
  })

  it("leaves the others alone when one fails, and the one with what it had", () => {
    const world = setUp()
    for (const key of ["a", "b", "c"]) world.proxies.set(key, snapshotOf(key, "1"))
    world.publish()
    for (const key of ["a", "c"]) world.proxies.set(key, snapshotOf(key, "2"))
    world.proxies.set("b", new Error("a fault of ours"))
    expect(world.publish().changed).toEqual(["a", "c"])
    expect(world.failures).toEqual(["b"])
    expect(world.clusters("b")).toEqual(["1"])
    world.proxies.set("b", snapshotOf("b", "3"))
    expect(world.publish().changed).toEqual(["b"])
    expect(world.clusters("b")).toEqual(["3"])
  })

  it("leaves a withheld proxy with what it had, and publishes nothing for one that never had anything", () => {
    const world = setUp()
    world.proxies.set("a", snapshotOf("a", "1")).set("b", undefined)
    expect(world.publish().changed).toEqual(["a"])
    world.proxies.set("a", undefined)
    expect(world.publish().changed).toEqual([])
    expect(world.clusters("a")).toEqual(["1"])
    expect(world.isPublished("b")).toBe(false)
  })

  it("removes a proxy that is gone, and asks for it once more so that it is let go", () => {
    const world = setUp()
    world.proxies.set("a", snapshotOf("a", "1"))
    world.publish()
    world.proxies.delete("a")
    world.asked.length = 0
    expect(world.publish()).toMatchObject({ changed: ["a"], removed: ["a"] })
    expect(world.asked).toEqual(["a"])
    expect(world.isPublished("a")).toBe(false)
    expect(world.publish().changed).toEqual([])
    world.proxies.set("a", snapshotOf("a", "1"))
    expect(world.publish().changed).toEqual(["a"])
  })

  it("holds a first snapshot while modules are on their way, not for ever, and no later one", () => {
    const world = setUp()
    world.setPending(1)
    world.proxies.set("a", snapshotOf("a", "1"))
    expect(world.publish()).toMatchObject({ changed: [], held: new Map([["a", firstSnapshotMs]]) })
    world.clock.advance(1_000)
    world.proxies.set("b", snapshotOf("b", "1"))
    expect(world.publish().held).toEqual(
      new Map([
        ["a", firstSnapshotMs],
        ["b", 1_000 + firstSnapshotMs],
      ]),
    )
    world.clock.advance(firstSnapshotMs - 1_000)
    expect(world.publish()).toMatchObject({ changed: ["a"], held: new Map([["b", 1_000 + firstSnapshotMs]]) })
    world.proxies.set("a", snapshotOf("a", "2"))
    expect(world.publish().changed, "it has one already").toEqual(["a"])
    world.setPending(0)
    expect(world.publish()).toMatchObject({ changed: ["b"], held: new Map() })
  })

  it("tells what could not be made of published proxies", () => {
    const world = setUp()
    world.proxies.set("a", snapshotOf("a", "bad"))
    world.publish()
    expect(world.publisher.diagnostics()).toMatchObject([{ message: "a" }])
    world.proxies.set("a", snapshotOf("a", "good"))
    world.publish()
    expect(world.publisher.diagnostics()).toEqual([])
  })
})
