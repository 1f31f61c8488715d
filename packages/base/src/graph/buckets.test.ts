import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { createBuckets } from "./buckets.ts"
import { createGraph } from "./graph.ts"

describe("buckets", () => {
  it("lists members in code unit order, each once", () => {
    const buckets = createBuckets(createGraph(), "routes by gateway")
    for (const member of ["b", "a", "Z", "aa"]) buckets.put(member, ["g", "g"])
    expect(buckets.members("g")).toEqual(["Z", "a", "aa", "b"])
    expect(buckets.members("other")).toEqual([])
  })

  it("wakes only readers of buckets that gain or lose a member", () => {
    const graph = createGraph()
    const buckets = createBuckets(graph, "routes by gateway")
    const size = graph.query("size", (bucket) => buckets.members(bucket).length)
    buckets.put("r1", ["a", "b"])
    expect(["a", "b", "c"].map((bucket) => size.get(bucket))).toEqual([1, 1, 0])
    graph.resetStats()
    buckets.put("r1", ["b", "c"])
    expect(["a", "b", "c"].map((bucket) => size.get(bucket))).toEqual([0, 1, 1])
    expect(Object.fromEntries(graph.stats().runs)).toEqual({ size: 2 })
    const revision = graph.revision()
    buckets.put("r1", ["c", "b"])
    expect(graph.revision()).toBe(revision)
  })

  it("equals an index built anew after any edits", () => {
    const member = fc.constantFrom("a", "b", "c", "B", "aa")
    const bucket = fc.constantFrom("x", "y", "z")
    const edits = fc.array(fc.record({ member, buckets: fc.array(bucket, { maxLength: 4 }) }), { maxLength: 40 })
    fc.assert(
      fc.property(edits, (list) => {
        const graph = createGraph()
        const buckets = createBuckets(graph, "index")
        const reader = graph.query("reader", (key) => buckets.members(key))
        const model = new Map<string, readonly string[]>()
        for (const edit of list) {
          buckets.put(edit.member, edit.buckets)
          model.set(edit.member, edit.buckets)
          for (const key of ["x", "y", "z"]) {
            const want = [...model].filter(([, placed]) => placed.includes(key)).map(([name]) => name)
            expect(reader.get(key)).toEqual(want.sort())
          }
        }
      }),
    )
  })
})
