import { describe, expect, it } from "vitest"
import { createGraph, type Query } from "./graph.ts"

function setUp(isBarrier: boolean) {
  const failures: string[] = []
  const graph = createGraph({ onFailure: (query, key) => failures.push(`${query}(${key})`) })
  const input = graph.input<number>("n")
  const sign = graph.query("sign", (key) => Math.sign(input.get(key) ?? 0), { isBarrier })
  const stale: string[] = []
  const wide = graph.query("wide", (key) => sign.get(key))
  for (const key of ["a", "b"]) graph.pin(wide, key, () => stale.push(key))
  const get = (): readonly number[] => ["a", "b"].map((key) => wide.get(key))
  return { graph, input, sign, wide, stale, get, failures }
}

describe("barriers", () => {
  it("mark what stands on them only when their result differs", () => {
    const { graph, input, stale, get } = setUp(true)
    input.set("a", 1)
    get()
    input.set("a", 2)
    graph.settle()
    expect(stale).toEqual([])
    input.set("a", -1)
    expect(get()).toEqual([-1, 0])
    expect(stale).toEqual(["a"])
  })

  it("without them everything above is marked at once", () => {
    const { input, stale, get } = setUp(false)
    input.set("a", 1)
    get()
    input.set("a", 2)
    expect(stale).toEqual(["a"])
  })

  it("nobody stands on are left alone", () => {
    const { graph, input, sign, failures } = setUp(true)
    sign.get("c")
    graph.resetStats()
    input.set("c", 1)
    graph.settle()
    expect(graph.stats().runs.size).toBe(0)
    expect(sign.get("c")).toBe(1)
    expect(failures).toEqual([])
  })

  it("are settled before what stands on several of them, whichever was marked first", () => {
    const graph = createGraph()
    const input = graph.input<number>("n")
    const low = graph.query("low", () => (input.get("") ?? 0) + 1, { isBarrier: true })
    const between = graph.query("between", () => low.get("") + 1)
    const high = graph.query("high", () => (input.get("") ?? 0) + between.get(""), { isBarrier: true })
    const top = graph.query("top", () => high.get(""))
    graph.pin(top, "")
    top.get("")
    graph.resetStats()
    input.set("", 10)
    expect(top.get("")).toBe(22)
    expect(Object.fromEntries(graph.stats().runs)).toEqual({ low: 1, between: 1, high: 1, top: 1 })
  })

  it("in a cycle trouble only those who stand on it", () => {
    const { graph, input, get } = setUp(true)
    const on = graph.input<boolean>("on")
    const loop: Query<number> = graph.query("loop", (key) => (on.get("") === true ? loop.get(key) : 1), {
      isBarrier: true,
    })
    const above = graph.query("above", () => loop.get(""))
    graph.pin(above, "")
    expect(above.get("")).toBe(1)
    on.set("", true)
    input.set("a", 5)
    expect(get()).toEqual([1, 0])
    expect(() => above.get("")).toThrow("query cycle: loop() -> loop()")
    on.set("", false)
    expect(above.get("")).toBe(1)
  })
})

describe("results", () => {
  it("reach those readers only that may notice a difference", () => {
    const graph = createGraph()
    const input = graph.input<Readonly<Record<string, number>>>("table")
    const table = graph.query("table", () => input.get("") ?? {}, {
      reaches: (before, after, query, key) => query !== "entry" || before[key] !== after[key],
    })
    const entry = graph.query("entry", (key) => table.get("")[key])
    const size = graph.query("size", () => Object.keys(table.get("")).length)
    const get = (): readonly unknown[] => [entry.get("a"), entry.get("b"), size.get("")]
    for (const key of ["a", "b"]) graph.pin(entry, key)
    input.set("", { a: 1, b: 1 })
    expect(get()).toEqual([1, 1, 2])
    graph.resetStats()
    input.set("", { a: 1, b: 2 })
    expect(get()).toEqual([1, 2, 2])
    expect(Object.fromEntries(graph.stats().runs)).toEqual({ table: 1, entry: 1, size: 1 })
  })

  it("are given to the next run", () => {
    const graph = createGraph()
    const input = graph.input<number>("n")
    const seen: unknown[] = []
    const query = graph.query<readonly number[]>("list", (_, before) => {
      seen.push(before)
      return [input.get("") ?? 0]
    })
    for (const n of [1, 1, 2]) {
      input.set("", n)
      query.get("")
    }
    expect(seen).toEqual([undefined, [1]])
  })
})

describe("steps", () => {
  it("end before a query when it is time, and keep what was finished", () => {
    const graph = createGraph()
    const leaf = graph.query("leaf", Number)
    const sum = graph.query("sum", () => ["1", "2", "3"].reduce((total, key) => total + leaf.get(key), 0))
    const steps = graph.inSteps(
      () => sum.get(""),
      () => true,
    )
    const begun: boolean[] = []
    for (let step = steps.next(); ; step = steps.next()) {
      begun.push(step.done === true)
      if (step.done !== true) continue
      expect(step.value).toBe(6)
      break
    }
    expect(begun).toEqual([false, false, true])
    expect(Object.fromEntries(graph.stats().runs)).toEqual({ leaf: 3, sum: 1 })
  })

  it("are one when there is time, and see changes that come between them", () => {
    const graph = createGraph()
    const input = graph.input<number>("n")
    const leaf = graph.query("leaf", (key) => input.get(key) ?? 0)
    const sum = graph.query("sum", () => leaf.get("a") + leaf.get("b"))
    const atOnce = graph.inSteps(
      () => sum.get(""),
      () => false,
    )
    expect(atOnce.next()).toEqual({ done: true, value: 0 })
    input.set("a", 1)
    const paused = graph.inSteps(
      () => [sum.get(""), leaf.get("b")],
      () => true,
    )
    expect(paused.next().done).toBe(false)
    input.set("b", 1)
    let last = paused.next()
    while (last.done !== true) last = paused.next()
    expect(last.value).toEqual([2, 1])
  })

  it("give what the work throws, and refuse to begin inside a query", () => {
    const graph = createGraph()
    const bad = graph.query<number>("bad", () => {
      throw new Error("no")
    })
    const steps = graph.inSteps(
      () => bad.get(""),
      () => false,
    )
    expect(() => steps.next()).toThrow("no")
    const inside = graph.query("inside", () =>
      graph
        .inSteps(
          () => 1,
          () => false,
        )
        .next(),
    )
    expect(() => inside.get("")).toThrow("inside query inside()")
  })
})
