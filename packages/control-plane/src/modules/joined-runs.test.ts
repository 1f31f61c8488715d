import { describe, expect, it } from "vitest"
import { createJoinedRuns } from "./joined-runs.ts"

function setUp() {
  const runs = createJoinedRuns<string>()
  const started: { signal: AbortSignal; resolve(value: string): void; reject(error: unknown): void }[] = []
  const join = (signal: AbortSignal = new AbortController().signal) =>
    runs.join("key", signal, (own) => new Promise((resolve, reject) => started.push({ signal: own, resolve, reject })))
  return { join, started }
}

describe("createJoinedRuns", () => {
  it("starts one run for all who ask while it runs", async () => {
    const { join, started } = setUp()
    const results = [join(), join()]
    started[0]?.resolve("done")
    expect(await Promise.all(results)).toEqual(["done", "done"])
    const next = join()
    expect(started).toHaveLength(2)
    started[1]?.reject(new Error("failed"))
    await expect(next).rejects.toThrow("failed")
  })

  it("goes on when one of two leaves, and is aborted when the last does", async () => {
    const { join, started } = setUp()
    const [first, second] = [new AbortController(), new AbortController()]
    const results = [join(first.signal), join(second.signal)]
    first.abort(new Error("first left"))
    await expect(results[0]).rejects.toThrow("first left")
    expect(started[0]?.signal.aborted).toBe(false)
    second.abort(new Error("second left"))
    await expect(results[1]).rejects.toThrow("second left")
    expect(started[0]?.signal.aborted).toBe(true)
    const next = join()
    expect(started, "an aborted run is not joined").toHaveLength(2)
    started[0]?.reject(new Error("late"))
    started[1]?.resolve("new")
    expect(await next).toBe("new")
  })

  it("starts nothing for a signal that is aborted already", async () => {
    const { join, started } = setUp()
    await expect(join(AbortSignal.abort(new Error("too late")))).rejects.toThrow("too late")
    expect(started).toEqual([])
  })
})
