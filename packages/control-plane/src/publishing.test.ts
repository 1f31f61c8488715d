import { createManualClock } from "@attache/base"
import { describe, expect, it } from "vitest"
import { createMetrics } from "./metrics.ts"
import type { Publication } from "./publisher.ts"
import { createPublishing } from "./publishing.ts"

function setUp() {
  const clock = createManualClock()
  const calls: string[] = []
  const failures: unknown[] = []
  let held = new Map<string, number>()
  let isBroken = false
  const publishing = createPublishing({
    rounds: {
      *read() {
        calls.push("read")
        yield
        if (isBroken) throw new Error("a fault of ours")
        return true
      },
      *tidy() {
        calls.push("tidy")
        yield
      },
    },
    publisher: {
      *publish() {
        calls.push("publish")
        yield
        return { changed: [], removed: [], drains: new Map(), held } satisfies Publication
      },
      diagnostics: () => [],
    },
    metrics: createMetrics(),
    clock,
    onPublished: (reason, _publication, hasNews) => calls.push(`${reason} ${hasNews}`),
    onFailure: (error) => failures.push(error),
  })
  return {
    clock,
    calls,
    failures,
    publishing,
    setHeld: (value: Map<string, number>) => (held = value),
    setBroken: (value: boolean) => (isBroken = value),
    turn: () => new Promise((resolve) => setImmediate(resolve)),
  }
}

describe("createPublishing", () => {
  it("reads and publishes after changes of files, only publishes after those of modules, and tidies when it is quiet", async () => {
    const { publishing, calls, clock, turn } = setUp()
    await Promise.all([publishing.request("module"), publishing.request("resources")])
    expect(calls).toEqual(["read", "publish", "resources true"])
    expect(publishing.isReady()).toBe(true)
    clock.advance(199)
    await publishing.request("module")
    clock.advance(199)
    await turn()
    expect(calls).toEqual(["read", "publish", "resources true", "publish", "module false"])
    clock.advance(1)
    await turn()
    expect(calls.at(-1)).toBe("tidy")
    clock.advance(3_600_000)
    await turn()
    expect(calls.filter((call) => call === "tidy")).toHaveLength(1)
  })

  it("is not ready while first snapshots are held, and looks again when the first may go", async () => {
    const { publishing, calls, clock, setHeld, turn } = setUp()
    setHeld(
      new Map([
        ["a", 5_000],
        ["b", 7_000],
      ]),
    )
    await publishing.request("resources")
    expect(publishing.isReady()).toBe(false)
    setHeld(new Map([["b", 7_000]]))
    clock.advance(5_000)
    await turn()
    expect(calls.filter((call) => call === "module false")).toHaveLength(1)
    expect(publishing.isReady()).toBe(false)
    setHeld(new Map())
    clock.advance(2_000)
    await publishing.settled
    expect(publishing.isReady()).toBe(true)
  })

  it("tells of a round that failed, lets nobody wait for it, and goes on", async () => {
    const { publishing, failures, setBroken } = setUp()
    setBroken(true)
    await publishing.request("resources")
    await publishing.settled
    expect(failures).toHaveLength(1)
    expect(publishing.isReady()).toBe(false)
    setBroken(false)
    await publishing.request("resources")
    expect(publishing.isReady()).toBe(true)
  })

  it("does nothing once closed", async () => {
    const { publishing, calls, clock, turn } = setUp()
    await publishing.request("resources")
    await publishing.close()
    await publishing.close()
    const { length } = calls
    clock.advance(3_600_000)
    await publishing.request("resources")
    await turn()
    expect(calls).toHaveLength(length)
    const unused = setUp()
    await unused.publishing.close()
    await unused.publishing.settled
  })
})
