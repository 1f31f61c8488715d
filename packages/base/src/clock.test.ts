import { describe, expect, it, vi } from "vitest"
import { createManualClock, systemClock } from "./clock.ts"

describe("manual clock", () => {
  it("fires what is due in order of time, then of creation, at its own time", () => {
    const clock = createManualClock(1000)
    const seen: string[] = []
    const note = (name: string) => () => void seen.push(`${name}@${clock.now()}`)
    clock.after(30, note("late"))
    clock.after(10, note("first"))
    clock.after(10, note("second"))
    clock.after(10, () => clock.after(5, note("nested")))
    clock.advance(20)
    expect(seen).toEqual(["first@1010", "second@1010", "nested@1015"])
    expect(clock.now()).toBe(1020)
    clock.advance(10)
    expect(seen.at(-1)).toBe("late@1030")
  })

  it("cancels, also twice and after firing", () => {
    const clock = createManualClock()
    let fired = 0
    const cancel = clock.after(1, () => fired++)
    const other = clock.after(1, () => fired++)
    cancel()
    cancel()
    clock.advance(5)
    other()
    expect(fired).toBe(1)
  })
})

describe("system clock", () => {
  it("waits longer than one timer of the machine can", () => {
    vi.useFakeTimers()
    try {
      let fired = 0
      systemClock.after(2 ** 32, () => fired++)
      const cancel = systemClock.after(2 ** 32, () => fired++)
      vi.advanceTimersByTime(2 ** 31 + 5)
      cancel()
      vi.advanceTimersByTime(2 ** 31 - 6)
      expect(fired).toBe(0)
      vi.advanceTimersByTime(1)
      expect(fired).toBe(1)
    } finally {
      vi.useRealTimers()
    }
  })
})
