import { describe, expect, it } from "vitest"
import { runWithDeadline } from "./node/index.ts"

/** Guests tried; ATTACHE_FUZZ_RUNS raises it, ATTACHE_FUZZ_SEED tries others. */
const runs = Number(process.env.ATTACHE_FUZZ_RUNS ?? 1200)
const seed = Number(process.env.ATTACHE_FUZZ_SEED ?? 1)
const script = new URL("./node/testdata/fuzz.ts", import.meta.url)

describe("random guests", () => {
  it("never break the host, and those that never come back are ended", { timeout: 300_000 }, async () => {
    const endless: number[] = []
    for (let from = 0; from < runs; ) {
      const { outcome, messages } = await runWithDeadline(script, {
        data: { seed, from, to: runs },
        startMs: 60_000,
        deadlineMs: 3000,
      })
      const last = Number(messages.at(-1))
      if (outcome === "deadline") endless.push(last)
      from = outcome === "done" ? runs : last + 1
    }
    // A damaged byte makes a loop now and then; were it more, the host would be at fault.
    expect(endless.length).toBeLessThan(5 + runs / 1000)
  })
})
