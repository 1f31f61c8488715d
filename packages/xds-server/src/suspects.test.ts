import { describe, expect, it } from "vitest"
import { createSuspectStore } from "./suspects.ts"

const names = new Map([["T", new Set(["a"])]])

describe("the store of suspect names", () => {
  it("gives what it kept once", () => {
    const store = createSuspectStore()
    store.keep("one", names)
    expect(store.take("one")).toBe(names)
    expect(store.take("one").size).toBe(0)
  })

  it("forgets a client that left nothing in doubt, and the oldest beyond its limit", () => {
    const store = createSuspectStore(2)
    for (const client of ["one", "two", "one", "three"]) store.keep(client, names)
    expect(["one", "two", "three"].map((client) => store.take(client).size)).toEqual([1, 0, 1])
    store.keep("one", names)
    store.keep("one", new Map())
    expect(store.take("one").size).toBe(0)
  })
})
