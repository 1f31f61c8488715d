import { AttacheError, createManualClock } from "@attache/base"
import { describe, expect, it } from "vitest"
import { retryAfterMs, retrying } from "./retry.ts"

const busy = (facts = {}) => new AttacheError("ATT_X_BUSY", "busy", { retry: "later", facts })

/** Runs to its end and gives the pauses that were made. */
async function pausesOf(errors: readonly unknown[], options = {}): Promise<{ pauses: number[]; result: unknown }> {
  const clock = createManualClock()
  const pauses: number[] = []
  const noted = {
    now: clock.now,
    after: (ms: number, call: () => void) => {
      pauses.push(ms)
      const cancel = clock.after(ms, call)
      queueMicrotask(() => clock.advance(ms))
      return cancel
    },
  }
  const left = [...errors]
  const action = async () => {
    const error = left.shift()
    if (error !== undefined) throw error
    return "done"
  }
  const result = await retrying(action, { clock: noted, random: () => 0.5, ...options }).catch((error) => error)
  return { pauses, result }
}

describe("retrying", () => {
  it("doubles its pauses", async () => {
    const { pauses, result } = await pausesOf([busy(), busy(), busy()])
    expect([pauses, result]).toEqual([[375, 750, 1500], "done"])
  })

  it.each([
    ["waits as long as the peer asks", 2000, [2000]],
    ["waits its own pause when that is longer", 0, [375]],
    ["waits no longer than it may", 86_400_000, [60_000]],
  ])("%s", async (_name, retryAfterMs, want) => {
    expect((await pausesOf([busy({ retryAfterMs })])).pauses).toEqual(want)
  })

  it("spreads its pauses", async () => {
    const of = async (random: number) => (await pausesOf([busy()], { random: () => random })).pauses[0]
    expect([await of(0), await of(0.999)]).toEqual([250, expect.closeTo(500, 0)])
  })

  it("does not wait where it may try at once", async () => {
    const again = new AttacheError("ATT_X_Y", "again", { retry: "now" })
    expect((await pausesOf([again])).pauses).toEqual([0])
  })

  it("gives up after the last attempt, and at once on final and strange errors", async () => {
    const last = busy()
    expect(await pausesOf([busy(), last], { attempts: 2 })).toEqual({ pauses: [375], result: last })
    const final = new AttacheError("ATT_X_Y", "never")
    expect(await pausesOf([final])).toEqual({ pauses: [], result: final })
    const odd = new TypeError("bug")
    expect(await pausesOf([odd])).toEqual({ pauses: [], result: odd })
  })

  it("ends with the signal's reason while it waits", async () => {
    const stop = new AbortController()
    const waiting = retrying(() => Promise.reject(busy()), { signal: stop.signal, pauseMs: 1e6 })
    setImmediate(() => stop.abort(new Error("enough")))
    await expect(waiting).rejects.toThrow("enough")
  })
})

describe("retryAfterMs", () => {
  const now = Date.UTC(2026, 0, 1)
  it.each([
    [undefined, undefined],
    ["", undefined],
    ["0", 0],
    ["120", 120_000],
    [" 7 ", 7000],
    ["-1", undefined],
    ["1.5", undefined],
    ["99999999999999999", undefined],
    ["soon", undefined],
    ["Thu, 01 Jan 2026 00:00:30 GMT", 30_000],
    ["Wed, 31 Dec 2025 00:00:00 GMT", 0],
  ])("of %j is %j", (header, want) => {
    expect(retryAfterMs(header, now)).toBe(want)
  })
})
