import { createManualClock } from "@attache/base"
import { describe, expect, it } from "vitest"
import { runSliced } from "./sliced.ts"

describe("runSliced", () => {
  it("gives the result, and lets others run whenever a slice is used up", async () => {
    const clock = createManualClock()
    let turns = 0
    let isDone = false
    const count = (): void => {
      turns++
      if (!isDone) setImmediate(count)
    }
    setImmediate(count)
    function* steps(): Generator<void, string> {
      for (let i = 0; i < 100; i++) {
        clock.advance(1)
        yield
      }
      return "done"
    }
    expect(await runSliced(steps(), clock)).toBe("done")
    isDone = true
    expect(turns).toBeGreaterThanOrEqual(9)
  })

  it("rejects with what a step throws", async () => {
    // biome-ignore lint/correctness/useYield: it fails before the first step ends
    function* failing(): Generator<void, void> {
      throw new Error("step")
    }
    await expect(runSliced(failing(), createManualClock())).rejects.toThrow("step")
  })
})
