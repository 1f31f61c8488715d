import { createManualClock } from "@attache/base"
import { createTranslator } from "@attache/translate"
import { generatedProxy, generatedSettings, generateWorld } from "@attache/translate/testing"
import { describe, expect, it } from "vitest"
import { readInSteps, runSliced } from "./sliced.ts"

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

describe("readInSteps", () => {
  it("cuts the translation of one proxy into slices, and gives what one long read gives", () => {
    const translator = createTranslator({ settings: generatedSettings })
    const other = createTranslator({ settings: generatedSettings })
    for (const object of generateWorld({ routes: 50 })) {
      translator.upsert(object)
      other.upsert(object)
    }
    // Every look at the clock takes a millisecond, so a slice is ten queries.
    let time = 0
    const clock = { ...createManualClock(), now: () => time++ }
    const steps = readInSteps(translator, clock, () => translator.snapshot(generatedProxy))
    let count = 1
    let step = steps.next()
    for (; step.done !== true; step = steps.next()) count++
    expect(count).toBeGreaterThan(20)
    expect(step.value).toEqual(other.snapshot(generatedProxy))
    expect([...translator.stats().runs]).toEqual([...other.stats().runs])
  })
})
