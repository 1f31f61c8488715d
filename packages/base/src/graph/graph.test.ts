import { describe, expect, it } from "vitest"
import { createGraph, type Graph, type Query } from "./graph.ts"

function runsOf(graph: Graph): Record<string, number> {
  return Object.fromEntries(graph.stats().runs)
}

describe("inputs", () => {
  it("reads an unset cell as undefined and keeps no memory of it", () => {
    const input = createGraph().input<number>("n")
    expect(input.get("a")).toBeUndefined()
    expect(input.keys()).toEqual([])
  })

  it("says whether a value is a change, and counts changes", () => {
    const graph = createGraph()
    const input = graph.input<{ n: number }>("n")
    expect([input.set("a", { n: 1 }), input.set("a", { n: 1 }), input.set("a", { n: 2 })]).toEqual([true, false, true])
    expect([input.delete("a"), input.delete("a")]).toEqual([true, false])
    expect(graph.revision()).toBe(3)
  })

  it("lists set keys in the order of setting, also after a delete or an early read", () => {
    const graph = createGraph()
    const input = graph.input<number>("n")
    const sum = graph.query("sum", () => (input.get("c") ?? 0) + (input.get("a") ?? 0))
    graph.pin(sum, "")
    sum.get("")
    for (const key of ["a", "b", "c"]) input.set(key, 1)
    input.delete("a")
    expect(input.keys()).toEqual(["b", "c"])
    input.set("a", 2)
    expect(input.keys()).toEqual(["b", "c", "a"])
    expect(sum.get("")).toBe(3)
  })

  it("leaves everything as it was when its comparison throws", () => {
    const input = createGraph().input<number>("n", () => {
      throw new Error("no order")
    })
    input.set("a", 1)
    expect(() => input.set("a", 2)).toThrow("no order")
    expect(input.get("a")).toBe(1)
  })

  it.each(["set", "delete", "collect"] as const)("refuses %s inside a query", (what) => {
    const graph = createGraph()
    const input = graph.input<number>("n")
    input.set("a", 1)
    const bad = graph.query("bad", () => {
      if (what === "set") input.set("a", 1)
      else if (what === "delete") input.delete("a")
      else graph.collect()
    })
    expect(() => bad.get("x")).toThrow("inside query bad(x)")
  })
})

describe("queries", () => {
  it("recomputes only what read a change, and stops where results are equal", () => {
    const graph = createGraph()
    const input = graph.input<number>("n")
    const parity = graph.query("parity", (key) => (input.get(key) ?? 0) % 2)
    const word = graph.query("word", (key) => (parity.get(key) === 0 ? "even" : "odd"))
    input.set("a", 1)
    input.set("b", 2)
    expect([word.get("a"), word.get("b")]).toEqual(["odd", "even"])
    graph.resetStats()
    input.set("a", 3)
    expect([word.get("a"), word.get("b")]).toEqual(["odd", "even"])
    expect(runsOf(graph)).toEqual({ parity: 1 })
  })

  it("keeps the identity of an equal result", () => {
    const graph = createGraph()
    const input = graph.input<number>("n")
    const list = graph.query("list", () => [(input.get("a") ?? 0) > 0])
    input.set("a", 1)
    const before = list.get("")
    input.set("a", 2)
    expect(list.get("")).toBe(before)
  })

  it("wakes on a cell that was unset when read", () => {
    const graph = createGraph()
    const input = graph.input<number>("n")
    const value = graph.query("value", (key) => input.get(key) ?? -1)
    expect(value.get("a")).toBe(-1)
    graph.collect()
    expect(value.get("a")).toBe(-1)
    input.set("a", 5)
    expect(value.get("a")).toBe(5)
    input.delete("a")
    expect(value.get("a")).toBe(-1)
  })

  it("keeps watching an unset cell that another query let go during the same run", () => {
    const graph = createGraph()
    const input = graph.input<number>("n")
    const flag = graph.input<boolean>("flag")
    const other = graph.query("other", () => (flag.get("") === true ? 0 : (input.get("late") ?? 0)))
    const both = graph.query("both", () => [input.get("late") ?? 0, other.get(""), flag.get("") ?? false])
    graph.pin(both, "")
    expect(both.get("")).toEqual([0, 0, false])
    flag.set("", true)
    expect(both.get("")).toEqual([0, 0, true])
    graph.collect()
    input.set("late", 7)
    expect(both.get("")).toEqual([7, 0, true])
  })

  it("verifies sources in the order of reading, so an abandoned branch is not run", () => {
    const graph = createGraph()
    const input = graph.input<number>("n")
    const chosen = graph.query("chosen", () => (input.get("choice") ?? 0) > 0)
    const costly = graph.query("costly", () => 100 / (input.get("divisor") ?? 0))
    const result = graph.query("result", () => (chosen.get("") ? costly.get("") : 0))
    input.set("choice", 1)
    input.set("divisor", 4)
    expect(result.get("")).toBe(25)
    graph.resetStats()
    input.set("choice", 0)
    input.set("divisor", 5)
    expect(result.get("")).toBe(0)
    expect(runsOf(graph)).toEqual({ chosen: 1, result: 1 })
  })

  it("lets two queries change the direction they depend on each other in", () => {
    const graph = createGraph()
    const input = graph.input<boolean>("left")
    const isLeft = graph.query("isLeft", () => input.get("") === true)
    const left: Query<number> = graph.query("left", () => (isLeft.get("") ? 1 : right.get("") + 1))
    const right: Query<number> = graph.query("right", () => (isLeft.get("") ? left.get("") + 1 : 1))
    expect([left.get(""), right.get("")]).toEqual([2, 1])
    input.set("", true)
    expect([right.get(""), left.get("")]).toEqual([2, 1])
    input.set("", false)
    expect([left.get(""), right.get("")]).toEqual([2, 1])
  })

  it("counts a diamond's queries once for an edit", () => {
    const graph = createGraph()
    const input = graph.input<number>("n")
    const top = graph.query("top", () => input.get("a") ?? 0)
    const side = graph.query("side", (key) => top.get("") + key.length)
    const bottom = graph.query("bottom", () => side.get("l") + side.get("right"))
    bottom.get("")
    graph.resetStats()
    input.set("a", 1)
    expect(bottom.get("")).toBe(8)
    expect(runsOf(graph)).toEqual({ top: 1, side: 2, bottom: 1 })
  })
})

describe("failures", () => {
  it("throws to readers without a fallback, reports each run, and recovers", () => {
    const reports: string[] = []
    const graph = createGraph({ onFailure: (query, key) => void reports.push(`${query}(${key})`) })
    const input = graph.input<number>("n")
    const strict = graph.query("strict", (key) => {
      const value = input.get(key)
      if (value === undefined) throw new Error("not set")
      return value
    })
    const safe = graph.query("safe", (key) => strict.get(key) * 2, { fallback: () => -1 })
    expect(() => strict.get("a")).toThrow("not set")
    expect(safe.get("a")).toBe(-1)
    expect(() => strict.get("a")).toThrow("not set")
    expect(reports).toEqual(["strict(a)", "safe(a)"])
    input.set("a", 4)
    expect(safe.get("a")).toBe(8)
    input.delete("a")
    expect(safe.get("a")).toBe(-1)
    input.set("a", 4)
    expect([strict.get("a"), safe.get("a")]).toEqual([4, 8])
  })

  it("tells a failure from a result without a value", () => {
    const graph = createGraph()
    const input = graph.input<boolean>("isBroken")
    const quiet = graph.query("quiet", () => {
      if (input.get("") === true) throw new Error("broken")
    })
    const reader = graph.query("reader", () => quiet.get(""), { fallback: () => "fallback" as never })
    input.set("", true)
    expect(reader.get("")).toBe("fallback")
    input.set("", false)
    expect(reader.get("")).toBeUndefined()
  })

  it("takes a throw of the fallback as the result, again and again", () => {
    const graph = createGraph()
    const bad = graph.query<number>("bad", () => Number("x").toFixed(1000).length, {
      fallback: () => {
        throw new Error("fallback broke")
      },
    })
    expect(() => bad.get("")).toThrow("fallback broke")
    expect(() => bad.get("")).toThrow("fallback broke")
  })

  it("takes values that cannot be compared as different, and reports it", () => {
    const reports: unknown[] = []
    const graph = createGraph({ onFailure: (_query, _key, error) => void reports.push(error) })
    const input = graph.input<number>("n")
    const value = graph.query("value", () => input.get("a") ?? 0, {
      equals: () => {
        throw new Error("cannot compare")
      },
    })
    const reader = graph.query("reader", () => value.get(""))
    expect(reader.get("")).toBe(0)
    input.set("a", 1)
    expect(reader.get("")).toBe(1)
    expect(reports).toHaveLength(1)
  })

  it("leaves siblings alone", () => {
    const graph = createGraph()
    const input = graph.input<number>("n")
    const item = graph.query(
      "item",
      (key) => {
        if (input.get(key) === 13) throw new Error("unlucky")
        return `${input.get(key) ?? "none"}`
      },
      { fallback: (key) => `no ${key}` },
    )
    const all = graph.query("all", () => ["a", "b"].map((key) => item.get(key)))
    input.set("a", 13)
    input.set("b", 2)
    expect(all.get("")).toEqual(["no a", "2"])
  })
})

describe("cycles", () => {
  it("names the cycle, passes fallbacks and functions that catch, and keeps nothing", () => {
    const graph = createGraph()
    const input = graph.input<boolean>("closed")
    const a: Query<string> = graph.query("a", () => `a${b.get("")}`, { fallback: () => "fallback" })
    const b: Query<string> = graph.query("b", () => {
      try {
        return `b${c.get("")}`
      } catch {
        return "caught"
      }
    })
    const c: Query<string> = graph.query("c", () => (input.get("") === true ? a.get("") : "c"))
    input.set("", true)
    expect(() => a.get("")).toThrow("query cycle: a() -> b() -> c() -> a()")
    expect(() => c.get("")).toThrow("query cycle")
    expect(runsOf(graph)).toEqual({})
    input.set("", false)
    expect(a.get("")).toBe("abc")
    input.set("", true)
    expect(() => a.get("")).toThrow("query cycle")
    expect(() => b.get("")).toThrow("query cycle")
    input.set("", false)
    expect([c.get(""), b.get(""), a.get("")]).toEqual(["c", "bc", "abc"])
  })

  it("finds a cycle longer than the stack allows", () => {
    const graph = createGraph()
    const ring: Query<number> = graph.query("ring", (key) => ring.get(String((Number(key) + 1) % 777)) + 1)
    expect(() => ring.get("5")).toThrow("query cycle")
    expect(() => ring.get("5")).toThrow("query cycle")
  })
})

describe("size", () => {
  const length = 10_000

  it("builds, edits and drops a chain of 10,000 queries", () => {
    const graph = createGraph()
    const input = graph.input<number>("n")
    const chain: Query<number> = graph.query("chain", (key) =>
      key === "0" ? (input.get("a") ?? 0) : chain.get(String(Number(key) - 1)) + 1,
    )
    const end = String(length)
    const unpin = graph.pin(chain, end)
    expect(chain.get(end)).toBe(length)
    expect(runsOf(graph)).toEqual({ chain: length + 1 })
    input.set("a", 1)
    expect(chain.get(end)).toBe(length + 1)
    expect(runsOf(graph)).toEqual({ chain: 2 * (length + 1) })
    unpin()
    expect(graph.collect()).toBe(length + 1)
    expect(graph.stats().nodes).toBe(0)
  })

  it("builds a chain through functions that use much stack and catch everything", () => {
    const graph = createGraph()
    const through = (depth: number, call: () => number): number => (depth === 0 ? call() : through(depth - 1, call))
    const chain: Query<number> = graph.query("chain", (key) => {
      try {
        return key === "0" ? 0 : through(20, () => chain.get(String(Number(key) - 1)) + 1)
      } catch {
        return -1
      }
    })
    expect(chain.get("3000")).toBe(3000)
    expect(runsOf(graph)).toEqual({ chain: 3001 })
  })

  it("runs only the path of one edit below a reader of 10,000", () => {
    const graph = createGraph()
    const input = graph.input<number>("n")
    const item = graph.query("item", (key) => input.get(key) ?? 0)
    const keys = Array.from({ length }, (_, i) => String(i))
    const wide = graph.query("wide", () => keys.reduce((sum, key) => sum + item.get(key), 0))
    const isPositive = graph.query("isPositive", () => wide.get("") > 0)
    const word = graph.query("word", () => (isPositive.get("") ? "some" : "none"))
    graph.pin(word, "")
    expect(word.get("")).toBe("none")
    graph.resetStats()
    input.set("7000", 3)
    expect(word.get("")).toBe("some")
    expect(runsOf(graph)).toEqual({ item: 1, wide: 1, isPositive: 1, word: 1 })
    graph.resetStats()
    input.set("7000", 4)
    expect(word.get("")).toBe("some")
    expect(runsOf(graph)).toEqual({ item: 1, wide: 1, isPositive: 1 })
  })

  it("runs nothing above an edit that a node below absorbs", () => {
    const graph = createGraph()
    const input = graph.input<number>("n")
    const sign = graph.query("sign", (key) => Math.sign(input.get(key) ?? 0))
    const keys = Array.from({ length }, (_, i) => String(i))
    const wide = graph.query("wide", () => keys.map((key) => sign.get(key)))
    input.set("7000", 3)
    wide.get("")
    graph.resetStats()
    input.set("7000", 4)
    wide.get("")
    expect(runsOf(graph)).toEqual({ sign: 1 })
  })
})

describe("pins", () => {
  it("keeps what a pin stands on and drops the rest", () => {
    const graph = createGraph()
    const input = graph.input<number>("n")
    const low = graph.query("low", (key) => input.get(key) ?? 0)
    const high = graph.query("high", (key) => low.get(key) + 1)
    const unpin = graph.pin(high, "kept")
    const second = graph.pin(high, "kept")
    high.get("kept")
    high.get("dropped")
    expect(graph.collect()).toBe(2)
    expect(graph.stats().nodes).toBe(2)
    unpin()
    unpin()
    expect(graph.collect()).toBe(0)
    second()
    expect(graph.collect()).toBe(2)
    unpin()
    second()
    expect(graph.collect()).toBe(0)
    expect(high.get("kept")).toBe(1)
  })

  it("gives the same result after a drop, and pins made afterwards are their own", () => {
    const graph = createGraph()
    const input = graph.input<number>("n")
    const value = graph.query("value", (key) => input.get(key) ?? 0)
    const old = graph.pin(value, "a")
    value.get("a")
    old()
    graph.collect()
    const fresh = graph.pin(value, "a")
    old()
    expect(value.get("a")).toBe(0)
    expect(graph.collect()).toBe(0)
    input.set("a", 2)
    expect(value.get("a")).toBe(2)
    fresh()
    expect(graph.collect()).toBe(1)
  })

  it("drops a result that its last reader stopped reading", () => {
    const graph = createGraph()
    const input = graph.input<string>("target")
    const item = graph.query("item", (key) => key.toUpperCase())
    const reader = graph.query("reader", () => item.get(input.get("") ?? "a"))
    graph.pin(reader, "")
    expect(reader.get("")).toBe("A")
    expect(graph.collect()).toBe(0)
    input.set("", "b")
    expect(reader.get("")).toBe("B")
    expect(graph.collect()).toBe(1)
    expect(graph.stats().nodes).toBe(2)
  })

  it("does not confuse a cell that was deleted and set again with the one it was", () => {
    const graph = createGraph()
    const input = graph.input<number>("n")
    const value = graph.query("value", (key) => input.get(key) ?? -1)
    expect(value.get("a")).toBe(-1)
    graph.collect()
    input.set("a", 1)
    input.delete("a")
    input.set("a", 2)
    graph.pin(value, "a")
    expect(value.get("a")).toBe(2)
    graph.collect()
    input.set("a", 3)
    expect(value.get("a")).toBe(3)
  })

  it("refuses a query of another graph", () => {
    const query = createGraph().query("foreign", () => 1)
    expect(() => createGraph().pin(query, "")).toThrow("another graph")
  })
})
