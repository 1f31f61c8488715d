import { describe, expect, it } from "vitest"
import { createMetrics, createStats, printStats } from "./metrics.ts"
import { createSharedData } from "./shared-data.ts"
import { createSharedQueues } from "./shared-queues.ts"

describe("metrics", () => {
  it("number definitions by kind and share values by name", () => {
    const stats = createStats()
    const metrics = createMetrics(stats)
    expect([0, 0, 1, 2, 3].map((kind) => metrics.define(kind, "m"))).toEqual([4, 8, 5, 6, undefined])
    expect([
      metrics.increment(4, 2n),
      metrics.increment(4, -1n),
      metrics.increment(5, -5n),
      metrics.increment(6, 1n),
    ]).toEqual([0, 2, 0, 2])
    expect([metrics.record(4, 10n), metrics.record(5, 7n), metrics.record(6, 42n)]).toEqual([0, 0, 0])
    expect([metrics.get(4), metrics.get(8), metrics.get(5), metrics.get(6)]).toEqual([12n, 12n, 7n, { status: 2 }])
    expect(printStats(stats)).toEqual(["wasmcustom.m: 7"])
  })
  it("are printed once they are used: not by their definition, nor by taking from a gauge", () => {
    const stats = createStats()
    const metrics = createMetrics(stats)
    metrics.define(0, "c")
    metrics.define(1, "g")
    metrics.increment(5, -1n)
    expect(printStats(stats)).toEqual([])
    metrics.record(4, 0n)
    metrics.increment(5, 3n)
    expect(printStats(stats)).toEqual(["wasmcustom.c: 0", "wasmcustom.g: 2"])
  })
})

describe("shared data", () => {
  it("counts writes and refuses stale ones", () => {
    const data = createSharedData(() => {})
    const value = Uint8Array.of(1)
    expect([
      data.set("k", value, 77),
      data.set("k", value, 1),
      data.set("k", value, 1),
      data.set("k", value, 0),
    ]).toEqual([0, 0, 8, 0])
    expect(data.get("k")?.cas).toBe(3)
    expect(data.get("absent")).toBeUndefined()
  })
})

describe("shared queues", () => {
  it("keep their number and content, and tell the latest registrant", () => {
    const told: string[] = []
    const queues = createSharedQueues(() => {})
    expect(queues.register("vm", "q", () => void told.push("first"))).toBe(1)
    queues.enqueue(1, Uint8Array.of(1))
    expect(queues.register("vm", "q", () => void told.push("second"))).toBe(1)
    queues.enqueue(1, Uint8Array.of(2))
    expect(told).toEqual(["first", "second"])
    expect([queues.dequeue(1), queues.dequeue(1), queues.dequeue(1), queues.dequeue(2)]).toEqual([
      Uint8Array.of(1),
      Uint8Array.of(2),
      "empty",
      undefined,
    ])
    expect([queues.resolve("vm", "q"), queues.resolve("other", "q")]).toEqual([1, undefined])
    expect(queues.enqueue(9, Uint8Array.of(1))).toBe(false)
  })
})
