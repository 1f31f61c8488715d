import { describe, expect, it } from "vitest"
import { createGraph } from "./graph.ts"

describe("graph", () => {
  it("recomputes only what read a change, and stops where results are equal", () => {
    const graph = createGraph()
    const input = graph.input<number>("n")
    const parity = graph.query("parity", (key) => (input.get(key) ?? 0) % 2)
    const word = graph.query("word", (key) => (parity.get(key) === 0 ? "even" : "odd"))
    graph.pin(word, "a")
    graph.pin(word, "b")
    input.set("a", 1)
    input.set("b", 2)
    expect([word.get("a"), word.get("b")]).toEqual(["odd", "even"])
    graph.resetStats()
    input.set("a", 3)
    expect([word.get("a"), word.get("b")]).toEqual(["odd", "even"])
    expect(Object.fromEntries(graph.stats().runs)).toEqual({ parity: 1 })
  })
})
