import { describe, expect, it } from "vitest"
import { runWithDeadline } from "./deadline.ts"

describe("runWithDeadline", () => {
  it("ends a guest that loops, and keeps what was posted", async () => {
    const found = await runWithDeadline(new URL("./testdata/loop.ts", import.meta.url), {
      startMs: 60_000,
      deadlineMs: 300,
    })
    expect(found).toMatchObject({
      outcome: "deadline",
      messages: [{ isStarted: true }],
      mistake: { code: "ATT_WASM_ENDLESS_CALL" },
    })
  })
  it("says why a script failed", async () => {
    await expect(runWithDeadline(new URL("./testdata/fail.ts", import.meta.url))).rejects.toMatchObject({
      code: "ATT_WASM_WORKER_FAILED",
    })
  })
})
