import { createManualClock } from "@attache/base"
import { describe, expect, it } from "vitest"
import { createWriteBudget } from "./write-budget.ts"

describe("the budget of bytes being written", () => {
  it("lets one message pass the limit, and the next when it is written", () => {
    const budget = createWriteBudget(createManualClock(), 100, 250)
    const resumed: string[] = []
    expect(budget.admits(() => resumed.push("a"))).toBe(true)
    const done = budget.take(150)
    const resume = (): void => void resumed.push("b")
    expect([budget.admits(resume), budget.admits(resume)]).toEqual([false, false])
    done()
    done()
    expect(resumed).toEqual(["b"])
    expect(budget.admits(() => {})).toBe(true)
  })

  it("wakes the waiting in turn, as long as there is room", () => {
    const budget = createWriteBudget(createManualClock(), 100, 250)
    const done = budget.take(100)
    const order: string[] = []
    for (const name of ["a", "b"]) {
      budget.admits(() => {
        order.push(name)
        budget.take(100)
      })
    }
    done()
    expect(order).toEqual(["a"])
  })

  it("does not let a client that does not read hold up the others", () => {
    const clock = createManualClock()
    const budget = createWriteBudget(clock, 100, 250)
    budget.take(100)
    let resumed = 0
    budget.admits(() => resumed++)
    clock.advance(249)
    expect(resumed).toBe(0)
    clock.advance(1)
    expect(resumed).toBe(1)
  })

  it("leaves no timer behind when nobody waits", () => {
    const clock = createManualClock()
    let timers = 0
    const after = (ms: number, call: () => void): (() => void) => {
      timers++
      return clock.after(ms, call)
    }
    createWriteBudget({ ...clock, after }, 100, 250).take(500)
    expect(timers).toBe(0)
  })
})
