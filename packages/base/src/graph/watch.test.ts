import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { createGraph } from "./graph.ts"
import { createWatch } from "./watch.ts"

function doubled() {
  const graph = createGraph()
  const input = graph.input<number>("n")
  const half = graph.query("half", (key) => Math.floor((input.get(key) ?? 0) / 2), { isBarrier: true })
  const query = graph.query("double", (key) => [2 * half.get(key)])
  return { graph, input, watch: createWatch(graph, query) }
}

describe("watch", () => {
  it("gives what differs, and runs only what changes have reached", () => {
    const { graph, input, watch } = doubled()
    for (const key of ["a", "b"]) watch.add(key)
    expect(Object.fromEntries(watch.changes())).toEqual({ a: [0], b: [0] })
    graph.resetStats()
    input.set("a", 1)
    expect(watch.changes().size).toBe(0)
    input.set("a", 2)
    expect(Object.fromEntries(watch.changes())).toEqual({ a: [2] })
    expect(Object.fromEntries(graph.stats().runs)).toEqual({ half: 2, double: 1 })
    expect(watch.changes().size).toBe(0)
  })

  it("lets go of what is no longer watched", () => {
    const { graph, input, watch } = doubled()
    watch.add("a")
    watch.add("a")
    watch.changes()
    watch.delete("a")
    graph.collect()
    expect(graph.stats().nodes).toBe(0)
    input.set("a", 4)
    expect(watch.changes().size).toBe(0)
    watch.add("a")
    expect(Object.fromEntries(watch.changes())).toEqual({ a: [4] })
  })

  it("knows every result after any edits, however it is interrupted", () => {
    const key = fc.constantFrom("a", "b", "c")
    const step = fc.record({
      key,
      value: fc.integer({ min: 0, max: 7 }),
      ask: fc.constantFrom("nothing", "at once", "in steps"),
    })
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const { graph, input, watch } = doubled()
        const seen = new Map<string, readonly number[]>()
        const take = (changes: ReadonlyMap<string, readonly number[]>): void => {
          for (const [at, value] of changes) {
            expect(value).not.toEqual(seen.get(at))
            seen.set(at, value)
          }
        }
        const want = new Map<string, readonly number[]>()
        for (const { key: at, value, ask } of steps) {
          watch.add(at)
          input.set(at, value)
          want.set(at, [2 * Math.floor(value / 2)])
          if (ask === "nothing") continue
          const changing = graph.inSteps(
            () => watch.changes(),
            () => ask === "in steps",
          )
          let result = changing.next()
          while (result.done !== true) result = changing.next()
          take(result.value)
          expect(seen).toEqual(want)
        }
      }),
    )
  })
})
